import assert from "node:assert/strict";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { type HistoryImportReport, IMPORT_BYTES, importHistory } from "../../src/fleet/history-import";
import type { HistoryRecord } from "../../src/history/record";
import { MemoryStore } from "../../src/store/memory/store";
import { IMEI, MINUTE, OTHER, position, reading, START, TestRegistry } from "../support/registry";

const DAY = 24 * 60 * MINUTE;
const iso = (time: number) => new Date(time).toISOString();

describe("import of history", () => {
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open(new MemoryStore(), { timeZone: "Europe/Berlin" });
    await it_.ask("register", { imei: IMEI, name: "Van", state: "active" });
    it_.told();
  });
  const add = (data: unknown, more: object = {}) =>
    it_.ask("importHistory", { imei: IMEI, data, ...more }) as Promise<HistoryImportReport>;
  const found = async () => {
    const all: HistoryRecord[] = [];
    for await (const page of it_.fleet.history.asked.records({ imei: IMEI, from: 0, to: START + DAY }))
      all.push(...page);
    return all;
  };
  const points = (count: number) =>
    Array.from(
      { length: count },
      (_, n) => `${iso(START - DAY + n * 1000)},54.${String(n % 1000).padStart(3, "0")},25,${n % 90}`,
    );

  it("takes GPX, whatever its prefixes are; speed becomes km/h", async () => {
    const gpx = `<?xml version="1.0"?>
<!DOCTYPE gpx>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
<wpt lat="1" lon="1"><time>2026-01-14T12:00:00Z</time></wpt>
<trk><name>a &amp; b</name><trkseg>
<trkpt lat="54.5" lon="25.25"><ele>112.5</ele><time>2026-01-14T12:00:00Z</time><sat>9</sat>
  <extensions><x:TrackPointExtension><x:speed>10</x:speed><x:course>90</x:course></x:TrackPointExtension></extensions></trkpt>
</trkseg><trkseg>
<trkpt lat="-54.5" lon="-25.25"><time>2026-01-14T13:00:00.250+01:00</time></trkpt>
</trkseg></trk></gpx>`;
    const report = await add(gpx);
    const at = Date.UTC(2026, 0, 14, 12);
    assert.deepEqual(report, {
      imei: IMEI,
      added: 2,
      repeated: 0,
      failed: 0,
      first: at,
      last: at + 250,
      ignored: [],
      lines: [],
    });
    const [first, second] = await found();
    assert.deepEqual(first?.position, {
      ...{
        valid: true,
        latitude: 54.5,
        longitude: 25.25,
        altitude: 112.5,
        speed: 36,
        course: 90,
        satellites: 9,
      },
    });
    assert.equal(first?.protocol, "import", "what was imported is known as such");
    assert.equal(second?.position?.latitude, -54.5);
  });

  it("says which line of GPX is wrong, and takes the others", async () => {
    const point = (lat: string, rest: string) => `<trkpt lat="${lat}" lon="25">${rest}</trkpt>`;
    const time = `<time>${iso(START - DAY)}</time>`;
    const gpx = [
      "<gpx><trk><trkseg>",
      point("54", ""),
      point("91", time),
      point("54", `${time}<speed>-1</speed>`),
      point("54", time),
      "<oops></trkseg>",
    ].join("\n");
    const { added, failed, lines } = await add(gpx);
    assert.deepEqual([added, failed], [1, 4]);
    assert.deepEqual(
      lines.map(({ line, code, path }) => [line, code, path]),
      [
        [2, "FIELD_VALUE", "time"],
        [3, "FIELD_VALUE", "latitude"],
        [4, "FIELD_VALUE", "speed"],
        [6, "HISTORY_FORMAT", undefined],
      ],
    );
  });

  it("does not let a GPX file grow by its entities", async () => {
    const gpx = `<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><gpx><trk><name>&b;</name></trk></gpx>`;
    const { added, lines } = await add(gpx);
    assert.deepEqual([added, lines[0]?.code], [0, "HISTORY_FORMAT"]);
  });

  it("takes CSV of others: names, delimiters and times as they come", async () => {
    const at = Date.UTC(2026, 0, 14, 12);
    const cases: readonly string[] = [
      "Timestamp;Lat;Lng;Speed (km/h)\r\n2026-01-14 13:00:00;54,5;25,25;36\r\n",
      `time,latitude,longitude,speed\n${at / 1000},54.5,25.25,36`,
      `\ufeffspeed\tLongitude\tLatitude\tTime\n36\t25.25\t54.5\t${at}\n\n`,
      '"time","lat","lon","speed","driver"\n"2026-01-14T12:00:00Z","54.5","25.25","36","a ""b""\nc"\n',
      "Zeit;Breite;Länge;Geschwindigkeit\n2026-01-14T13:00:00+01:00;54.5;25.25;36\n",
    ];
    for (const [n, data] of cases.entries()) {
      const { added, repeated, failed } = await add(data);
      assert.deepEqual([added, repeated, failed], n === 0 ? [1, 0, 0] : [0, 1, 0], data);
      const records = await found();
      assert.equal(records.length, 1, "the same record is there once");
      assert.equal(records[0]?.time, at);
      assert.deepEqual(records[0]?.position, { valid: true, latitude: 54.5, longitude: 25.25, speed: 36 });
    }
    const { ignored } = await add(cases[3]);
    assert.deepEqual(ignored, ["driver"]);
  });

  it("takes what was exported, values and all", async () => {
    for (let n = 0; n < 50; n++)
      it_.fleet.receive(
        reading(START - DAY + n * 1000, {
          position: position(54 + n / 100, 25),
          attributes: { odometer: n, ignition: n > 9, driverId: "=1+1" },
        }),
        "BCE/D",
        true,
      );
    const paths = ["attributes.odometer", "attributes.ignition", "attributes.driverId"];
    const csv = await it_.ask("history", { imei: IMEI, from: 0, format: "csv", paths });
    await it_.ask("register", { imei: OTHER });
    const { added, failed } = (await it_.ask("importHistory", {
      imei: OTHER,
      data: csv,
    })) as HistoryImportReport;
    assert.deepEqual([added, failed], [50, 0]);
    const { records } = (await it_.ask("history", { imei: OTHER, from: 0 })) as { records: HistoryRecord[] };
    assert.deepEqual(records[10]?.attributes, { odometer: 10, ignition: true, driverId: "=1+1" });
    assert.deepEqual(records[10]?.position?.latitude, 54.1);
  });

  it("adds no record twice: the same file again, the other format, what the device itself has said", async () => {
    for (let n = 0; n < 50; n++)
      it_.fleet.receive(
        reading(START - DAY + n * 1000, {
          position: position(54 + n / 100, 25),
          attributes: { odometer: n / 10, driverId: "007", note: '=+1 "a"' },
        }),
        "BCE/D",
        true,
      );
    const before = await found();
    const paths = ["attributes.odometer", "attributes.driverId", "attributes.note", "attributes.absent"];
    const [csv, gpx] = [
      await it_.ask("history", { imei: IMEI, from: 0, format: "csv", paths }),
      await it_.ask("history", { imei: IMEI, from: 0, format: "gpx" }),
    ];
    for (const data of [csv, gpx, csv]) {
      const report = await add(data);
      assert.deepEqual([report.added, report.repeated, report.failed], [0, 50, 0]);
    }
    assert.deepEqual(await found(), before);
    const more = points(7000).slice(100);
    const file = `time,lat,lon,speed\n${[...more, ...more.toReversed()].join("\n")}`;
    for (const added of [6900, 0]) {
      const report = await add(file);
      assert.deepEqual([report.added, report.repeated], [added, 13_800 - added]);
    }
    assert.equal((await found()).length, 6950);
  });

  it("adds what differs in its place or in an attribute, at the same time", async () => {
    const time = iso(START - DAY);
    const lines = [`${time},54,25,1`, `${time},54.00001,25,1`, `${time},54,25,2`, `${time},54,25,`];
    const report = await add(`time,lat,lon,attributes.odometer\n${lines.join("\n")}`);
    assert.deepEqual([report.added, report.repeated], [3, 1]);
  });

  it("says which line of CSV is wrong, at its place in the file, however long that is", async () => {
    const lines = points(5000);
    lines[0] = "yesterday,54,25,0";
    lines[2500] = `${iso(START - DAY)},91,25,0`;
    lines[4998] = `${iso(START - DAY)},54,25,fast`;
    lines.push(`${iso(START + 30 * MINUTE)},54,25,0`, `${iso(START - 91 * DAY)},54,25,0`);
    const report = await add(`time,lat,lon,speed\n${lines.join("\n")}`);
    assert.deepEqual([report.added, report.failed], [4997, 5]);
    assert.deepEqual(
      report.lines.map(({ line, code, path }) => [line, code, path]),
      [
        [2, "FIELD_VALUE", "time"],
        [2502, "FIELD_VALUE", "latitude"],
        [5000, "FIELD_VALUE", "speed"],
        [5002, "FIELD_VALUE", "time"],
        [5003, "HISTORY_EXPIRED", "time"],
      ],
    );
    assert.equal((await found()).length, 4997);
  });

  it("changes no state and is told to nobody", async () => {
    it_.fleet.receive(reading(START - DAY, { attributes: { odometer: 7 } }), "BCE/D", true);
    it_.told();
    const before = JSON.stringify(it_.fleet.states.get(IMEI));
    const news = it_.fleet.news;
    const told: unknown[] = [];
    it_.fleet.onRecord.add((record) => told.push(record));
    await add(`time,lat,lon,speed\n${points(10).join("\n")}`);
    assert.deepEqual([told, it_.told(), it_.fleet.news], [[], [], news]);
    assert.equal(JSON.stringify(it_.fleet.states.get(IMEI)), before);
    assert.equal((await found()).length, 11);
  });

  it("tells how far it has come", async () => {
    const shares: number[] = [];
    const data = `time,lat,lon,speed\n${points(20_000).join("\n")}`;
    const context = { fleet: it_.fleet, tools: REGISTRY_TOOLS };
    await importHistory({ imei: IMEI, data }, context, (share) => shares.push(share));
    assert.ok(shares.length > 5);
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => a - b),
    );
    assert.equal(shares.at(-1), 1);
  });

  it("says what it cannot take at all", async () => {
    const rejects = (data: unknown, code: string, path: string, more: object = {}) =>
      assert.rejects(add(data, more), { code, path });
    await rejects("", "HISTORY_EMPTY", "data");
    await rejects("<html></html>", "HISTORY_EMPTY", "data");
    await rejects("time;speed\n1;2", "HISTORY_FORMAT", "data");
    await rejects(7, "FIELD_VALUE", "data");
    await rejects(undefined, "FIELD_VALUE", "data");
    await rejects("x", "FIELD_VALUE", "format", { format: "kml" });
    await rejects("x", "QUERY_INVALID", "day", { day: 1 });
    await rejects(Buffer.alloc(IMPORT_BYTES + 1), "HISTORY_TOO_LARGE", "data");
    await assert.rejects(it_.ask("importHistory", { imei: OTHER, data: "x" }), { code: "DEVICE_UNKNOWN" });
    const { lines } = await add('time,lat,lon\n"2026-01-14T12:00:00Z,54,25\n');
    assert.equal(lines[0]?.code, "HISTORY_FORMAT");
  });
});
