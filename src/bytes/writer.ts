import { TrackerError } from "../errors";

const RANGES = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  i8: [-0x80, 0x7f],
  i16: [-0x8000, 0x7fff],
  i32: [-0x80000000, 0x7fffffff],
} as const;

/**
 * Writes little-endian values into a byte array that grows.
 * An integer that does not fit its width throws a {@link TrackerError} `OUT_OF_RANGE`: nothing ever wraps.
 */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  u8(value: number): void {
    this.view.setUint8(this.grow(1), checked("u8", value));
  }
  u16(value: number): void {
    this.view.setUint16(this.grow(2), checked("u16", value), true);
  }
  u32(value: number): void {
    this.view.setUint32(this.grow(4), checked("u32", value), true);
  }
  u64(value: bigint): void {
    if (value !== BigInt.asUintN(64, value)) throw outOfRange("u64", value);
    this.view.setBigUint64(this.grow(8), value, true);
  }
  i8(value: number): void {
    this.view.setInt8(this.grow(1), checked("i8", value));
  }
  i16(value: number): void {
    this.view.setInt16(this.grow(2), checked("i16", value), true);
  }
  i32(value: number): void {
    this.view.setInt32(this.grow(4), checked("i32", value), true);
  }
  i64(value: bigint): void {
    if (value !== BigInt.asIntN(64, value)) throw outOfRange("i64", value);
    this.view.setBigInt64(this.grow(8), value, true);
  }
  f32(value: number): void {
    this.view.setFloat32(this.grow(4), value, true);
  }
  f64(value: number): void {
    this.view.setFloat64(this.grow(8), value, true);
  }
  raw(value: Uint8Array): void {
    const start = this.grow(value.length);
    this.bytes.set(value, start);
  }

  /** What has been written so far, as a copy. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private grow(count: number): number {
    const start = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return start;
  }
}

function checked(type: keyof typeof RANGES, value: number): number {
  const [min, max] = RANGES[type];
  if (!Number.isInteger(value) || value < min || value > max) throw outOfRange(type, value);
  return value;
}

function outOfRange(type: string, value: number | bigint): TrackerError {
  return new TrackerError({ code: "OUT_OF_RANGE", message: `${value} does not fit a ${type}` });
}
