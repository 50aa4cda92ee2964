import assert from "node:assert/strict";
import type { Telemetry } from "../../../src/model/message";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import { sensorMap } from "../../../src/protocols/iotm/mapping";
import type { SensorValue } from "../../../src/protocols/iotm/records";
import { type Gnss, VALUE_TYPES } from "../../../src/protocols/iotm/values";

const IMEI = "490154203237518";
const RECEIVED_AT = Date.parse("2026-11-26T08:00:00Z");
const NOW = Date.parse("2026-11-20T16:30:00Z") / 1000;
const WEEK = 7 * 86_400;
const typeOf = (name: string) => VALUE_TYPES.find((type) => type.name === name)?.code ?? assert.fail(name);

function decode(values: SensorValue[], time = NOW): Telemetry {
  const bytes = encodeFrame([
    { type: 2, imei: IMEI },
    { type: 1, time, values },
  ]);
  return decodePayload(bytes, { receivedAt: RECEIVED_AT }).records[0] as Telemetry;
}

function fix(changes: Partial<Gnss>): SensorValue[] {
  const gnss = {
    latitude: 54.5,
    longitude: 25.25,
    speed: 43,
    hdop10: 9,
    satellites: 5,
    course: 120,
    altitude: 110,
  };
  return [{ id: 0xd000, valueType: typeOf("GNSS"), value: { ...gnss, ...changes } }];
}

const codes = ({ warnings = [] }: Telemetry) => warnings.map(({ code, path }) => [code, path]);

describe("An IOTM position", () => {
  for (const [latitude, longitude, valid] of [
    [0, 0, false],
    [-0, -0, false],
    [1e-7, -1e-7, false],
    [0, 25.25, true],
    [54.5, 0, true],
    [0.001, 0, true],
  ] as const) {
    it(`at ${latitude}, ${longitude} with 5 satellites is ${valid ? "" : "not "}valid`, () => {
      const { position } = decode(fix({ latitude, longitude }));
      assert.equal(position?.valid, valid);
      for (const value of [position?.latitude, position?.longitude]) assert.ok(!Object.is(value, -0));
    });
  }

  for (const [part, changes] of [
    ["speed", { speed: 65535 }],
    ["course", { course: 361 }],
    ["altitude", { altitude: 32767 }],
    ["satellites", { satellites: 255 }],
  ] as const) {
    it(`that says an impossible ${part} keeps the rest, and says so`, () => {
      const record = decode(fix(changes));
      assert.ok(record.position && !(part in record.position));
      assert.deepEqual([record.position.latitude, record.position.valid], [54.5, true]);
      const whole = record.sensors["0xD000"] as unknown as Record<string, unknown>;
      assert.equal(whole[part], Object.values(changes)[0]);
      assert.deepEqual(codes(record), [["VALUE_UNFIT", "0xD000"]]);
    });
  }
});

describe("An IOTM value outside the range of its name", () => {
  for (const [id, type, value, key] of [
    [0x2041, "u8", 255, "batteryLevel"],
    [0x2007, "u8", 111, "fuelLevel"],
    [0x300c, "u16", 65535, "engineSpeed"],
    [0x2000, "i16", -1, "gnssSpeed"],
    [0x3000, "u32", 65_001, "externalVoltage"],
    [0x3004, "u16", 20_001, "batteryVoltage"],
    [0x3037, "u16", 65535, "cargoWeight"],
    [0xa01c, "i16", -61, "deviceTemperature"],
    [0xa001, "f32", 17, "acceleration"],
    [0x4003, "u32", 4_294_967_295, "odometer"],
    [0xa017, "f32", Number.NaN, "temperature1"],
    [0x2021, "u8", 101, "adBlueLevel"],
    [0x2006, "u8", 251, "throttle"],
    [0x202d, "u8", 4, "driver1Activity"],
    [0x301e, "u16", 5001, "fuelVolume"],
    [0x3032, "u16", 65535, "trailerWeight"],
    [0x3039, "u16", 65535, "grossWeight"],
    [0x3038, "u16", 65535, "serviceDistance"],
    [0x4062, "u32", 4_294_967_295, "odometer"],
    [0x4068, "u32", 4_294_967_295, "idleFuel"],
    [0x4069, "u32", 5_000_001, "idleHours"],
    [0xb002, "f64", 5_000_000_001.5, "gnssOdometer"],
  ] as const) {
    it(`stays in sensors with a warning: ${key} ${value}`, () => {
      const record = decode([{ id, valueType: typeOf(type), value }]);
      const place = `0x${id.toString(16).toUpperCase()}`;
      assert.deepEqual(record.attributes, {});
      assert.deepEqual(record.sensors, { [place]: Number.isNaN(value) ? null : value });
      assert.deepEqual(codes(record), [["VALUE_UNFIT", place]]);
    });
  }

  it("counts where the user gives it a name of their own", () => {
    const bytes = encodeFrame([
      { type: 2, imei: IMEI },
      { type: 1, time: NOW, values: [{ id: 0x2041, valueType: typeOf("u8"), value: 255 }] },
    ]);
    const sensors = sensorMap([{ id: "0x2041", key: "raw level" }]);
    const [record] = decodePayload(bytes, { receivedAt: RECEIVED_AT, sensors }).records as Telemetry[];
    assert.deepEqual(record?.attributes, { "raw level": 255 });
  });

  it("is a number of newer hardware, whose name nobody knows yet: it stays in sensors, and nothing is wrong", () => {
    for (const value of [0, 54, 255]) {
      const record = decode([{ id: 0x2030, valueType: typeOf("u8"), value }]);
      assert.deepEqual(
        [record.attributes, record.sensors, record.warnings],
        [{}, { "0x2030": value }, undefined],
      );
    }
  });

  it("is nothing that is said of no value", () => {
    const record = decode([{ id: 0x2041, valueType: typeOf("no value"), value: null }]);
    assert.deepEqual([record.sensors, record.warnings], [{ "0x2041": null }, undefined]);
  });
});

describe("An IOTM time", () => {
  for (const times of [1, 2]) {
    it(`that lost ${times * 1024} weeks is corrected`, () => {
      const record = decode([], NOW - times * 1024 * WEEK);
      assert.deepEqual([record.time, codes(record)], [NOW * 1000, [["TIME_ROLLOVER", undefined]]]);
    });
  }
  for (const [what, time] of [
    ["of the receiver's epoch", 315_964_800],
    ["0", 0],
    ["that would land in the future", RECEIVED_AT / 1000 + 86_400 - 1024 * WEEK],
    ["that would land more than a year ago", NOW - 366 * 86_400 - 1024 * WEEK],
    ["of ten months ago", NOW - 300 * 86_400],
  ] as const) {
    it(`${what} stays as it is`, () => {
      const record = decode([], time);
      assert.deepEqual([record.time, record.warnings], [time * 1000, undefined]);
    });
  }

  it("of an event is corrected, too", () => {
    const bytes = encodeFrame([
      { type: 2, imei: IMEI },
      { type: 3, time: NOW - 1024 * WEEK, function: 1, event: 2, data: new Uint8Array() },
    ]);
    const [record] = decodePayload(bytes, { receivedAt: RECEIVED_AT }).records;
    assert.ok(record?.kind === "event");
    assert.deepEqual([record.time, record.warnings?.[0]?.code], [NOW * 1000, "TIME_ROLLOVER"]);
  });
});
