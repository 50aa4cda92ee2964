import assert from "node:assert/strict";
import type { Telemetry } from "../../../src/model/message";
import { CHOICES, type Choices, checkChoices } from "../../../src/protocols/iotm/choices";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import type { SensorOverride } from "../../../src/protocols/iotm/mapping";
import { readingContext } from "../../../src/protocols/iotm/settings";

function decode(
  numbers: Readonly<Record<string, number>>,
  choices: Choices,
  sensors: SensorOverride[] = [],
): unknown[] {
  const values = Object.entries(numbers).map(([id, value]) => ({ id: Number(id), valueType: 10, value }));
  const bytes = encodeFrame([{ type: 1, time: 1, values }]);
  const { records } = decodePayload(bytes, { receivedAt: 0, ...readingContext({ choices, sensors }) });
  const { attributes, sensors: left } = records[0] as Telemetry;
  return [attributes, left];
}

/** 24 bits of weight above the place. */
const axle = (weight: number, place: number) => weight * 256 + place;

describe("what a device config chooses", () => {
  const cases: [
    what: string,
    numbers: Record<string, number>,
    choices: Choices,
    attributes: object,
    sensors: object,
  ][] = [
    ["engine temperature: nothing", { "0x2008": 130 }, {}, {}, { "0x2008": 130 }],
    [
      "engine temperature: °C",
      { "0x2008": 90 },
      { engineTemperature: "celsius" },
      { coolantTemperature: 90 },
      {},
    ],
    [
      "engine temperature: 40 above",
      { "0x2008": 130 },
      { engineTemperature: "offset40" },
      { coolantTemperature: 90 },
      {},
    ],
    [
      "engine temperature of a silent bus",
      { "0x2008": 0, "0x4003": 0 },
      { engineTemperature: "offset40" },
      {},
      { "0x2008": 0, "0x4003": 0 },
    ],
    ["pedal: nothing", { "0x2006": 50 }, {}, { throttle: 20 }, {}],
    ["pedal: %", { "0x2006": 50 }, { pedal: "percent" }, { throttle: 50 }, {}],
    ["pedal: unknown", { "0x2006": 50 }, { pedal: "unknown" }, {}, { "0x2006": 50 }],
    ["totals: nothing", { "0x4001": 40, "0x4002": 100 }, {}, { fuelUsed: 40, engineHours: 100 }, {}],
    [
      "totals: J1939",
      { "0x4001": 40, "0x4002": 100 },
      { totals: "j1939" },
      { fuelUsed: 20, engineHours: 5 },
      {},
    ],
    [
      "totals: after the one in high resolution",
      { "0x4001": 40, "0x405A": 20_123 },
      { totals: "j1939" },
      { fuelUsed: 20.123 },
      { "0x4001": 40 },
    ],
    ["axle: nothing", { "0x4063": axle(9000, 0x10) }, {}, {}, { "0x4063": axle(9000, 0x10) }],
    ["axle: the first", { "0x4063": axle(9000, 0) }, { axleWeight: "fms" }, { axleWeight1: 4500 }, {}],
    ["axle: the second", { "0x4063": axle(9001, 0x10) }, { axleWeight: "fms" }, { axleWeight2: 4500.5 }, {}],
    ["axle: the fifth", { "0x4063": axle(2, 0x40) }, { axleWeight: "fms" }, { axleWeight5: 1 }, {}],
    [
      "axle: one without a name",
      { "0x4063": axle(9000, 0x50) },
      { axleWeight: "fms" },
      {},
      { "0x4063": axle(9000, 0x50) },
    ],
    ["axes: nothing", { "0x7000": 4096 }, {}, {}, { "0x7000": 4096 }],
    [
      "axes: x",
      { "0x7000": 2048, "0x7001": -1024 },
      { acceleration: "x" },
      { acceleration: 0.5, cornering: -0.25 },
      {},
    ],
    [
      "axes: y backwards",
      { "0x7001": 2048, "0x7000": -1024 },
      { acceleration: "yBackwards" },
      { acceleration: -0.5, cornering: 0.25 },
      {},
    ],
    [
      "axes: after what the device has found itself",
      { "0x7000": 2048, "0xA001": 1 },
      { acceleration: "x" },
      { acceleration: 1 },
      { "0x7000": 2048 },
    ],
  ];
  for (const [what, numbers, choices, attributes, sensors] of cases) {
    it(what, () => assert.deepEqual(decode(numbers, choices), [attributes, sensors]));
  }

  it("counts less than what it says of a single sensor", () => {
    const own = [{ id: "0x2008", key: "coolantTemperature", scale: 2 }];
    assert.deepEqual(decode({ "0x2008": 40 }, { engineTemperature: "offset40" }, own), [
      { coolantTemperature: 80 },
      {},
    ]);
  });

  it("is one of what there is", () => {
    for (const [name, options] of Object.entries(CHOICES)) {
      for (const option of ["", null, undefined, ...Object.keys(options)])
        assert.deepEqual(checkChoices({ [name]: option }), []);
      for (const wrong of ["other", 1, true, [], "constructor"])
        assert.deepEqual(
          checkChoices({ [name]: wrong }).map(({ code, path }) => [code, path]),
          [["CHOICE", name]],
        );
    }
    for (const wrong of [7, [], "x", { colour: "red" }])
      assert.deepEqual(
        checkChoices(wrong).map(({ code }) => code),
        ["CHOICE"],
      );
    assert.deepEqual(checkChoices(undefined), []);
  });
});

describe("the backlog of an IOTM device", () => {
  it("are the bytes of records and of events that still wait on it", () => {
    assert.deepEqual(decode({ "0x3049": 1200, "0x304A": 0 }, {}), [{ backlog: 1200, eventBacklog: 0 }, {}]);
  });
});
