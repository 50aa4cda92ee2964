import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TrackerError } from "../../src/errors";
import type { AnswerPart, AnswerParts } from "../../src/fleet/answer-parts";
import type { RecordBatch } from "../../src/history/batch";
import { SETTLE_MS } from "../../src/inbox/inbox";
import { MemoryHistory } from "../../src/store/history/memory";
import { SqliteHistory } from "../../src/store/history/sqlite";
import { MemoryStore } from "../../src/store/memory/store";
import {
  event,
  IMEI,
  MINUTE,
  OTHER,
  position,
  reading,
  START,
  TestRegistry,
  VANS,
} from "../support/registry";

/** Where the first of the readings below were. */
const BOX = { south: 54.15, west: 24.9, north: 54.5, east: 25.1 };

const CONFIGS = { get: () => undefined, find: () => undefined, all: () => [] };

/** A history whose commits can be held up, and that can fail. */
class WatchedHistory extends MemoryHistory {
  fails: string | undefined;
  gate: Promise<void> = Promise.resolve();
  private check(): void {
    if (this.fails !== undefined) throw new TrackerError({ code: this.fails, message: this.fails });
  }
  override async open() {
    this.check();
    return super.open();
  }
  override async append(batch: RecordBatch): Promise<void> {
    this.check();
    await super.append(batch);
  }
  override async commit(): Promise<void> {
    await this.gate;
    this.check();
    await super.commit();
  }
  override async remove(imei: string): Promise<void> {
    this.check();
    await super.remove(imei);
  }
}

const openWith = (history: MemoryHistory | SqliteHistory, store = new MemoryStore()) =>
  TestRegistry.open(store, {}, CONFIGS, history);

async function timesOf({ fleet }: TestRegistry, imei = IMEI): Promise<number[]> {
  const times: number[] = [];
  for await (const page of fleet.history.asked.records({ imei, from: 0, to: START * 2 }))
    times.push(...page.map(({ time }) => time));
  return times;
}

