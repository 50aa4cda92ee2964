import assert from "node:assert/strict";
import fc from "fast-check";
import { TrackerError } from "../../../src/errors";
import { compileMap, type Rule } from "../../../src/protocols/json/field-map";
import { parseJson } from "../../../src/protocols/json/json";
import { addLeaves, type Leaves } from "../../../src/protocols/json/leaves";
import { mapReading } from "../../../src/protocols/json/map";
import { normalizeReading } from "../../../src/protocols/json/normalize";
import { formatPath, type PathStep, parsePath } from "../../../src/protocols/json/path";
import { splitReadings } from "../../../src/protocols/json/readings";
import { TARGETS } from "../../../src/protocols/json/targets";
import { decodeBytes } from "../../support/globalmatix";

const RUNS = 2000;

/** Names that the recogniser knows, and such that mean something to JavaScript. */
const key = fc.oneof(
  fc.constantFrom(
    "imei",
    "ts",
    "lat",
    "lon",
    "speed",
    "gps",
    "signals",
    "name",
    "value",
    "unit",
    "soc",
    "readings",
  ),
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "a.b", "[0]", '"', "", " ", "x=y"),
  fc.string({ maxLength: 12, unit: "grapheme" }),
);
const scalar = fc.oneof(
  fc.string({ maxLength: 20, unit: "grapheme" }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, "869595061374194", 1779631011, 1779631011000, 43.2, 27.9, "on", "%", "mph"),
);
const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie("value"), { maxLength: 6 }),
    fc.dictionary(key, tie("value"), { maxKeys: 8 }),
  ),
}));
const anyObject = fc.dictionary(key, anyJson, { maxKeys: 10 });
const step: fc.Arbitrary<PathStep> = fc.oneof(
  key.map((one) => ({ key: one })),
  fc.nat(1e6).map((index) => ({ index })),
  fc.constant({ each: true as const }),
  fc.tuple(key, fc.oneof(key, fc.integer())).map(([where, is]) => ({ where, is })),
);
const rule: fc.Arbitrary<Rule> = fc.record({
  from: fc.array(step, { minLength: 1, maxLength: 4 }).map(formatPath),
  to: fc.constantFrom(...TARGETS.map((target) => target.key), "own name"),
});

describe("Globalmatix properties", () => {
  const ofPrototype = () => JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
  let before = "";
  beforeEach(() => {
    before = ofPrototype();
  });
  afterEach(() => assert.equal(ofPrototype(), before));

  it("any JSON becomes messages or a coded error", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const { records, error } = decodeBytes(Buffer.from(JSON.stringify(value) ?? "null"));
        assert.ok(records.length > 0 || error !== undefined);
        if (error !== undefined) {
          assert.ok(error instanceof TrackerError || /^[A-Z_0-9]+$/.test(error.code), String(error));
          assert.match(error.code, /^(JSON_|POSITION_RANGE|IMEI_|TIME_MISSING)/);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("any bytes become messages or a coded error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        if (bytes[0] === 0x1f) return;
        const { records, error } = decodeBytes(bytes);
        assert.ok(records.length > 0 || /^(JSON_|IMEI_)/.test(error?.code ?? ""), String(error));
      }),
      { numRuns: RUNS },
    );
  });

  it("no value is lost: each is in the record, or a rule has taken or ignored it", () => {
    fc.assert(
      fc.property(anyObject, fc.array(rule, { maxLength: 5 }), (object, rules) => {
        const document = JSON.parse(JSON.stringify(object));
        const map = compileMap({ rules });
        for (const reading of splitReadings(document, map.readings)) {
          const mapped = mapReading(reading, map);
          const { record } = normalizeReading(reading, mapped, { protocol: "json", receivedAt: 1 });
          const placed = new Set(
            [...mapped.claims.values()].flatMap(({ path, unitPath }) => [path, unitPath]),
          );
          for (const [path, value] of reading.leaves) {
            const kept = Object.hasOwn(record.sensors ?? {}, path);
            assert.ok(kept || placed.has(path) || mapped.ignored.has(path), `${path} is lost`);
            if (kept) assert.ok(Object.is(record.sensors?.[path], value), path);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("every value of an object has a path of its own", () => {
    const count = (value: unknown): number => {
      if (typeof value !== "object" || value === null) return 1;
      const inside = Object.values(value);
      return inside.length === 0 ? 1 : inside.reduce((sum: number, item) => sum + count(item), 0);
    };
    // Lists of signals have the names in their paths, so that there are fewer values than in the JSON.
    const noLists = fc.dictionary(
      key.filter((name) => !["value", "v", "val"].includes(name)),
      anyJson,
      { maxKeys: 8 },
    );
    fc.assert(
      fc.property(noLists, (object) => {
        const document = JSON.parse(JSON.stringify(object));
        fc.pre(!/"(value|v|val)":/.test(JSON.stringify(document)));
        const leaves: Leaves = new Map();
        addLeaves(leaves, document);
        assert.equal(leaves.size, count(document));
        for (const path of leaves.keys()) if (path !== "") assert.equal(formatPath(parsePath(path)), path);
      }),
      { numRuns: RUNS },
    );
  });

  it("a path that was written can be read again", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        assert.deepEqual(parsePath(formatPath(steps)), steps);
      }),
      { numRuns: RUNS },
    );
  });

  it("integers keep their digits, whatever their number", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (integer) => {
        const value = parseJson(`[${integer}]`) as unknown[];
        assert.equal(String(value[0]), String(integer));
      }),
    );
  });
});
