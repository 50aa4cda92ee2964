import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Timed } from "../../../src/history/identity";
import { HistoryFile } from "../../../src/store/history/file";
import { batchOf, IMEI, reading, recordsOf } from "../../history/samples";
import { randomOf } from "../../support/seed";
import { share } from "../../support/share";

/** What a disk writes in one piece. */
const PAGE = 4096;
const CUTS = share(200);
const DATABASE = ["", "-wal"] as const;
const LOGS = ["-log0", "-log1"] as const;

const some = (count: number, from: number) => Array.from({ length: count }, (_, n) => reading(from + n));

/**
 * A power cut as a disk has it: of what was written after the last sync that ended, any pages may be there and any not. An
 * image of its own, with a device below it that drops writes, needs more rights than a test has.
 */
describe("history's files after a power cut", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "history-cut-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const random = randomOf("history power cut");

  /** Files of a history as they are now, by how their names end. */
  const snapshot = (path: string): Map<string, Buffer> =>
    new Map(
      [...DATABASE, ...LOGS].flatMap((end) =>
        existsSync(path + end) ? [[end, readFileSync(path + end)]] : [],
      ),
    );

  const put = (file: HistoryFile, records: readonly Timed[]) => {
    file.append(batchOf(records));
    file.commit();
  };

  const timesIn = (path: string): number[] => {
    const file = new HistoryFile(path);
    file.open();
    const times: number[] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const page = file.records({ imei: IMEI, from, to: Number.MAX_SAFE_INTEGER });
      times.push(...recordsOf(page.table, IMEI).map(({ time }) => time));
      from = page.next;
    }
    file.close();
    return times;
  };

  /** Of each page, what was there before or what was written over it. */
  const mixed = (before: Buffer, after: Buffer): Buffer => {
    const whole = Buffer.alloc(Math.max(before.length, after.length));
    before.copy(whole);
    for (let at = 0; at < after.length; at += PAGE)
      if (random() < 0.5) after.copy(whole, at, at, Math.min(after.length, at + PAGE));
    return whole;
  };

  const times = (records: readonly Timed[]) => records.map(({ time }) => time);

  /** Writes commits, with records in chunks between them, so that both files of the log have been used. */
  const filled = (file: HistoryFile, commits: number): Timed[] => {
    const committed: Timed[] = [];
    for (let n = 0; n < commits; n++) {
      const records = some(1 + Math.floor(random() * 300), committed.length);
      put(file, records);
      committed.push(...records);
      if (n % 2 === 0) continue;
      file.remove("nobody");
      while (random() < 0.9 && file.step());
    }
    return committed;
  };

  /** Where the files of a cut are put. */
  const nextFolder = (): string => {
    const at = join(folder, String(++folders));
    mkdirSync(at);
    return join(at, "history.sqlite");
  };
  let folders = 0;

  it(`have every record that was committed once, and of the next commit all or none, in ${CUTS} cuts`, () => {
    for (let cut = 0; cut < CUTS; cut++) {
      const path = nextFolder();
      const file = new HistoryFile(path);
      file.open();
      const committed = filled(file, 1 + (cut % 4));
      const before = snapshot(path);
      const next = some(50 + Math.floor(random() * 2000), committed.length);
      put(file, next);
      const after = snapshot(path);
      file.close();
      const left = nextFolder();
      for (const [end, bytes] of after) {
        const was = before.get(end) ?? Buffer.alloc(0);
        writeFileSync(left + end, end.startsWith("-log") ? mixed(was, bytes) : was);
      }
      const found = timesIn(left);
      const isNext = found.length > committed.length;
      assert.equal(found.join(), times(isNext ? [...committed, ...next] : committed).join(), `cut ${cut}`);
    }
  });

  it(`have them once, too, where records were being put into chunks, in ${CUTS} cuts`, () => {
    for (let cut = 0; cut < CUTS; cut++) {
      const path = nextFolder();
      const file = new HistoryFile(path);
      file.open();
      // Several days, each of which is more than what is put into chunks in one go.
      const committed = Array.from({ length: 6 }, (_, day) => some(600, day * 86_400)).flat();
      put(file, committed);
      const before = snapshot(path);
      file.remove("nobody");
      for (let steps = Math.floor(random() * 4); steps > 0; steps--) assert.ok(file.step(), "it is not done");
      const after = snapshot(path);
      file.close();
      const left = nextFolder();
      for (const [end, bytes] of after) writeFileSync(left + end, bytes);
      // What the write-ahead log got since is there up to any byte, with any pages missing before it.
      const [was, is] = [before.get("-wal") ?? Buffer.alloc(0), after.get("-wal") ?? Buffer.alloc(0)];
      const length = was.length + Math.floor(random() * (is.length - was.length));
      writeFileSync(left, before.get("") as Buffer);
      writeFileSync(`${left}-wal`, mixed(was, is).subarray(0, length));
      const found = timesIn(left);
      assert.equal(new Set(found).size, found.length, `cut ${cut}: twice`);
      assert.equal(found.join(), times(committed).join(), `cut ${cut}`);
    }
  });
});
