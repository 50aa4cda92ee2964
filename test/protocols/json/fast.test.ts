import assert from "node:assert/strict";
import fc from "fast-check";
import type { Decoded } from "../../../src/model/message";
import { GLOBALMATIX } from "../../../src/protocols/globalmatix/index";
import { unitsOf } from "../../../src/protocols/json/convert";
import { ShapedReading } from "../../../src/protocols/json/fast/shaped-reading";
import { shapesOf, UNTIL_PLANNED } from "../../../src/protocols/json/fast/shapes";
import { checkFieldMap, compileMap, type FieldMap, type Rule } from "../../../src/protocols/json/field-map";
import { addLeaves, type Leaves } from "../../../src/protocols/json/leaves";
import { formatPath, type PathStep } from "../../../src/protocols/json/path";
import { TARGETS } from "../../../src/protocols/json/targets";
import { GLOBALMATIX_VECTORS, RECEIVED_AT, vectorBytes } from "../../support/globalmatix";
import { share } from "../../support/share";

type Json = Record<string, unknown>;

const IMEI = "869595061374194";
const ORIGINS = [{}, { topicImei: IMEI }, { topicImei: "860000040000027" }] as const;

/** Reads messages by a map that has seen their shapes, and by one that has not; says how many could be read fast. */
function fastOf(fieldMap: FieldMap, payloads: readonly Json[]): number {
  const map = compileMap(fieldMap);
  const [first] = payloads;
  const learn = Buffer.from(JSON.stringify(first));
  const received = { receivedAt: RECEIVED_AT, noTime: "received", noImei: "pass" } as const;
  for (let time = 0; time < UNTIL_PLANNED; time++) GLOBALMATIX.decode(learn, { ...received, map });
  let fast = 0;
  for (const payload of payloads) {
    const bytes = Buffer.from(JSON.stringify(payload));
    for (const origin of ORIGINS) {
      const inSteps = GLOBALMATIX.decode(bytes, { ...received, ...origin, map: compileMap(fieldMap) });
      assertSame(GLOBALMATIX.decode(bytes, { ...received, ...origin, map }), inSteps, payload);
    }
    if (isFast(fieldMap, map, payload)) fast++;
  }
  return fast;
}

function assertSame(fast: Decoded, inSteps: Decoded, payload: Json): void {
  assert.deepEqual(fast, inSteps, JSON.stringify(payload));
  // The order of keys, too.
  assert.equal(JSON.stringify(fast), JSON.stringify(inSteps));
}

function isFast(fieldMap: FieldMap, map: ReturnType<typeof compileMap>, payload: Json): boolean {
  const parsed = JSON.parse(JSON.stringify(payload));
  const reading = shapesOf(map).read(parsed, "");
  if (reading === undefined) return false;
  const leaves: Leaves = new Map();
  addLeaves(leaves, parsed);
  assert.deepEqual([...reading.leaves], [...leaves], JSON.stringify([fieldMap, payload]));
  assert.ok(reading instanceof ShapedReading);
  return reading.plan.record(reading.values, { protocol: "json", receivedAt: RECEIVED_AT }) !== undefined;
}

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -200, max: 200, noNaN: true }) },
  { weight: 4, arbitrary: fc.integer({ min: -10, max: 300 }) },
  fc.boolean(),
  fc.string({ maxLength: 10, unit: "grapheme" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    null,
    -0,
    2 ** 53,
    1e300,
    {},
    [],
    [1],
    { a: 1 },
    IMEI,
    869595061374194,
    "imei 86",
    "860000040000027",
  ),
  fc.constantFrom(
    1779631011,
    1779631011000,
    100_000_000,
    "2026-11-20T16:30:00Z",
    "on",
    "1",
    "54 km/h",
    "3,5",
    "N",
  ),
);
/** Names that the recogniser knows, and such that mean something to JavaScript or to paths. */
const key = fc.oneof(
  fc.constantFrom(
    "lat",
    "lon",
    "speed",
    "soc",
    "value",
    "unit",
    "seconds",
    "nanos",
    "odo",
    "b1",
    "b2",
    "12",
    "s1",
  ),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "a.b",
    "[0]",
    '"',
    "",
    " ",
    "x=y",
    "hasOwnProperty",
  ),
);
const ownTarget = fc.constantFrom("own name", "constructor", "toString", "12", "valueOf");

function ruleOf(from: string): fc.Arbitrary<Rule> {
  const target = fc.oneof(
    fc.constantFrom(...TARGETS),
    ownTarget.map((name) => ({ key: name, type: "any" as const })),
  );
  return target.chain((one) => {
    const units = one.type === "any" ? ["", "l"] : ["", ...unitsOf(one)];
    return fc.record(
      {
        from: fc.constant(from),
        to: fc.constant(one.key),
        unit: fc.constantFrom(...units),
        factor: fc.constantFrom("", "0.1", -2),
        offset: fc.constantFrom("", 3),
        default: fc.constantFrom("", 1, "on"),
        when: fc.constantFrom("", "1,on"),
      },
      { requiredKeys: ["from", "to"] },
    );
  });
}

