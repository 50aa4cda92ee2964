import { TrackerError } from "../errors";

const DOUBLE = new Float64Array(1);
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer);
const UTF8 = new TextEncoder();
const FROM_UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
/** From here on the low bits no longer fit the integers of bit operations. */
const LARGE = 0x80000000;

/** What was kept cannot be what was written. */
export function damaged(what: string): TrackerError {
  return new TrackerError({ code: "HISTORY_DAMAGED", message: `a part of the history is damaged: ${what}` });
}

/** Writes whole numbers in as few bytes as they need. Grows as needed. */
export class BytesOut {
  private bytes = new Uint8Array(4096);
  length = 0;

  private room(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, needed));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  u8(value: number): void {
    this.room(1);
    this.bytes[this.length++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte, low ones first. */
  unsigned(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= LARGE) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  signed(value: number): void {
    this.unsigned(zigzag(value));
  }

  f64(value: number): void {
    DOUBLE[0] = value;
    this.raw(DOUBLE_BYTES);
  }

  text(text: string): void {
    const bytes = UTF8.encode(text);
    this.unsigned(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A section that says its length, so that it can be skipped. */
  section(write: (out: BytesOut) => void): void {
    const inner = new BytesOut();
    write(inner);
    this.unsigned(inner.length);
    this.raw(inner.taken());
  }

  taken(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** Reads what {@link BytesOut} wrote. Throws `HISTORY_DAMAGED` beyond the end. */
export class BytesIn {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  u8(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw damaged("it ends too early");
    return value;
  }

  unsigned(): number {
    let byte = this.u8();
    if (byte < 128) return byte;
    let value = byte & 127;
    let weight = 128;
    do {
      byte = this.u8();
      value += (byte & 127) * weight;
      weight *= 128;
    } while (byte > 127);
    return value;
  }

  signed(): number {
    return unzigzag(this.unsigned());
  }

  f64(): number {
    DOUBLE_BYTES.set(this.raw(8));
    return DOUBLE[0] as number;
  }

  text(): string {
    return FROM_UTF8.decode(this.raw(this.unsigned()));
  }

  raw(count: number): Uint8Array {
    const end = this.at + count;
    if (end > this.bytes.length) throw damaged("it ends too early");
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }
}

/** Small numbers of either sign as small numbers: 0, -1, 1, -2 … as 0, 1, 2, 3 … */
export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
