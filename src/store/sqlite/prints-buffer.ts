/** Fingerprints as bytes, as the processor has them; every one that Node.js runs on has the low byte first. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** One array for the fingerprints of all devices: 80,000 of their own would take a second to hand over. */
export class PrintsBuffer {
  private readonly prints: Float64Array;
  private readonly bytes: Uint8Array;
  private used = 0;

  constructor(byteLength: number) {
    this.prints = new Float64Array(Math.ceil(byteLength / Float64Array.BYTES_PER_ELEMENT));
    this.bytes = bytesOf(this.prints);
  }

  /** The fingerprints that are in a column, as a part of the one array; undefined where it has something else. */
  take(column: unknown): Float64Array | undefined {
    const taken = this.prints.subarray(this.used);
    if (!(column instanceof Uint8Array)) return undefined;
    const { length } = column;
    if (length % taken.BYTES_PER_ELEMENT !== 0) return undefined;
    this.bytes.set(column, taken.byteOffset);
    this.used += length / taken.BYTES_PER_ELEMENT;
    return taken.subarray(0, length / taken.BYTES_PER_ELEMENT);
  }
}
