import assert from "node:assert/strict";
import type { Telemetry } from "../../../src/model/message";
import { parseLinear } from "../../../src/model/units";
import { shortestF32 } from "../../../src/protocols/iotm/convert";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import {
  checkOverrides,
  parseSensorId,
  type SensorOverride,
  sensorMap,
} from "../../../src/protocols/iotm/mapping";
import type { SensorValue } from "../../../src/protocols/iotm/records";

function normalize(values: SensorValue[], overrides: SensorOverride[]): Telemetry {
  const bytes = encodeFrame([
    { type: 2, imei: "490154203237518" },
    { type: 1, time: 1, values },
  ]);
  return decodePayload(bytes, { receivedAt: 0, sensors: sensorMap(overrides) }).records[0] as Telemetry;
}
const GNSS: SensorValue = {
  id: 0xd000,
  valueType: 14,
  value: { latitude: 1, longitude: 2, speed: 0, hdop10: 1, satellites: 9, course: 0, altitude: 0 },
};
const u16 = (id: number, value: number): SensorValue => ({ id, valueType: 5, value });

describe("sensor overrides", () => {
  const cases: [string, SensorValue, SensorOverride, object, object][] = [
    ["names a value", u16(0x3008, 284), { id: "0x3008", key: "gsmMcc" }, { gsmMcc: 284 }, {}],
    [
      "takes the catalogue's scale for its own key",
      u16(0x2005, 59),
      { id: "0x2005", key: "gsmSignal" },
      { gsmSignal: -59 },
      {},
    ],
    [
      "takes a scale of its own",
      u16(0x2005, 59),
      { id: "0x2005", key: "gsmSignal", scale: "-2", offset: 113 },
      { gsmSignal: -5 },
      {},
    ],
    [
      "scales without float noise",
      u16(0x3010, 12139),
      { id: 0x3010, key: "analog1", scale: "0.001" },
      { analog1: 12.139 },
      {},
    ],
    [
      "shifts",
      u16(0x2008, 130),
      { id: 8200, key: "coolantTemperature", offset: "-40" },
      { coolantTemperature: 90 },
      {},
    ],
    [
      "scales and shifts by fractions",
      u16(0x3010, 3),
      { id: "0x3010", key: "temperature1", scale: "0.1", offset: "0.2" },
      { temperature1: 0.5 },
      {},
    ],
    [
      "moves a value the catalogue names",
      u16(0x3000, 12000),
      { id: "0x3000", key: "batteryVoltage", scale: "0.001" },
      { batteryVoltage: 12 },
      {},
    ],
    ["ignores a value", u16(0x3000, 12000), { id: "0x3000", ignore: true }, {}, {}],
    [
      "gives a name of the user's own",
      u16(0x3010, 7),
      { id: "0x3010", key: "Kran Höhe" },
      { "Kran Höhe": 7 },
      {},
    ],
    [
      "keeps text under an own name",
      { id: 0xc001, valueType: 32, value: "ok" },
      { id: "0xC001", key: "note" },
      { note: "ok" },
      {},
    ],
    [
      "keeps true under an own name",
      { id: 0x0200, valueType: 1, value: true },
      { id: "0x0200", key: "lid" },
      { lid: true },
      {},
    ],
    [
      "keeps a value that does not fit the name's type in sensors",
      { id: 0x0200, valueType: 32, value: "x" },
      { id: "0x0200", key: "temperature1" },
      {},
      { "0x0200": "x" },
    ],
    [
      "writes a 1-Wire id as 16 hex digits",
      { id: 0x5004, valueType: 7, value: 0x28ff641ea1160498n },
      { id: "0x5004", key: "oneWireId1" },
      { oneWireId1: "28ff641ea1160498" },
      {},
    ],
    [
      "writes a small 1-Wire id as 16 hex digits",
      u16(0x5004, 255),
      { id: "0x5004", key: "oneWireId1" },
      { oneWireId1: "00000000000000ff" },
      {},
    ],
    [
      "keeps a negative 1-Wire id in sensors",
      { id: 0x5004, valueType: 8, value: -1 },
      { id: "0x5004", key: "oneWireId1" },
      {},
      { "0x5004": -1 },
    ],
    [
      "keeps 'no value' in sensors",
      { id: 0x3008, valueType: 2, value: null },
      { id: "0x3008", key: "gsmMcc" },
      {},
      { "0x3008": null },
    ],
    [
      "keeps an integer beyond 2^53 in sensors rather than round it",
      { id: 0x5010, valueType: 7, value: 2n ** 60n },
      { id: "0x5010", key: "odometer" },
      {},
      { "0x5010": "1152921504606846976" },
    ],
    [
      "keeps a number that its scale would make infinite in sensors",
      { id: 0x3037, valueType: 13, value: 1.7e308 },
      { id: "0x1", ignore: true },
      {},
      { "0x3037": 1.7e308 },
    ],
    [
      "keeps an integer that cannot be scaled without loss in sensors",
      { id: 0x5010, valueType: 7, value: 2n ** 60n },
      { id: "0x5010", key: "energy", scale: "0.001", unit: "kWh" },
      {},
      { "0x5010": "1152921504606846976" },
    ],
    [
      "keeps what is no 64-bit id in sensors",
      { id: 0x5004, valueType: 13, value: 1e300 },
      { id: "0x5004", key: "oneWireId1" },
      {},
      { "0x5004": 1e300 },
    ],
    [
      "keeps what is no number out of a text",
      { id: 0x5000, valueType: 12, value: Number.NaN },
      { id: "0x1", ignore: true },
      {},
      { "0x5000": null },
    ],
    ["ignores the position", GNSS, { id: "0xD000", ignore: "true" }, {}, {}],
  ];
  for (const [what, value, override, attributes, sensors] of cases) {
    it(what, () => {
      const record = normalize([value], [override]);
      assert.deepEqual(record.attributes, attributes);
      assert.deepEqual(record.sensors, sensors);
    });
  }

  it("carry the unit of an own name, and only of that", () => {
    const record = normalize(
      [u16(0x3010, 7), u16(0x3008, 284)],
      [
        { id: "0x3010", key: "boomAngle", unit: "°" },
        { id: "0x3008", key: "gsmMcc", unit: "ignored" },
      ],
    );
    assert.deepEqual(record.units, { boomAngle: "°" });
  });

  const wrong: [SensorOverride, string, string][] = [
    [{ id: "3008x", key: "a" }, "SENSOR_ID", "id"],
    [{ id: "0x10000", key: "a" }, "SENSOR_ID", "id"],
    [{ id: 65536, key: "a" }, "SENSOR_ID", "id"],
    [{ id: "", ignore: true }, "SENSOR_ID", "id"],
    [{ id: "0x1" }, "SENSOR_KEY", "key"],
    [{ id: "0xD000", key: "place" }, "SENSOR_POSITION", "id"],
    [null as unknown as SensorOverride, "SENSOR_ID", "id"],
    [{ id: "0x1", key: "__proto__" }, "SENSOR_KEY", "key"],
    [{ id: "0x1", key: "a\u0000b" }, "SENSOR_KEY", "key"],
    [{ id: "0x1", key: "a".repeat(65) }, "SENSOR_KEY", "key"],
    [{ id: "0x1", key: "a", scale: "0" }, "SENSOR_SCALE", "scale"],
    [{ id: "0x1", key: "a", scale: "1,5" }, "SENSOR_SCALE", "scale"],
    [{ id: "0x1", key: "a", offset: "x" }, "SENSOR_OFFSET", "offset"],
  ];
  for (const [override, code, path] of wrong) {
    it(`refuses ${JSON.stringify(override)}: ${code}`, () => {
      assert.deepEqual(
        checkOverrides([override]).map((p) => [p.code, p.path, p.at]),
        [[code, path, 0]],
      );
      assert.throws(() => sensorMap([override]), { code, path: `sensors[0].${path}` });
    });
  }

  it("refuse an id that is listed twice, however it is written", () => {
    const twice = [
      { id: "0x000A", key: "a" },
      { id: 10, key: "b" },
    ];
    assert.deepEqual(
      checkOverrides(twice).map((p) => [p.code, p.at]),
      [["SENSOR_TWICE", 1]],
    );
  });

  it("read ids as hex text or as numbers, and nothing else", () => {
    assert.deepEqual(["0x3008", "0X3008", 12296, " 0x3008 "].map(parseSensorId), Array(4).fill(12296));
    for (const id of ["12296", "3008", "300B", "x", "", null, 1.5, -1])
      assert.equal(parseSensorId(id), undefined);
  });

  it("keep scales as whole numbers over a power of ten where that is exact", () => {
    assert.deepEqual(parseLinear("0.05", ""), { multiply: 5, add: 0, divide: 100 });
    assert.deepEqual(parseLinear(undefined, undefined), { multiply: 1, add: 0, divide: 1 });
    assert.deepEqual(parseLinear("1e-7", "0"), { multiply: 1, add: 0, divide: 1e7 });
    assert.deepEqual(parseLinear("1e-300", "0"), { multiply: 1e-300, add: 0, divide: 1 });
  });
});

