import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Position, Telemetry } from "../../../src/model/message";
import type { FieldMap } from "../../../src/protocols/globalmatix/field-map";
import { decodeBytes, RECEIVED_AT } from "../../support/globalmatix";

/** What is expected of a reading; what is not named is not looked at. See test/vectors/README.md. */
interface Expected {
  /** ISO 8601; null where the time is that of receipt, because what was said cannot be read. */
  readonly time?: string | null;
  readonly times?: readonly string[];
  readonly valid?: boolean;
  /** Parts of the position; null where there is none. */
  readonly position?: Partial<Position> | null;
  /** Parts that the position does not have. */
  readonly noPosition?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly absent?: readonly string[];
  readonly sensors?: Readonly<Record<string, unknown>>;
  /** Whether there are no other sensors. */
  readonly onlySensors?: boolean;
  readonly warnings?: readonly (readonly [code: string, path: string])[];
  readonly error?: string;
}

interface ReadingVector {
  readonly about: string;
  readonly text?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly map?: FieldMap;
  readonly expect: Expected;
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

describe("What devices and people send", () => {
  for (const vector of VECTORS) {
    it(vector.about, () => {
      const { expect } = vector;
      const { records, warnings, error } = decodeBytes(Buffer.from(textOf(vector)), vector.map);
      const [record] = records as Telemetry[];
      assert.ok(record, error?.message);
      assert.equal(error?.code, expect.error, error?.message);
      if (expect.time !== undefined) {
        const time = expect.time === null ? RECEIVED_AT : Date.parse(expect.time);
        assert.deepEqual([record.time, record.timeUnknown], [time, expect.time === null ? true : undefined]);
      }
      if (expect.times !== undefined) {
        const times = (records as Telemetry[]).map(({ time }) => new Date(time).toISOString());
        assert.deepEqual(times, expect.times);
      }
      if (expect.valid !== undefined) assert.equal(record.position?.valid, expect.valid);
      if (expect.position === null) assert.equal(record.position, undefined);
      else if (expect.position) assert.deepEqual(pick(record.position, expect.position), expect.position);
      for (const part of expect.noPosition ?? []) assert.ok(record.position && !(part in record.position));
      if (expect.attributes) assert.deepEqual(pick(record.attributes, expect.attributes), expect.attributes);
      for (const key of expect.absent ?? []) assert.ok(!(key in record.attributes), key);
      if (expect.sensors) {
        const sensors = expect.onlySensors ? record.sensors : pick(record.sensors, expect.sensors);
        assert.deepEqual(sensors, expect.sensors);
      }
      if (expect.warnings) {
        assert.deepEqual(
          warnings.map(({ code, path }) => [code, path]),
          expect.warnings,
        );
      }
    });
  }
});