describe("registry: history", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "fleet-history-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  let files = 0;
  const nextFile = () => join(folder, `${files++}.sqlite`);

  it("has every record of an active device once, late and repeated ones too, after a restart", async () => {
    const path = nextFile();
    const store = new MemoryStore();
    let it_ = await openWith(new SqliteHistory(path), store);
    await it_.ask("register", { imei: IMEI, state: "active" });
    await it_.ask("register", { imei: OTHER });
    const day = [5, 3, 4, 1, 2, 3, 5].map((n) => reading(START + n * 1000, { position: position(54, n) }));
    for (const record of [...day, event(START, 7), reading(START, {}, OTHER)])
      it_.fleet.receive(record, "BCE/D", true);
    await it_.fleet.close();
    it_ = await openWith(new SqliteHistory(path), store);
    it_.fleet.receive(reading(START + 3000, { position: position(54, 3) }), "BCE/D", true);
    assert.deepEqual(
      await timesOf(it_),
      [0, 1, 2, 3, 4, 5].map((n) => START + n * 1000),
    );
    assert.deepEqual(await timesOf(it_, OTHER), [], "not active");
    await it_.fleet.close();
  });

  it("has no record of another protocol than the device's", async () => {
    const configs = { get: () => VANS, find: () => VANS, all: () => [VANS] };
    const it_ = await TestRegistry.open(new MemoryStore(), {}, configs);
    await it_.ask("register", { imei: IMEI, state: "active" });
    it_.fleet.receive(reading(START, { protocol: "globalmatix" }), "", true);
    it_.fleet.receive(reading(START + 1), "", true);
    assert.deepEqual(await timesOf(it_), [START + 1]);
  });

  it("has what came again where it was lost with the history: nobody knows it any more", async () => {
    const store = new MemoryStore();
    let it_ = await openWith(new MemoryHistory(), store);
    await it_.ask("register", { imei: IMEI, state: "active" });
    it_.fleet.receive(reading(START), "BCE/D", true);
    await it_.fleet.flush();
    it_ = await openWith(new MemoryHistory(), store);
    assert.deepEqual(await it_.marksOf(reading(START)), {});
    assert.deepEqual(await it_.marksOf(reading(START)), { duplicate: true });
    assert.deepEqual(await timesOf(it_), [START]);
  });

  it("a message of the broker goes only after a commit of history that began after it was settled", async () => {
    const history = new WatchedHistory();
    const store = new MemoryStore();
    const it_ = await openWith(history, store);
    const { fleet } = it_;
    const payload = Buffer.from("one");
    const kept = async () => (await store.open()).stored.inbox.length;
    fleet.inbox.deliver(await fleet.inbox.keep({ client: IMEI, topic: "BCE/D", payload, receivedAt: START }));
    let release = () => {};
    history.gate = new Promise((resolve) => {
      release = resolve;
    });
    const early = fleet.commitHistory();
    it_.wait(SETTLE_MS);
    await fleet.flush();
    release();
    await early;
    for (let n = 0; n < 3; n++) await fleet.flush();
    assert.equal(await kept(), 1, "that commit had begun before");
    history.gate = new Promise((resolve) => {
      release = resolve;
    });
    const commit = fleet.commitHistory();
    for (let n = 0; n < 3; n++) await fleet.flush();
    assert.equal(await kept(), 1, "not committed yet");
    release();
    await commit;
    await fleet.flush();
    assert.equal(await kept(), 0);
  });

  it("that fails stops nothing, says so once, and loses nothing that fits into memory", async () => {
    const history = new WatchedHistory();
    const store = new MemoryStore();
    history.fails = "STORE_FULL";
    const it_ = await openWith(history, store);
    const { fleet } = it_;
    await it_.ask("register", { imei: IMEI, state: "active" });
    const payload = Buffer.from("one");
    fleet.inbox.deliver(await fleet.inbox.keep({ client: IMEI, topic: "BCE/D", payload, receivedAt: START }));
    for (let n = 0; n < 3; n++) {
      fleet.receive(reading(START + n), "BCE/D", true);
      it_.wait(SETTLE_MS);
      await fleet.flush();
      await fleet.commitHistory();
    }
    await fleet.flush();
    assert.equal((await store.open()).stored.inbox.length, 0);
    assert.equal(fleet.states.get(IMEI)?.counters.records, 3);
    assert.deepEqual(it_.historyProblems, ["STORE_FULL"]);
    history.fails = undefined;
    await fleet.commitHistory();
    assert.deepEqual(it_.historyProblems, ["STORE_FULL", ""]);
    assert.deepEqual(await timesOf(it_), [START, START + 1, START + 2]);
  });

  describe("of a device that is removed", () => {
    let history: WatchedHistory;
    let it_: TestRegistry;
    beforeEach(async () => {
      history = new WatchedHistory();
      it_ = await openWith(history);
      for (const imei of [IMEI, OTHER]) {
        await it_.ask("register", { imei, state: "active" });
        it_.fleet.receive(reading(START, {}, imei), "BCE/D", true);
      }
    });

    it("is deleted, and that of no other", async () => {
      await it_.ask("remove", IMEI);
      assert.deepEqual([await timesOf(it_), await timesOf(it_, OTHER)], [[], [START]]);
    });

    it("is kept where the person chooses so, also when it then reports as unknown and is removed", async () => {
      await it_.ask("remove", { imei: IMEI, keepHistory: true });
      it_.fleet.receive(reading(START + MINUTE), "BCE/D", true);
      await it_.ask("remove", IMEI);
      assert.deepEqual(await timesOf(it_), [START]);
    });

    it("is deleted later where that fails", async () => {
      history.fails = "STORE_FULL";
      await it_.ask("remove", IMEI);
      assert.equal(it_.fleet.devices.get(IMEI), undefined);
      history.fails = undefined;
      await it_.fleet.commitHistory();
      assert.deepEqual(await timesOf(it_), []);
    });
  });

  describe("is asked for", () => {
    let it_: TestRegistry;
    beforeEach(async () => {
      it_ = await TestRegistry.open();
      await it_.ask("register", { imei: IMEI, name: "Van <1>", state: "active" });
      for (let n = 0; n < 5; n++)
        it_.fleet.receive(
          reading(START - n * MINUTE, { position: position(54 + n / 10, 25), attributes: { odometer: n } }),
          "BCE/D",
          true,
        );
    });
    const ask = (name: string, payload: unknown = IMEI) =>
      it_.ask(name, payload) as Promise<Record<string, unknown> & { records: { time: number }[] }>;
    const rejects = (promise: Promise<unknown>, code: string, path: string) =>
      assert.rejects(promise, { code, path });

    it("as records: of the last day, oldest first", async () => {
      const { imei, from, to, records, next } = await ask("history");
      assert.deepEqual([imei, from, to, next], [IMEI, START - 24 * 60 * MINUTE, START, undefined]);
      assert.deepEqual(
        records.map(({ time }) => (START - time) / MINUTE),
        [4, 3, 2, 1, 0],
      );
    });

    it("of a day, in the registry's time zone", async () => {
      it_ = await TestRegistry.open(new MemoryStore(), { timeZone: "Europe/Berlin" });
      await it_.ask("register", { imei: IMEI, state: "active" });
      const [from, to] = [Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23) - 1];
      for (const time of [from - 1, from, to, to + 1])
        it_.fleet.receive(reading(time, { position: position(54, 25) }), "BCE/D", true);
      const of = { imei: IMEI, day: "2026-10-25" };
      const answer = await ask("history", of);
      assert.deepEqual([answer.from, answer.to], [from, to], "25 hours, because clocks are put back");
      assert.deepEqual(
        answer.records.map(({ time }) => time),
        [from, to],
      );
      assert.equal(((await ask("track", of)).points as object[]).length, 2);
    });

    it("with why the device wrote a record", async () => {
      it_.fleet.receive(reading(START + 1, { cause: "timer" }), "BCE/D", true);
      const { records } = await ask("history", { imei: IMEI, from: START + 1, to: START + 1 });
      assert.equal((records[0] as { cause?: string } | undefined)?.cause, "timer");
    });

    it("part by part", async () => {
      const first = await ask("history", { imei: IMEI, limit: 3 });
      const rest = await ask("history", { imei: IMEI, limit: 3, from: first.next });
      assert.deepEqual([first.records.length, rest.records.length, rest.next], [3, 2, undefined]);
    });

    it("only what was asked", async () => {
      const where = [{ path: "attributes.odometer", is: ">=", value: 3 }];
      const { records } = await ask("history", { imei: IMEI, paths: ["attributes.odometer"], where });
      assert.deepEqual(
        records.map((record) => (record as unknown as { attributes: object }).attributes),
        [{ odometer: 4 }, { odometer: 3 }],
      );
    });

    for (const name of ["history", "track"])
      it(`as GeoJSON, GPX, KML and CSV: ${name}`, async () => {
        const { features } = (await ask(name, { imei: IMEI, format: "geojson" })) as unknown as {
          features: { geometry: { coordinates: number[] } }[];
        };
        assert.deepEqual(features.at(-1)?.geometry.coordinates.slice(0, 2), [25, 54]);
        const gpx = String(await ask(name, { imei: IMEI, format: "gpx" }));
        assert.equal(gpx.match(/<trkpt /g)?.length, features.length);
        assert.match(gpx, /<name>Van &lt;1&gt;<\/name>/);
        const kml = String(await ask(name, { imei: IMEI, format: "kml" }));
        assert.equal(kml.match(/<when>/g)?.length, features.length);
        assert.match(kml, /<name>Van &lt;1&gt;<\/name>/);
        const csv = String(await ask(name, { imei: IMEI, format: "csv" }));
        assert.equal(csv.trim().split("\r\n").length, features.length + 1);
      });

    it("as files with times and places, whatever values are asked for", async () => {
      const of = { imei: IMEI, paths: ["attributes.odometer"], limit: 5 };
      for (const more of [{}, { last: 5, limit: undefined }]) {
        const csv = String(await ask("history", { ...of, ...more, format: "csv" }));
        const [header, first] = csv.split("\r\n").map((line) => line.split(","));
        const cell = (name: string) => first?.[header?.indexOf(name) ?? -1];
        assert.deepEqual([cell("position.latitude"), cell("attributes.odometer")], ["54.4", "4"]);
        const gpx = String(await ask("history", { ...of, ...more, format: "gpx" }));
        assert.equal(gpx.match(/<trkpt /g)?.length, 5);
      }
    });

    it("as a track in few points", async () => {
      const { points } = await ask("track");
      assert.deepEqual((points as object[])[0], {
        time: START - 4 * MINUTE,
        latitude: 54.4,
        longitude: 25,
      });
    });

    it("as the last records, whenever they were", async () => {
      it_.wait(400 * 24 * 60 * MINUTE);
      const { records, ...rest } = await ask("history", {
        imei: IMEI,
        last: 2,
        paths: ["attributes.odometer"],
      });
      assert.deepEqual(rest, { imei: IMEI });
      assert.deepEqual(
        records.map((record) => [record.time, (record as unknown as { attributes: object }).attributes]),
        [
          [START - MINUTE, { odometer: 1 }],
          [START, { odometer: 0 }],
        ],
      );
      assert.ok(!("position" in (records[0] as object)));
      assert.match(
        String(await ask("history", { imei: IMEI, last: 2, format: "csv" })),
        /^time.*\r\n.*\r\n.*\r\n$/,
      );
    });

    it("as the course of a value, with its extremes", async () => {
      const answer = await ask("series", {
        imei: IMEI,
        path: "attributes.odometer",
        day: "2026-01-15",
        points: 24,
      });
      const { count, minimum, maximum, points, from, to } = answer;
      assert.deepEqual([from, to, count], [Date.UTC(2026, 0, 15), Date.UTC(2026, 0, 16) - 1, 5]);
      assert.deepEqual(minimum, { time: START, value: 0 });
      assert.deepEqual(maximum, { time: START - 4 * MINUTE, value: 4 });
      assert.deepEqual(points, [
        { time: START - 60 * MINUTE, least: 1, most: 4, last: 1 },
        { time: START, least: 0, most: 0, last: 0 },
      ]);
      const none = await ask("series", { imei: IMEI, path: "attributes.fuelLevel" });
      assert.deepEqual([none.count, none.minimum, none.points], [0, undefined, []]);
    });

    it("by area and time: who was there, also who was removed", async () => {
      await it_.ask("register", { imei: OTHER, state: "active" });
      it_.fleet.receive(reading(START - MINUTE, { position: position(54.2, 25) }, OTHER), "BCE/D", true);
      await ask("remove", { imei: OTHER, keepHistory: true });
      const { visits } = (await ask("area", BOX)) as unknown as { visits: object[] };
      assert.deepEqual(visits, [
        { imei: IMEI, name: "Van <1>", first: START - 4 * MINUTE, last: START - 2 * MINUTE, records: 3 },
        { imei: OTHER, name: "", first: START - MINUTE, last: START - MINUTE, records: 1 },
      ]);
      const later = (await ask("area", { ...BOX, from: START, to: START })) as unknown as {
        visits: object[];
      };
      assert.deepEqual(later.visits, []);
    });

    it("part by part as it is read, with how far it has come, however long it is", async () => {
      for (let n = 0; n < 12_000; n++) it_.fleet.receive(reading(START - 1000 - n * 7000), "BCE/D", true);
      const from = START - 12_001 * 7000;
      const of = { imei: IMEI, from, stream: true };
      const parts = (await ask("history", of)) as unknown as AnswerParts;
      assert.equal(parts.type, "array");
      const found: AnswerPart[] = [];
      for await (const part of parts) found.push(part);
      assert.deepEqual(
        found.map(({ isLast }) => isLast).slice(-2),
        found.length > 1 ? [false, true] : [true],
      );
      const shares = found.map(({ progress }) => progress);
      assert.deepEqual(
        shares,
        [...shares].sort((a, b) => a - b),
      );
      assert.equal(shares.at(-1), 1);
      assert.equal(found.flatMap(({ payload }) => payload as object[]).length, 12_005);
      let text = "";
      const pieces = (await ask("history", { ...of, format: "csv" })) as unknown as AnswerParts;
      assert.equal(pieces.type, "string");
      for await (const { payload } of pieces) text += payload;
      assert.equal(text.trim().split("\r\n").length, 12_006);
    });

    it("and says what is wrong with a question", async () => {
      await rejects(ask("history", { imei: IMEI, limit: 0 }), "FIELD_VALUE", "limit");
      await rejects(ask("history", { imei: IMEI, format: "shp" }), "FIELD_VALUE", "format");
      await rejects(ask("history", { imei: IMEI, last: 0 }), "FIELD_VALUE", "last");
      await rejects(ask("history", { imei: IMEI, last: 1, day: "2026-01-15" }), "QUERY_INVALID", "day");
      await rejects(ask("history", { imei: IMEI, stream: "yes" }), "FIELD_VALUE", "stream");
      await rejects(ask("series", { imei: IMEI }), "QUERY_INVALID", "path");
      await rejects(
        ask("series", { imei: IMEI, path: "position.speed", every: 1 }),
        "QUERY_INVALID",
        "every",
      );
      await rejects(ask("area", { south: 1, west: 2, north: 3 }), "QUERY_INVALID", "east");
      await rejects(ask("area", { south: 3, west: 2, north: 1, east: 4 }), "QUERY_INVALID", "south");
      await rejects(ask("area", { south: -91, west: 2, north: 1, east: 4 }), "QUERY_INVALID", "south");
      await rejects(ask("area", { ...BOX, imei: IMEI }), "QUERY_INVALID", "imei");
      await rejects(ask("history", { imei: IMEI, from: "yesterday" }), "QUERY_INVALID", "from");
      await rejects(ask("history", { imei: IMEI, day: "2026-02-30" }), "QUERY_INVALID", "day");
      await rejects(ask("track", { imei: IMEI, day: "2026-02-01", from: 1 }), "QUERY_INVALID", "day");
      await rejects(ask("history", { imei: IMEI, limit: 2, format: "csv" }), "QUERY_TOO_LARGE", "limit");
      await rejects(ask("track", { imei: IMEI, every: 5 }), "QUERY_INVALID", "every");
      await rejects(ask("track", { imei: IMEI, points: 1e9 }), "FIELD_VALUE", "points");
      await rejects(ask("history", OTHER), "DEVICE_UNKNOWN", "imei");
      await rejects(ask("remove", { imei: IMEI, keepHistory: "yes" }), "FIELD_VALUE", "keepHistory");
      assert.notEqual(it_.fleet.devices.get(IMEI), undefined);
    });

    it("also of a device that was removed, until it is deleted by itself", async () => {
      await ask("remove", [{ imei: IMEI, keepHistory: true }] as unknown);
      assert.equal((await ask("history")).records.length, 5);
      assert.deepEqual(await ask("removeHistory"), { imei: IMEI });
      await rejects(ask("history"), "DEVICE_UNKNOWN", "imei");
    });
  });
});
