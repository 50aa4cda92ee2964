import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { DAY_MS } from "../../src/history/chunks";
import { csv } from "../../src/history/formats/csv";
import { geoJson } from "../../src/history/formats/geojson";
import { gpx } from "../../src/history/formats/gpx";
import { DEFAULT_RETENTION, History } from "../../src/history/history";
import type { Timed } from "../../src/history/identity";
import type { HistoryStore } from "../../src/history/port";
import { readRecordsQuery } from "../../src/history/read-query";
import type { HistoryRecord } from "../../src/history/record";
import { Days } from "../../src/model/days";
import { MemoryHistory } from "../../src/store/history/memory";
import { SqliteHistory } from "../../src/store/history/sqlite";
import { contentIdentity } from "../support/content-identity";
import { useFolder } from "../support/folder";
import { asKept, DAY, IMEI, reading } from "./samples";

/** By its content, as the records here have no identity of a decoder. */
const keep = (history: History, record: Timed, identity = contentIdentity(record)): boolean =>
  history.keep(record, identity);

const ALL = { imei: IMEI, from: 0, to: Number.MAX_SAFE_INTEGER };
const some = (count: number, from = 0) => Array.from({ length: count }, (_, n) => reading(from + n));

async function all(history: History, query = ALL): Promise<HistoryRecord[]> {
  const found: HistoryRecord[] = [];
  for await (const records of history.records(query)) found.push(...records);
  return found;
}