const WHO: readonly Rule[] = [
  { from: "imei", to: "imei" },
  { from: "ts", to: "time" },
];

function pathsOf(value: object, steps: readonly PathStep[] = []): string[] {
  return Object.entries(value).flatMap(([name, item]) => {
    const inside = [...steps, { key: name }];
    const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
    return [formatPath(inside), ...(isObject ? pathsOf(item, inside) : [])];
  });
}

/** A message, rules for some of its values, and more messages that have other values at some of the places. */
const anyCase = fc
  .dictionary(key, fc.oneof({ weight: 4, arbitrary: scalar }, fc.dictionary(key, scalar, { maxKeys: 5 })), {
    maxKeys: 8,
  })
  .chain((values) => {
    const message = { imei: IMEI, ts: 1779631011, lat: 43.2, lon: 27.9, ...values };
    const paths = pathsOf(JSON.parse(JSON.stringify(message)));
    const rules = fc.array(fc.constantFrom(...paths).chain(ruleOf), { maxLength: 12 });
    const change = fc.tuple(fc.constantFrom(...Object.keys(message)), scalar);
    return fc.record({
      message: fc.constant(message as Json),
      changes: fc.array(fc.array(change, { maxLength: 2 }), { maxLength: 6 }),
      rules,
      isCoordinated: fc.boolean(),
      recognise: fc.boolean(),
    });
  });

describe("Globalmatix, read by the shape of the message", () => {
  it("gives the same as step by step, whatever the rules, the values and their names", () => {
    let [all, fast] = [0, 0];
    fc.assert(
      fc.property(anyCase, ({ message, changes, rules, isCoordinated, recognise }) => {
        const coordinates = [
          { from: "lat", to: "latitude" },
          { from: "lon", to: "longitude" },
        ];
        const sound = rules.filter((rule) => checkFieldMap({ rules: [rule] }).length === 0);
        const map = { rules: [...WHO, ...(isCoordinated ? coordinates : []), ...sound], recognise };
        const others = changes.map((change) => ({ ...message, ...Object.fromEntries(change) }));
        all += 1 + others.length;
        fast += fastOf(map, [message, ...others]);
      }),
      { numRuns: share(5000) },
    );
    assert.ok(fast > all / 20, `${fast} of ${all} were read fast`);
  });

  it("gives the same for all vectors", () => {
    for (const vector of GLOBALMATIX_VECTORS) {
      const map = compileMap(vector.map);
      const received = { receivedAt: RECEIVED_AT, noTime: "received", noImei: "error", ...vector } as const;
      const decode = (by: typeof map) => {
        const { records, error, warnings } = GLOBALMATIX.decode(vectorBytes(vector), {
          ...received,
          map: by,
        });
        return {
          records,
          warnings,
          error: error && { code: error.code, message: error.message, path: error.path },
        };
      };
      const inSteps = decode(compileMap(vector.map));
      for (let time = 0; time <= UNTIL_PLANNED; time++) assert.deepEqual(decode(map), inSteps, vector.name);
    }
  });

  it("reads the message of an xTCU fast, and those with a value that does not fit", () => {
    const names = ["engineSpeed", "fuelLevel", "batteryVoltage", "vehicleSpeed"];
    const rules = [...WHO, ...names.map((to) => ({ from: `can.${to}`, to }))];
    const message = (voltage: unknown) => ({
      imei: IMEI,
      ts: 1779631011,
      can: { engineSpeed: 800, fuelLevel: 50, batteryVoltage: voltage, vehicleSpeed: 30 },
      extra: { "a.b": 1 },
    });
    const messages = [12.5, 255, "12", "none", true].map(message);
    assert.equal(fastOf({ rules, recognise: false }, messages), messages.length);
  });

  it("keeps a value under __proto__ as every other", () => {
    const message = JSON.parse(`{"imei":"${IMEI}","ts":1779631011,"__proto__":5,"a":{"__proto__":{"b":1}}}`);
    assert.equal(fastOf({ rules: WHO, recognise: false }, [message]), 1);
  });

  it("reads an event, and what has a list in it, step by step", () => {
    const rules = [...WHO, { from: "alarm", to: "event" }];
    const message = (alarm: unknown) => ({ imei: IMEI, ts: 1779631011, alarm });
    assert.equal(fastOf({ rules, recognise: false }, [message(0), message("crash"), message([1])]), 1);
  });
});
