import type { NormalizedRecord, Scalar } from "./message";

/** 64 bits as hex text. */
const IDENTITY = /^[0-9a-f]{16}$/;

/** Levels of a decoder's record that can hold others: the record, `sensors`, a position among them, and one to spare. */
const DEPTH = 4;

/** What goes into an identity beside the bytes or values. */
export interface IdentitySubject {
  readonly imei: string | null;
  readonly kind: NormalizedRecord["kind"];
}

/** The identity of a record that was read from these bytes; `more` is what the bytes alone do not say. */
export function identityOfBytes(subject: IdentitySubject, bytes: Uint8Array, more = ""): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return identityFrom(identityStart(subject, more), view, 0, bytes.length);
}

/** What the identities of all records of one kind of a device have in common. */
export function identityStart({ imei, kind }: IdentitySubject, more = ""): IdentityStart {
  return new Digest().text(kind).text(imei).text(more);
}

/** The same as {@link identityOfBytes}, of the bytes from `start` to before `end`. */
export function identityFrom(from: IdentityStart, view: DataView, start: number, end: number): string {
  return DIGEST.from(from).bytes(view, start, end).hex();
}

/**
 * The identity of a record that was read from these values, by their paths, in whatever order. `time` (epoch
 * milliseconds) is given where the values say none: readings without one are not the same because they are alike.
 */
export function identityOfValues(
  subject: IdentitySubject,
  values: Iterable<readonly [path: string, value: Scalar]>,
  time?: number,
): string {
  return new Digest().from(valuesIdentityStart(subject, time)).set(values).hex();
}

/** What the identities by values of all records of one kind of a device have in common. */
export function valuesIdentityStart({ imei, kind }: IdentitySubject, time?: number): IdentityStart {
  return new Digest()
    .text(kind)
    .text(imei)
    .scalar(time ?? null);
}

/** The same as {@link identityOfValues}, of values that stand in the order of their paths. */
export type PlacedIdentity = (from: IdentityStart, values: readonly Scalar[]) => string;

export function placedIdentity(paths: readonly string[]): PlacedIdentity {
  const starts = paths.map((path) => new Digest().text(path));
  return (from, values) => DIGEST.from(from).placed(starts, values).hex();
}

/**
 * What tells a record from all others of its device: as its decoder made it, else (records of a user's own flow) by all
 * that it has but `receivedAt` and `warnings`. Throws where the record has something that JSON has not.
 */
export function identityOf(record: NormalizedRecord): string {
  if (!isPlain(record, DEPTH)) JSON.stringify(record);
  const { identity } = record;
  return typeof identity === "string" && IDENTITY.test(identity) ? identity : identityOfAll(record);
}

function identityOfAll(record: NormalizedRecord): string {
  const { receivedAt: _, warnings: __, identity: ___, ...own } = record;
  if (own.kind !== "file") return identityOfValues(record, leavesOf(own));
  const { data, ...rest } = own;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return new Digest().set(leavesOf(rest)).bytes(view, 0, data.byteLength).hex();
}

/** 52 bits of a digest of a text, which is all that a number holds exactly. */
export function digest52(text: string): number {
  return new Digest().text(text).number52();
}

/** Whether JSON can surely have all that is in an object; where this says no, it may all the same. */
function isPlain(whole: object, depth: number): boolean {
  for (const key in whole) {
    const value = (whole as Record<string, unknown>)[key];
    if (typeof value === "bigint" || typeof value === "function") return false;
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) continue;
    if (depth === 1 || !isPlain(value, depth - 1)) return false;
  }
  return true;
}

/** The values of something as JSON has them, by their paths; an object or array without content is one, too. */
function leavesOf(whole: object): [string, Scalar][] {
  const leaves: [string, Scalar][] = [];
  const add = (path: string, value: Scalar | object): void => {
    if (typeof value !== "object" || value === null) {
      leaves.push([path, value]);
      return;
    }
    const inside = Object.entries(value);
    if (inside.length === 0) leaves.push([path, Array.isArray(value) ? "[]" : "{}"]);
    // With its length before it, no key can be taken for two.
    for (const [key, item] of inside) add(`${path}${key.length}:${key}`, item);
  };
  add("", JSON.parse(JSON.stringify(whole)));
  return leaves;
}

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);

/** A digest of what has come so far. */
export interface IdentityStart {
  readonly low: number;
  readonly high: number;
}