describe("history", () => {
  const folder = useFolder("history");
  let files = 0;
  const opened: History[] = [];
  let now = DAY;

  const open = async (
    store: HistoryStore = new SqliteHistory(join(folder(), `history${++files}.sqlite`)),
  ) => {
    const history = new History(store, { retention: DEFAULT_RETENTION }, () => now);
    await history.open();
    opened.push(history);
    return history;
  };
  afterEach(async () => {
    now = DAY;
    for (const history of opened.splice(0)) await history.close();
  });

  it("has a record as soon as it is kept, and over a restart what was committed", async () => {
    const history = await open();
    const records = some(2500);
    for (const record of records) assert.ok(keep(history, record));
    assert.deepEqual(await all(history), records.map(asKept));
    assert.deepEqual(await history.last({ imei: IMEI, count: 2 }), records.slice(-2).map(asKept));
    await history.commit();
    await history.close();
    await history.open();
    assert.deepEqual(await history.extent(IMEI), { first: DAY, last: DAY + 2_499_000 });
    assert.equal((await history.status()).hot, 2500);
  });

  it("says whether records were seen, many at once, also of those that it cannot keep", async () => {
    const history = await open();
    const records = Array.from({ length: 2500 }, (_, n) => reading(n));
    const sought = records.map((record) => ({ record, identity: contentIdentity(record) }));
    assert.deepEqual(new Set(await history.wasSeen(sought)), new Set(["no"]));
    for (const [n, record] of records.entries()) if (n % 2 === 0) keep(history, record);
    const answers = await history.wasSeen([{ record: reading(-1e9), identity: 1 }, ...sought]);
    assert.deepEqual(answers, ["no", ...records.map((_, n) => (n % 2 === 0 ? "yes" : "no"))]);
    assert.deepEqual(await history.wasSeen([]), []);
  });

  it("refuses what is no record of a time, or has more values than any decoder gives", async () => {
    const history = await open(new MemoryHistory(() => now));
    const many = Object.fromEntries(Array.from({ length: 4001 }, (_, n) => [`s${n}`, n]));
    for (const more of [{ time: -1 }, { time: Number.NaN }, { time: 1e18 }, { attributes: many }]) {
      assert.equal(keep(history, { ...reading(0), ...more } as Timed), false);
    }
    const { s0: _, ...fewer } = many;
    assert.ok(keep(history, { ...reading(0), attributes: fewer, sensors: {} } as Timed));
    assert.ok(keep(history, { ...reading(1), time: DAY + 0.4 } as Timed));
    assert.equal((await history.status()).refused, 4);
    const records = await all(history);
    assert.deepEqual(
      records
        .map(({ time, attributes }) => [time, Object.keys(attributes ?? {}).length])
        .sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0)),
      [
        [DAY, 4],
        [DAY, 4000],
      ],
    );
  });

  it("gives what the store has lost once more", async () => {
    const path = join(folder(), "lost.sqlite");
    const started = once(process, "worker");
    const history = await open(new SqliteHistory(path));
    const [worker] = (await started) as [Worker];
    for (const record of some(100)) keep(history, record);
    await history.commit();
    for (const record of some(100, 100)) keep(history, record);
    assert.equal((await all(history)).length, 200);
    await worker.terminate();
    for (const record of some(100, 200)) keep(history, record);
    await assert.rejects(history.commit(), { name: "TrackerError", code: "STORE_LOST" });
    for (const record of some(100, 300)) keep(history, record);
    await history.commit();
    assert.deepEqual(await all(history), some(400).map(asKept));
  });

  it("tells how far a long answer has come", async () => {
    const history = await open(new MemoryHistory(() => now));
    for (const record of some(100)) keep(history, record);
    const shares: number[] = [];
    const pages = history.records({ ...ALL, from: DAY, to: DAY + DAY_MS }, (share) => shares.push(share));
    for await (const page of pages) assert.ok(page.length > 0);
    assert.equal(shares.at(-1), 1);
  });

  it("says who was in an area over days", async () => {
    const history = await open();
    now = DAY + 3 * DAY_MS;
    const days = [0, 86_400, 2 * 86_400].flatMap((from) => some(10, from));
    for (const record of days) {
      keep(history, { ...record, position: { valid: true, latitude: 50, longitude: 8 } } as Timed);
      keep(history, {
        ...record,
        imei: "860000010000017",
        position: { valid: false, latitude: 50, longitude: 8 },
      } as Timed);
    }
    const shares: number[] = [];
    const box = { south: 49.9, west: 7.9, north: 50.1, east: 8.1 };
    const visits = await history.area(box, { from: DAY + 5000, to: Number.MAX_SAFE_INTEGER }, (share) =>
      shares.push(share),
    );
    assert.deepEqual(visits, [{ imei: IMEI, first: DAY + 5000, last: DAY + 2 * DAY_MS + 9000, records: 25 }]);
    assert.equal(shares.at(-1), 1);
  });

  it("forgets a device, also what is not committed yet", async () => {
    const history = await open();
    for (const record of some(10)) keep(history, record);
    await history.remove(IMEI);
    assert.deepEqual(await all(history), []);
    await history.close();
    await history.open();
    assert.deepEqual(await all(history), []);
  });

  it("keeps what its settings say", async () => {
    const history = await open();
    for (const record of [...some(10), ...some(10, 50 * 86_400)]) keep(history, record);
    now = DAY + 100 * DAY_MS;
    await history.retain();
    assert.equal((await history.status()).horizon, DAY + 10 * DAY_MS);
    assert.deepEqual(await all(history), some(10, 50 * 86_400).map(asKept));
  });

  describe("in memory", () => {
    it("is the last hour", async () => {
      const history = await open(new MemoryHistory(() => now));
      for (const minutes of [0, 30, 59, 61, 91]) {
        now = DAY + minutes * 60_000;
        keep(history, reading(minutes));
        await history.commit();
        await history.last({ imei: IMEI, count: 1 });
      }
      assert.deepEqual(
        (await all(history)).map(({ time }) => (time - DAY) / 1000),
        [59, 61, 91],
      );
      now = DAY + 200 * 60_000;
      await history.retain();
      assert.deepEqual(await all(history), []);
    });

    it("takes no more bytes than it may, the oldest records going first", async () => {
      const history = await open(new MemoryHistory(() => now, 1 << 20));
      for (const record of some(20_000)) keep(history, record);
      const { bytes, hot } = await history.status();
      assert.ok(bytes <= 1 << 20 && hot > 1000 && hot < 20_000, `${bytes} ${hot}`);
      assert.equal((await all(history)).length, hot);
      assert.deepEqual((await history.extent(IMEI))?.last, DAY + 19_999_000);
    });
  });

  describe("as text", () => {
    const records = [
      ...some(3),
      { ...reading(4), position: { ...reading(4).position, valid: false } },
      { ...reading(2000), kind: "event", event: { code: 7, text: "=1+1" }, attributes: { ignition: false } },
    ] as unknown as Timed[];
    const written = async (format: (history: History) => AsyncIterable<string>) => {
      const history = await open(new MemoryHistory(() => now));
      for (const record of records) keep(history, record);
      let text = "";
      for await (const part of format(history)) text += part;
      return text;
    };

    it("is GeoJSON", async () => {
      const text = await written((history) => geoJson(history.records(ALL)));
      const { type, features } = JSON.parse(text);
      assert.deepEqual([type, features.length], ["FeatureCollection", 4]);
      assert.deepEqual(features[1].geometry, { type: "Point", coordinates: [27.9001, 43.2502, 61] });
      const { time, speed, ignition, imei, "0x3008": sensor } = features[1].properties;
      assert.deepEqual([time, speed, ignition, imei, sensor], ["2026-11-21T00:00:01.000Z", 1, true, IMEI, 0]);
      assert.equal(features[3].properties.event.code, 7);
      assert.deepEqual(
        JSON.parse(await written((history) => geoJson(history.records({ ...ALL, imei: "0" })))).features,
        [],
      );
    });

    it("is GPX, cut where the vehicle was silent", async () => {
      const text = await written((history) => gpx(history.records(ALL), 'A & B <"Süd">\u0001'));
      assert.match(text, /<name>A &amp; B &lt;&quot;Süd&quot;&gt;<\/name>/);
      assert.equal(text.match(/<trkpt /g)?.length, 4);
      assert.equal(text.match(/<trkseg>/g)?.length, 2);
      assert.equal(text.match(/<\/trkseg>/g)?.length, 2);
      assert.ok(
        text.includes(
          '<trkpt lat="43.2502" lon="27.9001"><ele>61</ele><time>2026-11-21T00:00:01.000Z</time><extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>0.28</gpxtpx:speed><gpxtpx:course>1</gpxtpx:course></gpxtpx:TrackPointExtension></extensions></trkpt>',
        ),
        text,
      );
      const empty = await written((history) => gpx(history.records({ ...ALL, imei: "0" }), ""));
      assert.equal(empty.includes("trkseg"), false);
    });

    it("is CSV, without formulae", async () => {
      const paths = ["attributes.ignition", "attributes.driverId", "sensors.0x3008", "event.text", "event"];
      const text = await written((history) => csv(history.records(ALL), paths, REGISTRY_TOOLS));
      const lines = text.trimEnd().split("\r\n");
      assert.equal(lines.length, 6);
      assert.match(
        lines[0] ?? "",
        /^time,kind,position\.valid,position\.latitude,.*,sensors\.0x3008,event\.text,event$/,
      );
      assert.equal(lines[2], "2026-11-21T00:00:01.000Z,telemetry,true,43.2502,27.9001,61,1,1,true,Süd,0,,");
      assert.match(lines[5] ?? "", /,false,,0,"'=1\+1","\{""code"":7,""text"":""=1\+1""\}"$/);
    });
  });

  describe("is asked", () => {
    const at = (now: number) => ({ now, days: new Days("UTC") });

    it("for a device and a time, the last day where none is said", () => {
      const where = [{ path: "position.speed", is: ">" as const, value: 3 }];
      assert.deepEqual(readRecordsQuery({ imei: IMEI }, at(DAY)), {
        imei: IMEI,
        from: DAY - DAY_MS,
        to: DAY,
      });
      const whole = {
        imei: IMEI,
        from: "2026-11-20T01:00:00+01:00",
        to: DAY,
        paths: ["event"],
        where,
        every: 60_000,
      };
      assert.deepEqual(readRecordsQuery(whole, at(0)), { ...whole, from: DAY - DAY_MS });
    });

    for (const [field, bad] of [
      ["payload", [null, [], "x"]],
      ["imei", [undefined, "", 869595061374194]],
      ["from", ["yesterday", "2026-11-20", Number.NaN, null, DAY + 1]],
      ["day", ["yesterday", "2026-02-30", "2026-1-1", 20260101, null]],
      ["to", ["2026-11-20T00:00:00", {}]],
      ["paths", ["event", [1], Array(101).fill("x")]],
      [
        "where",
        [
          {},
          [null],
          [{ path: "x", is: "~", value: 1 }],
          [{ path: 1, is: "=", value: 1 }],
          [{ path: "x", is: "=", value: {} }],
        ],
      ],
      ["every", [0, -1, "60", Number.POSITIVE_INFINITY]],
      ["form", ["a field that there is not"]],
    ] as const) {
      it(`and refuses what ${field} cannot be`, () => {
        for (const value of bad) {
          const query = field === "payload" ? value : { imei: IMEI, [field]: value };
          assert.throws(() => readRecordsQuery(query, at(DAY)), {
            name: "TrackerError",
            code: "QUERY_INVALID",
            path: field,
          });
        }
      });
    }
  });
});
