import assert from "node:assert/strict";
import type { Telemetry } from "../../../src/model/message";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import { type SensorOverride, sensorMap } from "../../../src/protocols/iotm/mapping";

/** What a record with these numbers becomes, whatever their order. */
function decode(numbers: Readonly<Record<string, number>>, overrides: SensorOverride[] = []): unknown[] {
  const values = Object.entries(numbers).map(([id, value]) => ({ id: Number(id), valueType: 13, value }));
  const [one, other] = [values, values.toReversed()].map((ordered) => {
    const bytes = encodeFrame([
      { type: 2, imei: "490154203237518" },
      { type: 1, time: 1, values: ordered },
    ]);
    const { records } = decodePayload(bytes, { receivedAt: 0, sensors: sensorMap(overrides) });
    const { attributes, sensors } = records[0] as Telemetry;
    return [attributes, sensors];
  });
  assert.deepEqual(one, other);
  return one ?? [];
}

describe("several IOTM sensors for one name", () => {
  it("count in the table's order", () => {
    assert.deepEqual(decode({ "0x4062": 2000, "0x4003": 1000, "0xB002": 7 }), [
      { odometer: 10, gnssOdometer: 0.007 },
      { "0x4003": 1000 },
    ]);
    assert.deepEqual(decode({ "0x4001": 40, "0x405A": 40_123 }), [{ fuelUsed: 40.123 }, { "0x4001": 40 }]);
    assert.deepEqual(decode({ "0x2007": 51, "0x2053": 50 }), [{ fuelLevel: 50 }, { "0x2007": 51 }]);
    assert.deepEqual(decode({ "0x405B": 1000 }), [{}, { "0x405B": 1000 }]);
  });

  it("count by the next one where the first does not fit", () => {
    assert.deepEqual(decode({ "0x4062": 4_294_967_295, "0x4003": 1000 }), [
      { odometer: 5 },
      { "0x4062": 4_294_967_295 },
    ]);
  });

  it("count after one that the user gave the name", () => {
    const own = [{ id: "0x4005", key: "odometer", scale: "0.001" }];
    assert.deepEqual(decode({ "0x4062": 2000, "0x4005": 3000 }, own), [{ odometer: 3 }, { "0x4062": 2000 }]);
  });

  it("keep the table's order where the user only takes a likely one, or corrects a factor", () => {
    const likely = [{ id: "0x405B", key: "odometer" }];
    assert.deepEqual(decode({ "0x405B": 3000, "0x4003": 1000 }, likely), [
      { odometer: 5 },
      { "0x405B": 3000 },
    ]);
    assert.deepEqual(decode({ "0x405B": 3000 }, likely), [{ odometer: 15 }, {}]);
    const corrected = [{ id: "0x4003", key: "odometer", scale: 1 }];
    assert.deepEqual(decode({ "0x4062": 2000, "0x4003": 9 }, corrected), [{ odometer: 10 }, { "0x4003": 9 }]);
  });
});

describe("IOTM fuel levels", () => {
  for (const [type, attributes, sensors] of [
    [0, { fuelLevel: 50, fuelLevel2: 100 }, {}],
    [1, { fuelLevel: 50, fuelLevel2: 100 }, {}],
    [2, { fuelLevel: 20, fuelLevel2: 40 }, {}],
    [3, { fuelVolume: 50 }, { "0x2009": 100 }],
    [4, { fuelLevel: 50, fuelLevel2: 100 }, {}],
  ] as const) {
    it(`are read by their type: ${type}`, () => {
      assert.deepEqual(decode({ "0x2007": 50, "0x2009": 100, "0x202A": type }), [
        attributes,
        { ...sensors, "0x202A": type },
      ]);
    });
  }

  it("are what the user says, whatever their type", () => {
    const own = [{ id: "0x2007", key: "fuelLevel", scale: "0.5" }];
    assert.deepEqual(decode({ "0x2007": 50, "0x202A": 3 }, own), [{ fuelLevel: 25 }, { "0x202A": 3 }]);
  });
});

