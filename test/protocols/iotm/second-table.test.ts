import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Telemetry } from "../../../src/model/message";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import type { SensorValue } from "../../../src/protocols/iotm/records";
import { SENSORS, sensorIdText } from "../../../src/protocols/iotm/sensors";
import { findValueType, VALUE_TYPES, type WireValue } from "../../../src/protocols/iotm/values";

/** A line of the second table, which was written from the vendor's facts, not from the catalogue. */
interface Line {
  readonly id: string;
  readonly vendor: string;
  /** Null where no source gives both meaning and factor: the value stays under its id. */
  readonly name: string | null;
  readonly factor?: number;
  readonly offset?: number;
  readonly words?: Readonly<Record<string, string>>;
  readonly source?: string;
  /** It comes from the vehicle's CAN bus. */
  readonly ofBus?: true;
  /** Nobody is to see it unasked. */
  readonly hidden?: true;
}
const { sensors: TABLE, order: ORDER } = JSON.parse(
  readFileSync("test/vectors/iotm-sensors.json", "utf8"),
) as {
  sensors: Line[];
  order: Record<string, string[]>;
};

function decode(values: SensorValue[]): Telemetry {
  const bytes = encodeFrame([
    { type: 2, imei: "490154203237518" },
    { type: 1, time: 1_795_000_000, values },
  ]);
  return decodePayload(bytes, { receivedAt: 1_795_000_000_000 }).records[0] as Telemetry;
}

/** A number as every value type that can hold it; devices send the smallest. */
function everyType(id: number, number: number): SensorValue[] {
  return VALUE_TYPES.flatMap(({ code }) => {
    const value = /^[ui]64$/.test(findValueType(code)?.name ?? "") ? BigInt(number) : number;
    try {
      encodeFrame([{ type: 1, time: 0, values: [{ id, valueType: code, value }] }]);
      return [{ id, valueType: code, value }];
    } catch {
      return [];
    }
  });
}

/** The vehicle's bus was heard. */
const HEARD: SensorValue = { id: 0x009f, valueType: 1, value: true };
const VIN = "WVWZZZ1JZ3W386752";
const NUMBER = 12;

/** What each kind of sensor is sent, and what that is to become. */
function samples(line: Line): [sent: SensorValue, expected: unknown][] {
  const id = Number(line.id);
  const one = (name: string, value: WireValue): SensorValue => ({
    id,
    valueType: VALUE_TYPES.find((type) => type.name === name)?.code ?? assert.fail(name),
    value,
  });
  if (line.words !== undefined) {
    return Object.entries(line.words).map(([number, word]) => [one("u8", Number(number)), word]);
  }
  if (line.name?.startsWith("oneWireId")) return [[one("u64", 0x28ff_641e_a116_0498n), "28ff641ea1160498"]];
  switch (line.id[2]) {
    case "0":
      return [
        [one("true", true), true],
        [one("false", false), false],
        [one("zero", 0), line.name === null ? 0 : false],
      ];
    case "5":
      return [[one("u64", 2n ** 63n + 5n), "9223372036854775813"]];
    case "C": {
      const text = line.name === "vin" ? VIN : "Ab 12";
      const seen = line.hidden ? "hidden" : text;
      return [
        [one("text, u8 length", text), seen],
        [one("text, u16 length", text), seen],
      ];
    }
    default: {
      const { factor = 1, offset = 0 } = line;
      const all = everyType(id, NUMBER);
      assert.ok(all.length >= 8);
      const become = (wire: number) => (line.name === null ? wire : wire * factor + offset);
      const nothing = become(0);
      return [
        ...all.map((sent): [SensorValue, unknown] => [sent, become(NUMBER)]),
        [one("zero", 0), nothing],
      ];
    }
  }
}

