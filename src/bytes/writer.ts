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
    this.put(1, (view, at) => view.setUint8(at, checked("u8", value)));
  }
  u16(value: number): void {
    this.put(2, (view, at) => view.setUint16(at, checked("u16", value), true));
  }
  u32(value: number): void {
    this.put(4, (view, at) => view.setUint32(at, checked("u32", value), true));
  }
  u64(value: bigint): void {
    if (value !== BigInt.asUintN(64, value)) throw outOfRange("u64", value);
    this.put(8, (view, at) => view.setBigUint64(at, value, true));
  }
  i8(value: number): void {
    this.put(1, (view, at) => view.setInt8(at, checked("i8", value)));
  }
  i16(value: number): void {
    this.put(2, (view, at) => view.setInt16(at, checked("i16", value), true));
  }
  i32(value: number): void {
    this.put(4, (view, at) => view.setInt32(at, checked("i32", value), true));
  }
  i64(value: bigint): void {
    if (value !== BigInt.asIntN(64, value)) throw outOfRange("i64", value);
    this.put(8, (view, at) => view.setBigInt64(at, value, true));
  }
  f32(value: number): void {
    this.put(4, (view, at) => view.setFloat32(at, value, true));
  }
  f64(value: number): void {
    this.put(8, (view, at) => view.setFloat64(at, value, true));
  }
  raw(value: Uint8Array): void {
    const start = this.grow(value.length);
    this.bytes.set(value, start);
  }

  /** What has been written so far, as a copy. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** Makes room first: growing replaces the view. */
  private put(count: number, write: (view: DataView, at: number) => void): void {
    const at = this.grow(count);
    write(this.view, at);
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
