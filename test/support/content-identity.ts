import type { Timed } from "../../src/history/identity";

/** What is not of the device, or depends on when the record came. */
const NOT_OWN: ReadonlySet<string> = new Set(["receivedAt", "warnings", "schema", "imei", "time", "kind"]);

/** By the record's values, in whatever order they are; for records whose decoder gives no identity. */
export function contentIdentity(record: Timed): number {
  LANES.low = 0;
  LANES.high = 0;
  addAll(RECORD, record);
  return ((LANES.high >>> 0) % 2 ** 16) * 2 ** 32 + (LANES.low >>> 0);
}

/** Two lanes of 32 bits, to which the hash of each value is added, so that their order counts for nothing. */
const LANES = { low: 0, high: 0 };
const DOUBLE = new Float64Array(1);
const WORDS = new Int32Array(DOUBLE.buffer);
/** A name, and those of values within its value. Names come again and again, so their hashes are remembered. */
interface Name {
  readonly hash: number;
  readonly inner: Map<string, Name>;
}
/** So many names are remembered. */
const MOST_NAMES = 5000;
const RECORD: Name = { hash: 0, inner: new Map() };
let names = 0;

function addAll(of: Name, values: object): void {
  for (const key in values) {
    if (of === RECORD && NOT_OWN.has(key)) continue;
    const value = (values as Readonly<Record<string, unknown>>)[key];
    if (value === undefined) continue;
    const name = of.inner.get(key) ?? nameOf(of, key);
    if (typeof value === "object" && value !== null) addAll(name, value);
    else addValue(name.hash, value);
  }
}

function nameOf(of: Name, key: string): Name {
  if (names >= MOST_NAMES) {
    RECORD.inner.clear();
    names = 0;
  }
  const name = { hash: mixed(Math.imul(of.hash, 31) ^ hashOf(key)), inner: new Map() };
  of.inner.set(key, name);
  names++;
  return name;
}

function addValue(name: number, value: unknown): void {
  let first: number;
  let second = 0;
  if (typeof value === "number") {
    // Zero has no sign, as in JSON.
    DOUBLE[0] = value + 0;
    first = WORDS[0] as number;
    second = WORDS[1] as number;
  } else first = hashOf(typeof value === "string" ? `"${value}` : String(value));
  const low = mixed(name ^ mixed(first ^ 0x811c9dc5) ^ mixed(second ^ 0x27d4eb2f));
  LANES.low = (LANES.low + low) | 0;
  LANES.high = (LANES.high + mixed(Math.imul(low, 0x9e3779b1) ^ Math.imul(first, 0x85ebca6b) ^ second)) | 0;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** Spreads every bit over all 32 (the finalizer of MurmurHash3). */
function mixed(lane: number): number {
  let bits = lane ^ (lane >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
