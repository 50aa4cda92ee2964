import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Timed } from "../../../src/history/identity";
import type { HistoryStore, RecordsQuery } from "../../../src/history/port";
import type { HistoryRecord } from "../../../src/history/record";
import { MemoryHistory } from "../../../src/store/history/memory";
import { SqliteHistory } from "../../../src/store/history/sqlite";
import {
  asKept,
  batchOf,
  DAY,
  IMEI,
  ODD,
  reading,
  recordsOf,
  sealed,
  withoutReading,
} from "../../history/samples";
import { contentIdentity } from "../../support/content-identity";

const OTHER = "860000010000017";
const ALL = { imei: IMEI, from: 0, to: Number.MAX_SAFE_INTEGER };

/** How what was appended lies when it is asked for. */
const KINDS: Readonly<
  Record<string, { make(folder: string): HistoryStore; settle(store: HistoryStore): Promise<void> }>
> = {
  memory: { make: () => new MemoryHistory(() => DAY), settle: async () => undefined },
  "sqlite, in memory": { make: inFile, settle: async () => undefined },
  "sqlite, in the commit log": {
    make: inFile,
    settle: async (store) => {
      await store.commit();
      await store.close();
      await store.open();
    },
  },
  "sqlite, in chunks": { make: inFile, settle: sealed },
};

function inFile(folder: string): HistoryStore {
  return new SqliteHistory(join(folder, "history.sqlite"));
}