/** Words that stand before a value, so that 1, "1", true and null are told apart. */
const NULL = 1;
const NO = 2;
const YES = 3;
const NUMBER = 4;
const TEXT = 5;

/**
 * FNV-1a in two lanes of 32 bits with seeds and factors of their own. It is no cryptography: a device can make two records
 * that are taken for one, but only of its own.
 */
class Digest implements IdentityStart {
  low = 0x811c9dc5 | 0;
  high = 0x9dc5811c | 0;

  from({ low, high }: IdentityStart): this {
    this.low = low;
    this.high = high;
    return this;
  }

  private word(word: number): void {
    this.low = Math.imul(this.low ^ word, 0x01000193);
    this.high = Math.imul(this.high ^ word, 0x85ebca6b);
  }

  text(text: string | null): this {
    if (text === null) return this.scalar(null);
    let { low, high } = this;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      low = Math.imul(low ^ unit, 0x01000193);
      high = Math.imul(high ^ unit, 0x85ebca6b);
    }
    this.low = low;
    this.high = high;
    this.word(text.length);
    return this;
  }

  /** Eight bytes at a time, of which no two pairs of words count the same in both lanes. */
  bytes(view: DataView, start: number, end: number): this {
    let { low, high } = this;
    let at = start;
    for (const last = end - 7; at < last; at += 8) {
      const one = view.getInt32(at, true);
      const two = view.getInt32(at + 4, true);
      low = Math.imul(((low << 15) | (low >>> 17)) ^ (one + Math.imul(two, 0x9e3779b1)), 0x01000193);
      high = Math.imul(((high << 11) | (high >>> 21)) ^ (one + Math.imul(two, 0xc2b2ae36)), 0x85ebca6b);
    }
    for (; at < end; at++) {
      const byte = view.getUint8(at);
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte, 0x85ebca6b);
    }
    this.low = low;
    this.high = high;
    this.word(end - start);
    return this;
  }

  scalar(value: Scalar): this {
    if (typeof value === "string") {
      this.word(TEXT);
      return this.text(value);
    }
    if (typeof value === "number") {
      this.word(NUMBER);
      // Zero has no sign.
      FLOAT[0] = value + 0;
      this.word(WORDS[0] as number);
      this.word(WORDS[1] as number);
      return this;
    }
    this.word(value === null ? NULL : value ? YES : NO);
    return this;
  }

  /** Values by their paths, of which the order does not count. */
  set(values: Iterable<readonly [path: string, value: Scalar]>): this {
    let low = 0;
    let high = 0;
    for (const [path, value] of values) {
      const one = new Digest().text(path).scalar(value);
      low = (low + mixed(one.low)) | 0;
      high = (high + mixed(one.high)) | 0;
    }
    this.word(low);
    this.word(high);
    return this;
  }

  /** The same as {@link set}, with what each value's path makes worked out before. */
  placed(starts: readonly IdentityStart[], values: readonly Scalar[]): this {
    let low = 0;
    let high = 0;
    for (let at = 0; at < starts.length; at++) {
      const one = ONE_VALUE.from(starts[at] as IdentityStart).scalar(values[at] as Scalar);
      low = (low + mixed(one.low)) | 0;
      high = (high + mixed(one.high)) | 0;
    }
    this.word(low);
    this.word(high);
    return this;
  }

  hex(): string {
    return hexText(mixed(this.high), mixed(this.low));
  }

  number52(): number {
    return ((mixed(this.high) & 0xfffff) >>> 0) * 0x100000000 + mixed(this.low);
  }
}

/** Character codes of the hex digits. */
const DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** 16 hex digits, made in one piece: `toString(16)` of numbers beyond 31 bits takes ten times as long. */
function hexText(high: number, low: number): string {
  const digit = (word: number, place: number) => DIGITS[(word >>> place) & 15] as number;
  return String.fromCharCode(
    digit(high, 28),
    digit(high, 24),
    digit(high, 20),
    digit(high, 16),
    digit(high, 12),
    digit(high, 8),
    digit(high, 4),
    digit(high, 0),
    digit(low, 28),
    digit(low, 24),
    digit(low, 20),
    digit(low, 16),
    digit(low, 12),
    digit(low, 8),
    digit(low, 4),
    digit(low, 0),
  );
}

/** Spreads every bit over all 32 (the finalizer of MurmurHash3). */
function mixed(lane: number): number {
  let bits = lane ^ (lane >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Used again and again, by one record at a time. */
const DIGEST = new Digest();
/** The same, by one value at a time. */
const ONE_VALUE = new Digest();