describe("an id that comes twice", () => {
  const off = (id: number): SensorValue => ({ id, valueType: 0, value: false });
  const on = (id: number): SensorValue => ({ id, valueType: 1, value: true });
  const none = (id: number): SensorValue => ({ id, valueType: 2, value: null });

  it("counts with its last value, also where that does not fit the name", () => {
    const gone = normalize([u16(0x3000, 12000), none(0x3000)], []);
    assert.deepEqual([gone.attributes, gone.sensors], [{}, { "0x3000": null }]);
    const back = normalize([none(0x3000), u16(0x3000, 12000)], []);
    assert.deepEqual([back.attributes, back.sensors], [{ externalVoltage: 12 }, {}]);
    const lost = normalize([GNSS, none(0xd000)], []);
    assert.deepEqual([lost.position, lost.sensors], [undefined, { "0xD000": null }]);
  });

  it("does not silence the other of two switches that the user gave one name", () => {
    const record = normalize(
      [off(0x0010), on(0x0011), off(0x0010)],
      [
        { id: "0x0010", key: "panic" },
        { id: "0x0011", key: "panic" },
      ],
    );
    assert.deepEqual([record.attributes, record.sensors], [{ panic: true }, { "0x0011": true }]);
  });
});

describe("f32 values", () => {
  it("become the shortest decimal that is still the same f32", () => {
    for (const decimal of [23.4, -18.6, 0.1, 1e-7, 3.4028235e38, 16777216, 0, 123456.79]) {
      const wire = Math.fround(decimal);
      const short = shortestF32(wire);
      assert.equal(Math.fround(short), wire);
      assert.equal(short, decimal);
    }
    assert.ok(Number.isNaN(shortestF32(Number.NaN)));
    assert.equal(shortestF32(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  });

  it("that are no number are null in sensors and leave coordinates out", () => {
    const record = normalize(
      [
        { id: 0xa000, valueType: 12, value: Number.NaN },
        {
          id: 0xd000,
          valueType: 14,
          value: {
            latitude: Number.NaN,
            longitude: 91,
            speed: 0,
            hdop10: 1,
            satellites: 9,
            course: 0,
            altitude: 0,
          },
        },
      ],
      [],
    );
    assert.deepEqual(record.attributes, {});
    assert.deepEqual(record.sensors, { "0xA000": null });
    assert.equal(record.position?.latitude, null);
    assert.equal(record.position?.valid, false);
  });

  for (const [latitude, longitude, satellites, valid] of [
    [90, 180, 1, true],
    [-90, -180, 1, true],
    [90.01, 0, 9, false],
    [0, -180.01, 9, false],
    [54, 25, 0, false],
  ] as const) {
    it(`position ${latitude}, ${longitude} with ${satellites} satellites is ${valid ? "valid" : "not valid"}`, () => {
      const value = { latitude, longitude, speed: 0, hdop10: 1, satellites, course: 0, altitude: 0 };
      assert.equal(normalize([{ id: 0xd000, valueType: 14, value }], []).position?.valid, valid);
    });
  }
});
