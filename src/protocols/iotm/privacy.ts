import { ByteReader } from "../../bytes/reader";
import { VERSION } from "./frame";
import type { IotmRecord, SensorValue } from "./records";
import { findSensor, SENSORS } from "./sensors";
import { findValueType, type WireValue } from "./values";

/** What stands in the place of a value that nobody is to see. */
export const VEILED = "hidden";

const VEILED_BYTES = new TextEncoder().encode(VEILED);
/** Shorter ones are also parts of words that say nothing. */
const LEAST_BYTES = 3;
const KNOWN_RECORDS: readonly number[] = [1, 2, 3, 4];
/** Value types of text and bytes. */
const TEXT = 32;
const TEXT_TYPES: readonly number[] = [TEXT, 33, 64, 65];

/** Hides what is secret, and what is personal unless that is asked for, in all that a frame says. */
export class Veil {
  private readonly secrets: readonly Uint8Array[];
  private readonly hides: (id: number) => boolean;

  constructor(records: readonly IotmRecord[], showPersonal: boolean) {
    this.hides = (id) => isHiddenSensor(id, showPersonal);
    const values = records.flatMap((record) => ("values" in record ? record.values : []));
    this.secrets = values
      .filter(({ id }) => this.hides(id))
      .map(({ value }) => bytesOf(value))
      .filter(({ length }) => length >= LEAST_BYTES)
      .sort((one, other) => other.length - one.length);
  }

  /** A value, or that it is hidden; that there is none may be seen. */
  over(sensor: SensorValue): SensorValue {
    return sensor.value !== null && this.hides(sensor.id)
      ? { id: sensor.id, valueType: TEXT, value: VEILED }
      : sensor;
  }

  /** Bytes that may repeat what another value of the frame says. */
  overBytes(bytes: Uint8Array): Uint8Array {
    return this.secrets.reduce(
      (shown, secret) => cover(shown, (from) => findBytes(shown, secret, from)),
      bytes,
    );
  }

  /** Bytes of a record that could not be read: with the values in them that are to be hidden. */
  overUnread(bytes: Uint8Array): Uint8Array {
    return this.overBytes(cover(bytes, (from) => this.findValue(bytes, from)));
  }

  /** A whole payload that was no sound frame; what does not begin as one is a file of any kind, and stays as it is. */
  overPayload(bytes: Uint8Array): Uint8Array {
    const [version, type = 0] = bytes;
    return version === VERSION && KNOWN_RECORDS.includes(type) ? this.overUnread(bytes) : bytes;
  }

  /** The next value that is to be hidden, without its type and id. */
  private findValue(bytes: Uint8Array, from: number): Place | undefined {
    for (let at = from; at + 3 < bytes.length; at++) {
      if (!this.hides((bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8))) continue;
      const end = endOfValue(bytes, at);
      if (end !== undefined) return [at + 3, end];
    }
    return undefined;
  }
}

/** From the first byte to before the last. */
type Place = readonly [start: number, end: number];

const SECRET_IDS: ReadonlySet<number> = new Set(
  SENSORS.filter(({ privacy }) => privacy === "secret").map(({ id }) => id),
);

/** Whether nobody is to see the values of a sensor. */
export function isHiddenSensor(id: number, showPersonal: boolean): boolean {
  return showPersonal ? SECRET_IDS.has(id) : findSensor(id)?.privacy !== undefined;
}

/** Where the value that begins at `at` ends, which may be with all that follows; undefined where there is hardly one. */
function endOfValue(bytes: Uint8Array, at: number): number | undefined {
  const code = bytes[at] as number;
  const type = findValueType(code);
  // What could not be read begins with the value that was the reason.
  if (type === undefined) return at === 0 ? bytes.length : undefined;
  const reader = new ByteReader(bytes, at + 3);
  try {
    type.read(reader);
    return reader.offset > at + 3 ? reader.offset : undefined;
  } catch {
    return TEXT_TYPES.includes(code) || at === 0 ? bytes.length : undefined;
  }
}

function bytesOf(value: WireValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const isText = typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return new TextEncoder().encode(isText ? String(value) : "");
}

/** The bytes with "hidden" in each place that is found. */
function cover(bytes: Uint8Array, find: (from: number) => Place | undefined): Uint8Array {
  const parts: Uint8Array[] = [];
  let shown = 0;
  for (let place = find(0); place !== undefined; place = find(shown)) {
    parts.push(bytes.subarray(shown, place[0]), VEILED_BYTES);
    shown = place[1];
  }
  return parts.length === 0 ? bytes : joined([...parts, bytes.subarray(shown)]);
}

function findBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): Place | undefined {
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return [at, at + wanted.length];
  }
  return undefined;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