function assertEqual(actual: unknown, expected: unknown, place: string): void {
  if (typeof actual === "number" && typeof expected === "number") {
    const isNear = Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
    assert.ok(isNear && !Object.is(actual, -0), `${place}: ${actual}, not ${expected}`);
  } else assert.deepEqual(actual, expected, place);
}

describe("frames made from the second sensor table", () => {
  const lines = TABLE.filter(({ id }) => id !== "0xD000");

  const named = lines.filter(({ name }) => name !== null);
  const unnamed = lines.filter(({ name }) => name === null);

  it("are of every sensor that there is", () => {
    assert.deepEqual(TABLE.map(({ id }) => id).sort(), SENSORS.map(({ id }) => sensorIdText(id)).sort());
  });

  it("have every value with a known meaning under its name, in its unit", () => {
    for (const line of named) {
      for (const [sent, expected] of samples(line)) {
        const { attributes, sensors, warnings } = decode(line.ofBus ? [HEARD, sent] : [sent]);
        const place = `${line.id} ${line.vendor} in value type ${sent.valueType}`;
        const names = Object.keys(attributes).filter((name) => !line.ofBus || name !== "canActive");
        const expectedNames = line.name === "input5" ? ["input5", "ignition"] : [line.name];
        assert.deepEqual([names, sensors, warnings], [expectedNames, {}, undefined], place);
        assertEqual(attributes[line.name ?? ""], expected, place);
      }
    }
  });

  it("have every other value under its id, as it is", () => {
    for (const line of unnamed) {
      for (const [sent, expected] of samples(line)) {
        const { attributes, sensors, warnings } = decode([sent]);
        const place = `${line.id} ${line.vendor} in value type ${sent.valueType}`;
        assert.deepEqual([attributes, sensors, warnings], [{}, { [line.id]: expected }, undefined], place);
      }
    }
  });

  it("have what is of the bus under its id where the bus is silent, and everything else under its name", () => {
    const silent: SensorValue = { id: 0x009f, valueType: 0, value: false };
    for (const line of named.filter(({ name }) => name !== "canActive")) {
      const [sent] = samples(line)[0] ?? assert.fail(line.id);
      const { attributes, sensors } = decode([silent, sent]);
      const isIgnition = line.name === "input5" ? ["ignition"] : [];
      const names = line.ofBus ? ["canActive"] : ["canActive", line.name, ...isIgnition];
      const place = `${line.id} ${line.vendor}`;
      assert.deepEqual(Object.keys(attributes).sort(), names.sort(), place);
      assert.deepEqual(Object.keys(sensors), line.ofBus ? [line.id] : [], place);
    }
  });

  it("say all at once what each says alone, and nothing is lost", () => {
    const sent = lines.map((line) => samples(line)[0]?.[0] ?? assert.fail(line.id));
    for (const values of [sent, sent.toReversed()]) {
      const { attributes, sensors } = decode(values);
      const names = new Set(lines.flatMap(({ name }) => (name === null ? [] : [name])));
      assert.deepEqual(Object.keys(attributes).sort(), [...names].sort());
      assert.equal(Object.keys(attributes).length + Object.keys(sensors).length, lines.length);
    }
  });

  for (const [name, ids] of Object.entries(ORDER)) {
    it(`fill ${name} from ${ids.join(", then ")}, whatever comes first`, () => {
      const all = ids.map(
        (id, at): SensorValue => ({ id: Number(id), valueType: 5, value: 1000 * (at + 1) }),
      );
      for (let at = 0; at < ids.length; at++) {
        const left = all.slice(at);
        const factor = TABLE.find(({ id }) => id === ids[at])?.factor ?? assert.fail(ids[at]);
        for (const values of [left, left.toReversed()]) {
          const { attributes, sensors } = decode(values);
          assertEqual(attributes[name], 1000 * (at + 1) * factor, ids[at] ?? "");
          assert.deepEqual(Object.keys(sensors).sort(), ids.slice(at + 1).sort());
        }
      }
    });
  }
});
