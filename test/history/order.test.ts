import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Timed } from "../../src/history/identity";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { FAULT_LEVELS } from "../../src/simulator/faults";
import { VirtualFleet } from "../../src/simulator/fleet";
import { plannedDevices } from "../../src/simulator/plan";
import { Route } from "../../src/simulator/route";
import { ROUTES } from "../../src/simulator/routes";
import { HistoryFile } from "../../src/store/history/file";
import { contentIdentity } from "../support/content-identity";
import { randomOf } from "../support/seed";
import { share } from "../support/share";
import { asKept, batchOf, DAY, reading, recordsOf } from "./samples";

type Random = () => number;

const IMEIS = ["869595061374194", "860000010000017", "860000010000025"];
const below = (random: Random, most: number) => Math.floor(random() * most);

/** In any order, and some of them again. */
function shuffled<T>(values: readonly T[], random: Random, again: number): T[] {
  const all = [...values, ...values.filter(() => random() < again)];
  for (let at = all.length - 1; at > 0; at--) {
    const other = below(random, at + 1);
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}

/** Records of a few days in runs and alone; some of one moment, some with values that others do not have. */
function someRecords(random: Random): Timed[] {
  const records = new Map<string, Timed>();
  for (let run = 1 + below(random, 12); run > 0; run--) {
    const imei = IMEIS[below(random, 3)] as string;
    const start = below(random, 4 * 86_400);
    const step = [0.5, 1, 1, 60, 3600][below(random, 5)] as number;
    for (let count = below(random, 600); count > 0; count--) {
      const n = start + count * step;
      const more: object =
        random() < 0.1 ? { attributes: { odometer: random() * 1e5, [`own${below(random, 4)}`]: "x" } } : {};
      const record = { ...reading(n), imei, ...more };
      const one = random() < 0.05 ? { ...record, kind: "event", event: { code: below(random, 3) } } : record;
      // Two readings of one device and moment may be taken for one.
      records.set(`${imei} ${n} ${one.kind} ${contentIdentity(one as Timed) % 65536}`, one as Timed);
    }
  }
  return [...records.values()];
}

/** What history has to have: by time, then in whatever order, but always the same. */
function sorted(records: readonly object[]): object[] {
  const keyed = records.map((record) => [JSON.stringify(record), record] as const);
  const time = (record: object) => (record as Timed).time;
  return keyed.sort((a, b) => time(a[1]) - time(b[1]) || (a[0] < b[0] ? -1 : 1)).map(([, record]) => record);
}

function found(file: HistoryFile, imei: string): object[] {
  const records: object[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const page = file.records({ imei, from, to: DAY * 2 });
    records.push(...recordsOf(page.table, imei));
    from = page.next;
  }
  return records;
}

describe("history, whatever the order", function () {
  this.timeout(600_000);
  let folder: string;
  let made = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "history-"));
  });
  after(() => rm(folder, { recursive: true }));
  const fresh = () => {
    const file = new HistoryFile(join(folder, `history${++made}.sqlite`));
    file.open();
    return file;
  };
  /** Puts records in, in batches; now and then some or all of them get into chunks, or the files are opened anew. */
  const put = (file: HistoryFile, records: readonly Timed[], random: Random) => {
    for (let at = 0; at < records.length; ) {
      const size = 1 + below(random, 700);
      file.append(batchOf(records.slice(at, at + size)));
      at += size;
      if (random() < 0.8) file.commit();
      if (random() < 0.3) file.remove("nobody");
      for (let steps = below(random, 4); steps > 0 && file.step(); steps--);
      if (random() > 0.1) continue;
      file.close();
      file.open();
    }
  };

  it(`has the same records, ${share(100)} times`, () => {
    const random = randomOf("history order");
    for (let turn = 1; turn <= share(100); turn++) {
      const records = someRecords(random);
      const straight = fresh();
      straight.append(batchOf(sorted(records) as Timed[]));
      straight.commit();
      const file = fresh();
      put(file, shuffled(records, random, 0.4), random);
      for (const imei of IMEIS) {
        const wanted = sorted(records.filter((record) => record.imei === imei).map(asKept));
        assert.deepEqual(sorted(found(file, imei)), wanted, `turn ${turn}`);
        assert.deepEqual(found(file, imei), found(straight, imei), `turn ${turn}`);
      }
      assert.ok(file.wasSeen(batchOf(records)).every((seen) => seen === "yes"));
      file.close();
      straight.close();
    }
  });

  const DAYS = Math.max(1, share(7));
  it(`has ${DAYS} days of a fleet that was uploaded backwards and twice as those days in order`, () => {
    const start = DAY;
    const fleet = new VirtualFleet({
      devices: plannedDevices({ car: 3, carWithoutCan: 0, lorry: 1, trailer: 0, light: 0, xtcu: 0 }),
      routes: Object.values(ROUTES).map((points) => new Route(points)),
      seed: "history",
      start,
      interval: 30,
      eventsPerHour: 2,
      faults: FAULT_LEVELS.lot,
    });
    const uploads: Timed[][] = [];
    fleet.advance(start + DAYS * 86_400_000, ({ payload }) => {
      const { records } = decodePayload(payload as Uint8Array, { receivedAt: start });
      uploads.push(records.filter((record) => record.kind !== "file" && record.imei !== null) as Timed[]);
    });
    const imeis = [...new Set(uploads.flat().map(({ imei }) => imei))];
    assert.ok(uploads.length > 1000 && imeis.length >= 4);
    const forward = fresh();
    const backward = fresh();
    put(forward, uploads.flat(), () => 0.25);
    const reversed = uploads.toReversed().flat();
    put(backward, [...reversed, ...reversed], randomOf("history backwards"));
    let count = 0;
    for (const imei of imeis) {
      const records = found(forward, imei);
      count += records.length;
      assert.deepEqual(found(backward, imei), records);
    }
    assert.ok(count > 1000);
    forward.close();
    backward.close();
  });
});
