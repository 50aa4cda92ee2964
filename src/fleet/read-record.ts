import { isObject } from "../devices/fields";
import { TrackerError } from "../errors";
import type { NormalizedRecord } from "../model/message";

/** What a record of each kind has to have for the registry to work with it. */
const NEEDED = new Map<string, (record: Readonly<Record<string, unknown>>) => boolean>([
  [
    "telemetry",
    ({ time, attributes, sensors, position }) =>
      Number.isFinite(time) && isObject(attributes) && isObject(sensors) && isAbsentOrObject(position),
  ],
  [
    "event",
    ({ time, event, attributes, sensors, position }) =>
      Number.isFinite(time) && isObject(event) && [attributes, sensors, position].every(isAbsentOrObject),
  ],
  ["file", ({ data }) => ArrayBuffer.isView(data)],
]);

function isAbsentOrObject(value: unknown): boolean {
  return value === undefined || isObject(value);
}

/** What the registry itself adds; a record that was here before comes as it was. */
const ADDED = new Set(["inputs", "outputs", "late", "duplicate", "future", "slowClock", "otherProtocol"]);

/** IMEIs are digits; nothing that stands in a topic may have more than letters beside them. */
const IDENTIFIER = /^\w{1,32}$/;

/** Takes a value for a normalized record. Throws `NOT_A_RECORD` where it is none. */
export function readNormalized(value: unknown): NormalizedRecord {
  const isRecord =
    isObject(value) &&
    typeof value.kind === "string" &&
    NEEDED.get(value.kind)?.(value) === true &&
    (value.imei === null || (typeof value.imei === "string" && IDENTIFIER.test(value.imei)));
  if (isRecord) return withoutAdded(value) as unknown as NormalizedRecord;
  throw notARecord("and there is no msg.request");
}

/** `why` ends the sentence. */
export function notARecord(why: string): TrackerError {
  const message = `the payload is no record of a decoder (docs/messages.md), ${why}`;
  return new TrackerError({ code: "NOT_A_RECORD", path: "msg.payload", message });
}

function withoutAdded(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  for (const name in record) {
    if (ADDED.has(name)) return Object.fromEntries(Object.entries(record).filter(([own]) => !ADDED.has(own)));
  }
  return record;
}
