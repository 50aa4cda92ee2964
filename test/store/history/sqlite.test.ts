import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { DAY_MS } from "../../../src/history/chunks";
import type { Timed } from "../../../src/history/identity";
import { HistoryFile } from "../../../src/store/history/file";
import { HISTORY_MIGRATIONS } from "../../../src/store/history/schema";
import { SqliteHistory } from "../../../src/store/history/sqlite";
import { asKept, batchOf, DAY, IMEI, ODD, reading, recordsOf } from "../../history/samples";
import { contentIdentity } from "../../support/content-identity";
import { timesOfCommit, WRITER_IMEIS } from "../../support/history-child";
import { run } from "../../support/process";
import { randomOf } from "../../support/seed";
import { share } from "../../support/share";

const CHILD = join(__dirname, "..", "..", "support", "history-child.js");
const ALL = { imei: IMEI, from: 0, to: Number.MAX_SAFE_INTEGER };
const KEEP = { age: 90 * DAY_MS, bytes: 2 ** 31 };
const some = (count: number, from = 0) => Array.from({ length: count }, (_, n) => reading(from + n));

describe("history's files", () => {
  let folder: string;
  let path: string;
  const files: HistoryFile[] = [];
  const children: ChildProcess[] = [];

  const opened = (at = path) => {
    const file = new HistoryFile(at);
    file.open();
    files.push(file);
    return file;
  };
  const put = (file: HistoryFile, records: readonly Timed[]) => {
    file.append(batchOf(records));
    file.commit();
  };
  /** Puts all into chunks. */
  const seal = (file: HistoryFile) => {
    file.remove("nobody");
    while (file.step());
    assert.equal(file.status().hot, 0);
  };
  const found = (file: HistoryFile, imei = IMEI) => {
    const records = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const page = file.records({ ...ALL, imei, from });
      records.push(...recordsOf(page.table, imei));
      from = page.next;
    }
    return records;
  };
  const changed = (sql: string) => {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  };
  const flip = (name: string, at: number) => {
    const bytes = readFileSync(name);
    bytes[at] = (bytes[at] as number) ^ 0xff;
    writeFileSync(name, bytes);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "history-"));
    path = join(folder, "history.sqlite");
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "close");
    }
    for (const file of files.splice(0)) file.close();
    await rm(folder, { recursive: true });
  });

  it("are a database and a commit log of two files beside it", async () => {
    const file = opened();
    put(file, some(10));
    file.close();
    assert.deepEqual((await readdir(folder)).sort(), [
      "history.sqlite",
      "history.sqlite-log0",
      "history.sqlite-log1",
    ]);
    assert.deepEqual(found(opened()), some(10).map(asKept));
  });

  for (const [index] of HISTORY_MIGRATIONS.entries())
    it(`of version ${index + 1} are read as they were written`, () => {
      // Chunks and a commit log; test/vectors/README.md.
      const vector = `test/vectors/history/v${index + 1}`;
      changed(readFileSync(`${vector}.sql`, "utf8"));
      for (const log of ["log0", "log1"])
        writeFileSync(`${path}-${log}`, Buffer.from(readFileSync(`${vector}.${log}`, "utf8"), "hex"));
      const chunks = [...ODD, ...Array.from({ length: 40 }, (_, n) => reading(100 + n * 7))];
      const file = opened();
      assert.deepEqual(
        found(file),
        [...chunks, ...some(3, 500)].map(asKept).toSorted((a, b) => a.time - b.time),
      );
      assert.deepEqual([file.status().hot, file.status().damaged, file.status().setAside], [3, 0, undefined]);
      assert.ok(file.wasSeen(batchOf(chunks)).every((seen) => seen === "yes"));
    });

  it("have one owner", async () => {
    const first = new SqliteHistory(path);
    await first.open();
    await assert.rejects(new SqliteHistory(path).open(), { name: "TrackerError", code: "STORE_LOCKED" });
    assert.equal(await run(process.execPath, [CHILD, "try", path]), "TrackerError STORE_LOCKED\n");
    await first.close();
    assert.equal(await run(process.execPath, [CHILD, "try", path]), "done\n");
  });

  for (const [name, sql, code] of [
    ["another program's", "PRAGMA application_id = 1; CREATE TABLE device (a)", "STORE_FAILED"],
    ["one without a mark", "CREATE TABLE mine (a)", "STORE_FAILED"],
    ["one of a newer version", "PRAGMA user_version = 99", "STORE_NEWER"],
  ] as const) {
    it(`are left as they are where the database is ${name}`, async () => {
      if (code === "STORE_NEWER") opened().close();
      changed(sql);
      const before = readFileSync(path);
      assert.throws(() => opened(), { name: "TrackerError", code });
      assert.deepEqual(readFileSync(path), before);
    });
  }

  it("that nobody can write are refused", async () => {
    for (const at of ["/proc/history.sqlite", "/proc/version"]) {
      const store = new SqliteHistory(at);
      await assert.rejects(store.open(), { name: "TrackerError", code: "STORE_READ_ONLY" });
      await assert.rejects(store.commit(), { code: "STORE_FAILED", message: /not open/ });
    }
  });

  describe("that were cut off at any moment", () => {
    it("have all records once while they are put into chunks", () => {
      const file = opened();
      const records = [...some(3000), ...some(2000, 90_000), ...some(2000, 400_000)];
      put(file, records.slice(0, 3500));
      seal(file);
      put(file, records.slice(3000));
      file.remove("nobody");
      const before = records.slice(3500).map((record) => ({ ...record, imei: "860000010000017" }));
      put(file, before);
      for (let step = 0, more = true; more; step++) {
        more = file.step();
        const copy = join(folder, `copy${step}`);
        for (const part of ["", "-wal", "-log0", "-log1"]) copyFileSync(path + part, copy + part);
        const again = opened(copy);
        for (let turn = 0; turn < 2; turn++) {
          assert.deepEqual(found(again), records.map(asKept), `step ${step}`);
          assert.equal(found(again, "860000010000017").length, before.length);
          put(again, before.slice(0, 5));
          seal(again);
        }
        again.close();
      }
    });

    it("have what was committed in a commit log whose last frame was not", () => {
      const file = opened();
      put(file, some(100));
      const end = endOfLog(`${path}-log0`);
      put(file, some(100, 100));
      file.close();
      const whole = endOfLog(`${path}-log0`);
      for (const at of [end + 2, end + 20, whole - 1]) {
        const bytes = readFileSync(`${path}-log0`);
        bytes.fill(0, at);
        writeFileSync(`${path}-log0`, bytes);
        const again = opened();
        assert.equal(again.status().damaged, 0);
        assert.deepEqual(found(again), some(100).map(asKept));
        put(again, some(7, 100));
        again.close();
        assert.equal(found(opened()).length, 107);
        files.pop()?.close();
        writeFileSync(`${path}-log0`, bytes);
      }
    });

    const KILLS = share(50);
    it(`lose nothing that was acknowledged in ${KILLS} kills`, async function () {
      this.timeout(300_000);
      const random = randomOf("history kills");
      let last = 0;
      for (let kill = 1; kill <= KILLS; kill++) {
        const child = spawn(process.execPath, [CHILD, "write", path, String(last + 1)], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        children.push(child);
        const goal = last + 1 + Math.floor(random() * 30);
        createInterface(child.stdout).on("line", (line) => {
          last = Number(line);
          // It goes on meanwhile, so that this may be at any moment of a commit or of a seal.
          if (last === goal) setTimeout(() => child.kill("SIGKILL"), Math.floor(random() * 20));
        });
        await once(child, "close");
        const file = opened();
        assert.equal(file.status().damaged, 0);
        const wanted = Array.from({ length: last }, (_, n) => timesOfCommit(n + 1)).flat();
        for (const imei of WRITER_IMEIS) {
          const times = found(file, imei).map(({ time }) => time);
          assert.equal(new Set(times).size, times.length, `kill ${kill}: twice`);
          const there = new Set(times);
          assert.deepEqual(
            wanted.filter((time) => !there.has(time)),
            [],
            `kill ${kill}: missing`,
          );
        }
        file.close();
      }
    });
  });

  it("that there is no more space for keep what they have, and go on", async () => {
    const limited = `ulimit -f 2560; exec "$0" "$@"`;
    const said = (await run("bash", ["-c", limited, process.execPath, CHILD, "overfill", path])).split("\n");
    assert.match(said[0] ?? "", /^TrackerError STORE_(FULL|FAILED)$/);
    assert.deepEqual(said.slice(1, 3), ["true", "yes"]);
    const file = opened();
    const records = found(file);
    // All but those of the commit that failed.
    assert.ok(records.length >= (Number(said[3]) - 1) * 500, `${records.length} of ${said[3]} · 500`);
    put(file, some(1, 9_999_999));
    assert.equal(found(file).length, records.length + 1);
  });

  describe("that are damaged", () => {
    const filled = () => {
      const file = opened();
      put(file, some(3000));
      seal(file);
      put(file, some(10, 5000));
      file.close();
    };

    for (const [name, damage] of [
      ["is no database", () => writeFileSync(path, Buffer.alloc(20_000, 0x61))],
      ["is empty", () => writeFileSync(path, "")],
      ["lacks a table", () => changed("DROP TABLE body")],
    ] as const) {
      it(`are put aside where the database ${name}, and what is in no chunk is kept`, async () => {
        filled();
        damage();
        const file = opened();
        assert.match(String(file.status().setAside), /history\.sqlite\.damaged-/);
        assert.deepEqual(found(file), some(10, 5000).map(asKept));
        put(file, some(5));
        seal(file);
        assert.equal(found(file).length, 15);
      });
    }

    it("are put aside while they are open, where SQLite finds the damage late", () => {
      filled();
      const pages = Math.floor(statSync(path).size / 4096);
      const bytes = readFileSync(path);
      // All but the first page and the schema's.
      bytes.fill(0x55, 4096, pages * 4096);
      const file = opened();
      put(file, some(10, 6000));
      file.close();
      writeFileSync(path, bytes);
      const again = opened();
      assert.deepEqual(
        found(again).map(({ time }) => time),
        [...some(10, 5000), ...some(10, 6000)].map(({ time }) => time),
      );
      put(again, some(5));
      seal(again);
      assert.match(String(again.status().setAside), /damaged-/);
      assert.equal(found(again).length, 25);
    });

    it("lose a chunk that cannot be read, tell of it, and take its records again", () => {
      filled();
      const database = new DatabaseSync(path);
      const row = database.prepare("SELECT id, track FROM body ORDER BY id").get() as {
        id: number;
        track: Uint8Array;
      };
      row.track[20] = (row.track[20] as number) ^ 0xff;
      database.prepare("UPDATE body SET track = ? WHERE id = ?").run(row.track, row.id);
      database.close();
      const file = opened();
      const left = found(file);
      assert.ok(left.length > 1500 && left.length < 2500, `${left.length}`);
      assert.ok(file.status().damaged > 0);
      assert.equal(file.status().setAside, undefined);
      put(file, some(3000));
      seal(file);
      assert.deepEqual(found(file), [...some(3000), ...some(10, 5000)].map(asKept));
    });

    it("lose of the commit log no more than the frame that cannot be read", () => {
      const file = opened();
      put(file, some(100));
      const end = endOfLog(`${path}-log0`);
      put(file, some(100, 100));
      put(file, some(100, 200));
      file.close();
      flip(`${path}-log0`, end + 40);
      const again = opened();
      assert.equal(again.status().damaged, 1);
      assert.deepEqual(found(again), [...some(100), ...some(100, 200)].map(asKept));
      put(again, some(100, 300));
      again.close();
      assert.equal(found(opened()).length, 300);
    });

    for (const part of ["", "-log0", "-log1", "-wal"]) {
      it(`are written anew where history.sqlite${part} is removed while it is open`, () => {
        const file = opened();
        put(file, some(10));
        rmSync(path + part);
        file.append(batchOf(some(10, 10)));
        file.commit();
        put(file, some(10, 20));
        file.close();
        const again = opened();
        assert.deepEqual(found(again), some(30).map(asKept));
      });
    }
  });

  describe("keep", () => {
    const days = (count: number, records = 200) =>
      Array.from({ length: count }, (_, day) => some(records, day * 86_400)).flat();
    const now = DAY + 10 * DAY_MS;
    const dayNumbers = (file: HistoryFile) => [
      ...new Set(found(file).map(({ time }) => Math.floor((time - DAY) / DAY_MS))),
    ];

    it("days by age, and say of older ones that nobody knows", () => {
      const file = opened();
      put(file, days(10));
      seal(file);
      const retention = { ...KEEP, age: 4 * DAY_MS };
      let turns = 0;
      while (file.retain({ retention, now })) turns++;
      assert.ok(turns >= 6, `${turns}: a day at a time`);
      assert.deepEqual(dayNumbers(file), [6, 7, 8, 9]);
      const asked = (...numbers: number[]) => batchOf(numbers.map((day) => reading(day * 86_400)));
      assert.deepEqual(file.wasSeen(asked(5, 6)), ["expired", "yes"]);
      // What comes too late is not kept either.
      put(file, some(10));
      seal(file);
      assert.deepEqual(dayNumbers(file), [6, 7, 8, 9]);
      file.close();
      assert.deepEqual(opened().wasSeen(asked(5)), ["expired"]);
    });

    it("no more bytes than they may, but the newest day", () => {
      const file = opened();
      put(file, days(10, 2000));
      seal(file);
      const { bytes } = file.status();
      const retention = { ...KEEP, bytes: bytes - 12_000 };
      while (file.retain({ retention, now }));
      assert.ok(file.status().bytes <= retention.bytes);
      const kept = dayNumbers(file);
      assert.ok(kept.length > 2 && kept.length < 10, `${kept}`);
      while (file.retain({ retention: { ...KEEP, bytes: 0 }, now }));
      assert.deepEqual(dayNumbers(file), [9]);
    });

    it("few of a standing vehicle's records, if that was chosen, and still know the others", () => {
      const standing = Array.from({ length: 500 }, (_, n) =>
        reading(n * 60, {
          position: reading(0).position,
          attributes: { ignition: n > 250 },
        } as Partial<Timed>),
      );
      const events = [100, 101].map(
        (n) => ({ ...reading(n * 60), kind: "event", event: { code: n } }) as unknown as Timed,
      );
      const file = opened();
      put(file, [...standing, ...events, ...some(100, 40_000)]);
      seal(file);
      const whole = found(file);
      while (file.retain({ retention: { ...KEEP, thinAfter: 20 * DAY_MS }, now }));
      assert.deepEqual(found(file), whole);
      while (file.retain({ retention: { ...KEEP, thinAfter: 2 * DAY_MS }, now }));
      const left = found(file);
      const nameOf = ({ time, kind }: { time: number; kind: string }) => `${time} ${kind}`;
      const times = new Set(left.map(({ time }) => time));
      const names = new Set(left.map(nameOf));
      assert.deepEqual(
        left,
        whole.filter((record) => names.has(nameOf(record))),
      );
      assert.ok(left.length < 150, `${left.length}`);
      for (const n of [0, 100, 250, 251, 499]) assert.ok(times.has(DAY + n * 60_000), `${n}`);
      assert.equal(left.filter(({ kind }) => kind === "event").length, 2);
      assert.ok(left.filter(({ time }) => time >= DAY + 40_000_000).length > 95);
      assert.ok(file.wasSeen(batchOf(standing)).every((seen) => seen === "yes"));
      // 16 bits of an identity are none that tell a record, also of what was thinned out.
      const alike = standing.map((record) => ({ ...record, attributes: { ignition: "maybe" } }) as Timed);
      const identities = standing.map(contentIdentity);
      const asked = batchOf(alike, (record) => identities[alike.indexOf(record)] as number);
      assert.ok(file.wasSeen(asked).every((seen) => seen === "no"));
      // They do not come back.
      put(file, standing);
      assert.deepEqual(found(file), left);
      seal(file);
      assert.deepEqual(found(file), left);
      put(file, [reading(30)]);
      seal(file);
      assert.equal(found(file).length, left.length + 1);
    });

    it("nothing of a device that was removed, on the disk either", () => {
      const secret = "Frau Mustermann";
      const file = opened();
      const others = some(500).map((record) => ({ ...record, imei: "860000010000017" }));
      const records = some(3000).map(
        (record) => ({ ...record, attributes: { driverId: secret } }) as unknown as Timed,
      );
      put(file, [...records, ...others]);
      seal(file);
      put(file, some(10, 5000));
      file.remove(IMEI);
      while (file.step());
      assert.deepEqual(found(file), []);
      assert.deepEqual(
        found(file, "860000010000017"),
        others.map((record) => asKept(record)),
      );
      file.close();
      for (const part of ["", "-log0", "-log1"]) {
        assert.equal(readFileSync(path + part).indexOf(IMEI), -1, part);
      }
      for (const part of ["-log0", "-log1"]) {
        assert.ok(
          readFileSync(path + part)
            .subarray(16)
            .every((byte) => byte === 0),
          part,
        );
      }
      assert.deepEqual(found(opened()), []);
    });

    it("it removed when they are cut off before that has reached the database", () => {
      const file = opened();
      put(file, some(100));
      seal(file);
      put(file, some(10, 100));
      file.remove(IMEI);
      const copy = join(folder, "copy");
      for (const part of ["-log0", "-log1"]) copyFileSync(path + part, copy + part);
      file.close();
      // The database of before.
      const older = opened(join(folder, "older"));
      put(older, some(100));
      seal(older);
      older.close();
      copyFileSync(join(folder, "older"), copy);
      assert.deepEqual(found(opened(copy)), []);
    });
  });
});

/** Where the last frame of a commit log ends. */
function endOfLog(name: string): number {
  const bytes = readFileSync(name);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}