describe("what the vehicle's bus says", () => {
  const silent = { "0x4003": 0, "0x2053": 0, "0x006D": 0, "0x300C": 0, "0x3000": 12_600, "0x0013": 1 };

  const wired = { externalVoltage: 12.6, input5: true, ignition: true };
  const bus = { "0x4003": 0, "0x2053": 0, "0x006D": 0, "0x300C": 0 };

  it("stays under its ids where the record says that the bus is silent", () => {
    assert.deepEqual(decode({ ...silent, "0x009F": 0 }), [{ canActive: false, ...wired }, bus]);
    assert.deepEqual(decode({ "0x4003": 200, "0x006D": 1, "0x009F": 0 }), [
      { canActive: false },
      { "0x4003": 200, "0x006D": 1 },
    ]);
  });
  it("counts, zeros too, where the bus is active", () => {
    const named = { odometer: 0, fuelLevel: 0, ignition: false, engineSpeed: 0 };
    assert.deepEqual(decode({ ...silent, "0x009F": 1 }), [{ ...wired, ...named, canActive: true }, {}]);
  });
  it("counts, zeros too, where nothing is said of the bus but something came from it", () => {
    const named = { fuelLevel: 0, ignition: false, engineSpeed: 0 };
    assert.deepEqual(decode({ ...silent, "0x4003": 200 }), [{ ...wired, ...named, odometer: 1 }, {}]);
  });
  it("stays under its ids where nothing is said of the bus and all is zero, also what never is", () => {
    assert.deepEqual(decode(silent), [wired, bus]);
    for (const id of [
      "0x4003",
      "0x4062",
      "0x2007",
      "0x2009",
      "0x2053",
      "0x301E",
      "0x4001",
      "0x405A",
      "0x4002",
    ]) {
      assert.deepEqual(decode({ [id]: 0, "0x006D": 0, "0x0013": 1 }), [
        { ignition: true, input5: true },
        { [id]: 0, "0x006D": 0 },
      ]);
    }
  });
  it("counts where there are only zeros that an engine at rest has too", () => {
    assert.deepEqual(decode({ "0x300C": 0, "0x0062": 0 }), [{ engineSpeed: 0, doorFrontLeft: false }, {}]);
  });
  it("counts where the user gave it its name", () => {
    const own = [{ id: "0x4003", key: "odometer" }];
    assert.deepEqual(decode({ "0x009F": 0, "0x4003": 200 }, own), [{ canActive: false, odometer: 1 }, {}]);
  });
  it("stays under its ids where the user only took what is likely", () => {
    const likely = [
      { id: "0x2008", key: "coolantTemperature" },
      { id: "0x203C", key: "gear" },
    ];
    const numbers = { "0x2008": 0, "0x203C": 0 };
    assert.deepEqual(decode({ ...numbers, "0x009F": 0 }, likely), [{ canActive: false }, numbers]);
    assert.deepEqual(decode({ ...numbers, "0x009F": 1 }, likely), [
      { canActive: true, coolantTemperature: -40, gear: -125 },
      {},
    ]);
  });
});

describe("IOTM numbers that stand for something", () => {
  it("are the words of the vocabulary, and nothing where they say nothing", () => {
    assert.deepEqual(decode({ "0x202D": 3, "0x202E": 0, "0x2030": 86 }), [
      { driver1Activity: "driving", driver2Activity: "rest", hardware: "StCAN 3G" },
      {},
    ]);
    assert.deepEqual(decode({ "0x2030": 255 }), [{}, { "0x2030": 255 }]);
  });

  it("are a signal's strength below zero, whether the wire has its sign or not", () => {
    assert.deepEqual(decode({ "0x2005": 71 }), [{ gsmSignal: -71 }, {}]);
    assert.deepEqual(decode({ "0x2005": -71 }), [{ gsmSignal: -71 }, {}]);
  });

  it("have no dust of binary fractions", () => {
    assert.deepEqual(decode({ "0xB002": 0.1 + 0.2, "0xB000": 0.1 + 0.2 }), [
      { gnssOdometer: 0.0003 },
      { "0xB000": 0.3 },
    ]);
  });
});

describe("the IOTM text that is a VIN or a number plate", () => {
  const text = (value: string) => {
    const values = [{ id: 0xc01d, valueType: 32, value }];
    const { records } = decodePayload(encodeFrame([{ type: 1, time: 1, values }]), { receivedAt: 0 });
    const { attributes, sensors, warnings } = records[0] as Telemetry;
    return [attributes, sensors, warnings?.filter(({ code }) => code === "VALUE_UNFIT")];
  };
  it("is a VIN where it looks like one, and else stays under its id", () => {
    assert.deepEqual(text("WVWZZZ1JZ3W386752"), [{ vin: "WVWZZZ1JZ3W386752" }, {}, []]);
    assert.deepEqual(text("B-XY 123"), [{}, { "0xC01D": "B-XY 123" }, []]);
  });
});