for (const [kind, { make, settle }] of Object.entries(KINDS)) {
  describe(`history's store: ${kind}`, () => {
    let folder: string;
    let store: HistoryStore;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "history-"));
      store = make(folder);
      await store.open();
    });
    afterEach(async () => {
      await store.close();
      await rm(folder, { recursive: true });
    });

    /** Appends lists of records one after the other. */
    const filled = async (...lists: readonly (readonly Timed[])[]) => {
      for (const records of lists) await store.append(batchOf(records));
      await settle(store);
    };
    const found = async (query: Partial<RecordsQuery> = {}): Promise<HistoryRecord[]> => {
      const records: HistoryRecord[] = [];
      const whole = { ...ALL, ...query };
      for (let from: number | undefined = whole.from; from !== undefined; ) {
        const page: Awaited<ReturnType<HistoryStore["records"]>> = await store.records({ ...whole, from });
        records.push(...recordsOf(page.table, whole.imei));
        from = page.next;
      }
      return records;
    };
    const timesOf = (records: readonly { time: number }[]) => records.map(({ time }) => (time - DAY) / 1000);
    const some = (count: number, step = 1) => Array.from({ length: count }, (_, n) => reading(n * step));

    it("is empty at first", async () => {
      await settle(store);
      assert.deepEqual(await found(), []);
      assert.deepEqual((await store.last({ imei: IMEI, count: 3 })).length, 0);
      assert.equal(await store.extent(IMEI), undefined);
      assert.equal((await store.overview({ ...ALL, points: 10 })).times.length, 0);
      assert.equal((await store.series({ ...ALL, path: "attributes.odometer", points: 10 })).count, 0);
      assert.deepEqual(await store.wasSeen(batchOf([reading(0)])), ["no"]);
    });

    it("gives back every field", async () => {
      await filled(ODD);
      assert.deepEqual(await found(), ODD.map(asKept));
    });

    it("has zero without a sign and no numbers that JSON has not", async () => {
      const attributes = { range: -0, gear: Number.NaN, odometer: Number.POSITIVE_INFINITY };
      await filled([reading(0, { attributes } as Partial<Timed>)]);
      assert.deepEqual((await found())[0]?.attributes, { range: 0, gear: null, odometer: null });
    });

    it("finds by device and time, both ends included", async () => {
      await filled([...some(20), ...some(20).map((record) => ({ ...record, imei: OTHER }))]);
      const part = await found({ from: DAY + 5000, to: DAY + 8000 });
      assert.deepEqual(part, some(20).slice(5, 9).map(asKept));
      assert.equal((await found({ imei: OTHER })).length, 20);
      assert.deepEqual(await found({ imei: "0" }), []);
      assert.deepEqual(await found({ from: DAY + 5001, to: DAY + 5999 }), []);
    });

    it("puts late records where they belong and drops repeated ones, over days", async () => {
      const records = some(60, 5000);
      await filled(
        records.filter((_, n) => n % 3 === 0),
        records.toReversed(),
      );
      await filled(records.filter((_, n) => n % 2 === 0));
      assert.deepEqual(await found(), records.map(asKept));
    });

    it("keeps different records of one moment, and takes one whose names have changed for the same", async () => {
      const one = reading(0);
      const other = withoutReading(0);
      const third = withoutReading(0, 2);
      await filled([one, other, third]);
      await filled([other, third, one]);
      const kinds = (await found()).map((record) =>
        record.kind === "event" ? (record.event as unknown as { code: number }).code : record.kind,
      );
      assert.deepEqual(kinds.sort(), [1, 2, "telemetry"]);
      const renamed = { ...one, attributes: { other: true } } as unknown as Timed;
      await store.append(batchOf([renamed], () => contentIdentity(one)));
      await settle(store);
      assert.equal((await found()).length, 3);
    });

    it("gives long answers in parts that join without a seam", async () => {
      const records = some(12_000);
      await filled(records.slice(0, 9000), records.slice(8000));
      const first = await store.records(ALL);
      if (kind.endsWith("chunks")) assert.notEqual(first.next, undefined);
      assert.deepEqual(timesOf(await found()), timesOf(records));
    });

    it("gives the last records", async () => {
      const records = some(3000, 60);
      await filled(records.slice(0, 2000), records.slice(1990));
      for (const count of [0, 1, 7, 1500, 3000, 9999]) {
        const last = recordsOf(await store.last({ imei: IMEI, count }), IMEI);
        assert.deepEqual(timesOf(last), timesOf(records.slice(Math.max(0, 3000 - count))), `${count}`);
      }
    });

    it("finds by values", async () => {
      await filled([...some(300), withoutReading(400)]);
      const cases: [RecordsQuery["where"], (n: number) => boolean][] = [
        [[{ path: "position.speed", is: ">=", value: 85 }], (n) => n % 90 >= 85],
        [
          [
            { path: "position.speed", is: "<", value: 3 },
            { path: "attributes.externalVoltage", is: "!=", value: 12 },
          ],
          (n) => n % 90 < 3 && n % 10 !== 0,
        ],
        [[{ path: "attributes.driverId", is: "=", value: "Süd" }], () => true],
        [[{ path: "attributes.ignition", is: "=", value: false }], () => false],
        [[{ path: "attributes.unknown", is: "!=", value: 1 }], () => false],
        [[{ path: "sensors.0x3008", is: "=", value: 0 }], () => true],
        [[{ path: "sensors.0x3008", is: "=", value: false }], () => false],
      ];
      for (const [where, wanted] of cases) {
        const times = timesOf(await found(where === undefined ? {} : { where, paths: ["position.speed"] }));
        assert.deepEqual(
          times,
          Array.from({ length: 300 }, (_, n) => n).filter(wanted),
          JSON.stringify(where),
        );
      }
    });

    it("gives only the values that are wanted, and one record of each so many milliseconds", async () => {
      await filled(some(300));
      const records = await found({ every: 60_000, paths: ["position.speed", "attributes.odometer"] });
      assert.deepEqual(timesOf(records), [0, 60, 120, 180, 240]);
      assert.deepEqual(records[1]?.position, { speed: 60 });
      assert.deepEqual(records[1]?.attributes, { odometer: 1000.06 });
    });

    it("gives the way in a few points, ends included", async () => {
      await filled(some(4000));
      const { times, latitudes, longitudes } = await store.overview({ ...ALL, points: 100 });
      assert.ok(times.length > 10 && times.length <= 120, `${times.length}`);
      assert.deepEqual([times[0], times.at(-1)], [DAY, DAY + 3_999_000]);
      assert.deepEqual(
        [...times],
        [...times].sort((a, b) => a - b),
      );
      assert.deepEqual([latitudes[0], longitudes[0]], [43.25, 27.9]);
      const part = await store.overview({ ...ALL, from: DAY + 1000, to: DAY + 2000, points: 100 });
      assert.deepEqual([...part.times], [DAY + 1000, DAY + 2000]);
    });

    it("gives how a value went, with its extremes", async () => {
      await filled(some(1000));
      const span = { imei: IMEI, from: DAY, to: DAY + 999_999 };
      const speed = await store.series({ ...span, path: "position.speed", points: 10 });
      assert.deepEqual([speed.count, speed.times.length], [1000, 10]);
      assert.deepEqual(
        [speed.times[1], speed.least[1], speed.most[1], speed.last[1]],
        [DAY + 100_000, 0, 89, 19],
      );
      assert.deepEqual(speed.minimum, { time: DAY, value: 0 });
      assert.deepEqual(speed.maximum, { time: DAY + 89_000, value: 89 });
      const ignition = await store.series({ ...span, path: "attributes.ignition", points: 1 });
      assert.deepEqual([...ignition.last], [1]);
      assert.equal((await store.series({ ...span, path: "attributes.driverId", points: 5 })).count, 0);
    });

    it("says who was in an area, also over the 180th meridian", async () => {
      const at = (imei: string, longitude: number) =>
        some(10).map((record) => ({ ...record, imei, position: { ...record.position, longitude } }) as Timed);
      await filled(at(IMEI, 179.95), at(OTHER, -179.95), at("1", 20));
      const span = { from: DAY, to: DAY + 5000 };
      const box = { south: 40e6, north: 50e6 };
      const around = await store.area({ ...span, box: { ...box, west: 179.9e6, east: -179.9e6 } });
      assert.deepEqual(
        around.toSorted((a, b) => a.imei.localeCompare(b.imei)),
        [OTHER, IMEI].map((imei) => ({ imei, first: DAY, last: DAY + 5000, records: 6 })),
      );
      const here = await store.area({ ...span, box: { ...box, west: 19e6, east: 21e6 } });
      assert.deepEqual(here, [{ imei: "1", first: DAY, last: DAY + 5000, records: 6 }]);
      assert.deepEqual(await store.area({ ...span, box: { ...box, west: 21e6, east: 22e6 } }), []);
      assert.deepEqual(
        await store.area({ from: 0, to: DAY - 1, box: { ...box, west: 19e6, east: 21e6 } }),
        [],
      );
    });

    it("says whether a record was seen", async () => {
      const records = [...some(2000), withoutReading(5)];
      await filled(records.slice(0, 1500), records.slice(1000));
      const chosen = [0, 999, 1999, 2000].map((n) => records[n] as Timed);
      assert.deepEqual(await store.wasSeen(batchOf(chosen)), ["yes", "yes", "yes", "yes"]);
      const first = chosen[0] as Timed;
      const identity = contentIdentity(first);
      const others = [
        { time: DAY - 1000 },
        { imei: OTHER },
        { kind: "event", event: { code: 1 } },
        { attributes: { ...first.attributes, odometer: 1 } },
        { attributes: { ...first.attributes, more: false } },
        { attributes: {} },
        { position: { valid: false } },
        { protocol: "other" },
      ].map((other) => ({ ...first, ...other }) as Timed);
      for (const other of others)
        assert.deepEqual(await store.wasSeen(batchOf([other], () => identity)), ["no"]);
      assert.deepEqual(await store.wasSeen(batchOf([first], () => identity + 1)), ["no"]);
      assert.deepEqual(await store.wasSeen(batchOf([first, ...others], contentIdentity)), [
        "yes",
        ...others.map(() => "no"),
      ]);
    });

    it("says from when to when there are records", async () => {
      await filled(some(10, 20_000).toReversed());
      assert.deepEqual(await store.extent(IMEI), { first: DAY, last: DAY + 180_000_000 });
    });

    it("forgets a device, which may come back", async () => {
      const others = some(10).map((record) => ({ ...record, imei: OTHER }));
      await filled([...some(10), ...others]);
      await store.append(batchOf(some(15)));
      await store.remove(IMEI);
      assert.deepEqual(await found(), []);
      assert.equal(await store.extent(IMEI), undefined);
      await store.append(batchOf([reading(3)]));
      await settle(store);
      assert.deepEqual(await found(), [asKept(reading(3))]);
      assert.deepEqual(await found({ imei: OTHER }), others.map(asKept));
    });

    it("refuses while it is not open, and can be opened again", async () => {
      const refusal = { name: "TrackerError", code: "STORE_FAILED", message: /not open/ };
      await store.close();
      await store.close();
      await assert.rejects(store.append(batchOf(some(1))), refusal);
      await assert.rejects(store.commit(), refusal);
      await assert.rejects(store.records(ALL), refusal);
      await assert.rejects(store.remove(IMEI), refusal);
      await store.open();
      await filled(some(1));
      assert.equal((await found()).length, 1);
    });
  });
}
