import { TrackerError } from "../errors";

/**
 * Reads little-endian values from a window of a byte array.
 *
 * `offset` counts from the start of the whole array, so that errors name a place in the payload.
 * Every read beyond the window throws a {@link TrackerError} `CUT_OFF` and leaves `offset` where it was.
 */
export class ByteReader {
  offset: number;
  readonly end: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = start;
    this.end = Math.min(end, bytes.length);
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }
  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }
  u64(): bigint {
    return this.view.getBigUint64(this.advance(8), true);
  }
  i8(): number {
    return this.view.getInt8(this.advance(1));
  }
  i16(): number {
    return this.view.getInt16(this.advance(2), true);
  }
  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }
  i64(): bigint {
    return this.view.getBigInt64(this.advance(8), true);
  }
  f32(): number {
    return this.view.getFloat32(this.advance(4), true);
  }
  f64(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  /** The next `count` bytes, as a copy. */
  slice(count: number): Uint8Array {
    const start = this.advance(count);
    return Uint8Array.prototype.slice.call(this.bytes, start, start + count);
  }

  /** All bytes up to the end of the window, as a copy. */
  rest(): Uint8Array {
    return this.slice(this.remaining);
  }

  private advance(count: number): number {
    const start = this.offset;
    if (count > this.end - start) {
      throw new TrackerError({
        code: "CUT_OFF",
        offset: start,
        message: `${count} bytes wanted, ${this.end - start} left`,
      });
    }
    this.offset = start + count;
    return start;
  }
}
