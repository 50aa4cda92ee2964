import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../../../src/errors";
import type { Position, Telemetry } from "../../../src/model/message";
import type { FieldMap } from "../../../src/protocols/json/field-map";
import { decodeBytes, RECEIVED_AT } from "../../support/globalmatix";

/** What is expected of a reading; what is not named is not looked at. See test/vectors/README.md. */
interface Expected {
  /** ISO 8601. */
  readonly time?: string;
  /** The time is that of receipt, because what was said cannot be read. */
  readonly timeUnknown?: true;
  readonly times?: readonly string[];
  readonly valid?: boolean;
  /** Parts of the position. */
  readonly position?: Partial<Position>;
  readonly hasPosition?: boolean;
  /** Parts that the position does not have. */
  readonly noPosition?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly absent?: readonly string[];
  readonly sensors?: Readonly<Record<string, unknown>>;
  /** There are no others. */
  readonly allSensors?: Readonly<Record<string, unknown>>;
  readonly warnings?: readonly (readonly [code: string, path: string])[];
}

interface ReadingVector {
  readonly about: string;
  readonly text?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly map?: FieldMap;
  readonly expect: Expected;
  readonly error?: string;
}

const VECTORS: readonly ReadingVector[] = JSON.parse(
  readFileSync(join(process.cwd(), "test", "vectors", "readings.json"), "utf8"),
);
const COMMON = { imei: "860000040000019", ts: 1795192200, lat: 54.6, lon: 25.2 };

/** The fields of a vector on what all readings have; null takes one away. */
function textOf({ text, fields }: ReadingVector): string {
  if (text !== undefined) return text;
  const all = Object.entries({ ...COMMON, ...fields });
  return JSON.stringify(Object.fromEntries(all.filter(([, value]) => value !== null)));
}

function pick(from: object | undefined, like: object): unknown {
  return Object.fromEntries(Object.keys(like).map((key) => [key, (from as Record<string, unknown>)?.[key]]));
}

type Check<K extends keyof Expected> = (expected: NonNullable<Expected[K]>, found: Found) => void;

interface Found {
  readonly records: readonly Telemetry[];
  readonly record: Telemetry;
  readonly warnings: readonly Problem[];
}

const CHECKS: { readonly [K in keyof Expected]-?: Check<K> } = {
  time: (time, { record }) => {
    assert.deepEqual([record.time, record.timeUnknown], [Date.parse(time), undefined]);
  },
  timeUnknown: (isUnknown, { record }) => {
    assert.deepEqual([record.time, record.timeUnknown], [RECEIVED_AT, isUnknown]);
  },
  times: (times, { records }) => {
    assert.deepEqual(
      records.map(({ time }) => new Date(time).toISOString()),
      times,
    );
  },
  valid: (valid, { record }) => assert.equal(record.position?.valid, valid),
  position: (position, { record }) => assert.deepEqual(pick(record.position, position), position),
  hasPosition: (has, { record }) => assert.equal(record.position !== undefined, has),
  noPosition: (parts, { record }) => {
    for (const part of parts) assert.ok(record.position && !(part in record.position), part);
  },
  attributes: (attributes, { record }) => {
    assert.deepEqual(pick(record.attributes, attributes), attributes);
  },
  absent: (keys, { record }) => {
    for (const key of keys) assert.ok(!(key in record.attributes), key);
  },
  sensors: (sensors, { record }) => assert.deepEqual(pick(record.sensors, sensors), sensors),
  allSensors: (sensors, { record }) => assert.deepEqual(record.sensors, sensors),
  warnings: (warnings, found) => {
    assert.deepEqual(
      found.warnings.map(({ code, path }) => [code, path]),
      warnings,
    );
  },
};

describe("What devices and people send", () => {
  for (const vector of VECTORS) {
    it(vector.about, () => {
      const { records, warnings, error } = decodeBytes(Buffer.from(textOf(vector)), vector.map);
      assert.equal(error?.code, vector.error, error?.message);
      const [record] = records as Telemetry[];
      assert.ok(record);
      const found = { records: records as Telemetry[], record, warnings };
      for (const [name, expected] of Object.entries(vector.expect)) {
        (CHECKS[name as keyof Expected] as (expected: unknown, found: Found) => void)(expected, found);
      }
    });
  }
});
