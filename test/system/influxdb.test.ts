import assert from "node:assert/strict";
import { Targets } from "../../nodes/format/targets";
import type { FormatSubject, TellableRecord } from "../../src/formats/format";
import { alarmOf, TRIP } from "../formats/found";
import { type Influx, startInflux } from "./influxdb";

const IMEI = "869595061374194";
const TIME = Date.UTC(2026, 10, 26, 12, 0, 1);
const RECORD: TellableRecord = {
  schema: 1,
  kind: "telemetry",
  protocol: "iotm",
  imei: IMEI,
  receivedAt: TIME,
  time: TIME,
  position: { valid: true, latitude: 43.2, longitude: 27.9, speed: 43.5, satellites: 12 },
  attributes: { ignition: false, odometer: 0, text: 'a "b" \\ c, d=e ü 🚚' },
  sensors: {},
};

describe("InfluxDB takes what tracker format says", function () {
  this.timeout(60_000);
  let influx: Influx;
  before(async () => {
    influx = await startInflux();
  });
  after(async () => {
    await influx?.stop();
  });

  /** Posts it as an http request node does. */
  const write = async (subject: FormatSubject, measurement = ""): Promise<void> => {
    const url = `${influx.url}/write?db=trackers&precision=ms`;
    const options = { format: "influxdb", topic: "", url, measurement };
    for (const { payload, headers, ...message } of new Targets().tell(options, [subject]).messages) {
      const { method = "", url: to = "" } = message;
      const answer = await fetch(to, { method, headers: { ...headers }, body: String(payload) });
      assert.equal(answer.status, 204, `${await answer.text()}: ${payload}`);
    }
  };

  it("a record with its time, its tags and every value as it was", async () => {
    await write({ record: RECORD, device: { name: "Car 1, =\\", group: "Süd" } });
    const [row] = await influx.ask("SELECT * FROM trackers");
    // A backslash at the end of a tag cannot be said.
    assert.deepEqual(row, {
      time: TIME,
      imei: IMEI,
      name: "Car 1, =",
      group: "Süd",
      latitude: 43.2,
      longitude: 27.9,
      speed: 43.5,
      satellites: 12,
      ignition: false,
      odometer: 0,
      text: RECORD.attributes?.text,
    });
  });

  it("a measurement whose name has blanks and commas, and a name with a line break", async () => {
    await write({ record: RECORD, device: { name: "Car\n1" } }, "my fleet, all");
    const rows = await influx.ask('SELECT "name", ignition FROM "my fleet, all"');
    assert.deepEqual(rows, [{ time: TIME, name: "Car 1", ignition: false }]);
  });

  it("a trip that is told again is the same point; an alarm has its measurement", async () => {
    await write({ record: { ...TRIP.message, distance: 1 } });
    await write({ record: TRIP.message });
    const trips = await influx.ask("SELECT distance, score, kind FROM trackers_trips");
    assert.deepEqual(trips, [{ time: TRIP.message.start.time, distance: 41.75, score: 87.25, kind: "trip" }]);
    const alarm = alarmOf("panic");
    await write({ record: alarm });
    assert.deepEqual(await influx.ask("SELECT state, level FROM trackers_alarms"), [
      { time: alarm.time, state: "active", level: "critical" },
    ]);
  });
});
