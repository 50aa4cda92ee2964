import type { NormalizedRecord } from "../model/message";
import type { SeenChunk } from "./store";

/** Fingerprints in a chunk, and chunks of a device: the last 1,024 records or some fewer, 8 KB a device. */
export const SEEN_CHUNK_LENGTH = 128;
export const SEEN_CHUNKS = 8;

/**
 * The fingerprints of a device's last records, by which one that comes again is recognised. Kept in chunks, so
 * that only what is new has to be written.
 */
export class SeenRecords {
  private readonly chunks: { readonly number: number; readonly prints: Float64Array; used: number }[] = [];
  /** Numbers of chunks that changed since they were last taken. */
  private readonly changed = new Set<number>();

  /** Puts stored chunks back; they may come in any order. */
  static from(stored: readonly SeenChunk[]): SeenRecords {
    const seen = new SeenRecords();
    for (const { number, prints } of stored.toSorted((a, b) => a.number - b.number).slice(-SEEN_CHUNKS)) {
      const room = new Float64Array(SEEN_CHUNK_LENGTH);
      room.set(prints.subarray(0, SEEN_CHUNK_LENGTH));
      seen.chunks.push({ number, prints: room, used: Math.min(prints.length, SEEN_CHUNK_LENGTH) });
    }
    return seen;
  }

  has(print: number): boolean {
    return this.chunks.some(({ prints, used }) => {
      const at = prints.indexOf(print);
      return at >= 0 && at < used;
    });
  }

  add(print: number): void {
    let last = this.chunks.at(-1);
    if (last === undefined || last.used === SEEN_CHUNK_LENGTH) {
      last = { number: (last?.number ?? -1) + 1, prints: new Float64Array(SEEN_CHUNK_LENGTH), used: 0 };
      this.chunks.push(last);
      if (this.chunks.length > SEEN_CHUNKS) this.chunks.shift();
    }
    last.prints[last.used++] = print;
    this.changed.add(last.number);
  }

  /** The chunks that changed since the last call, for the store. */
  takeChanged(imei: string): SeenChunk[] {
    const taken = this.chunks
      .filter(({ number }) => this.changed.has(number))
      .map(({ number, prints, used }) => ({ imei, number, prints: prints.slice(0, used) }));
    this.changed.clear();
    return taken;
  }

  /** Says again that chunks are not written yet, where writing them failed. */
  giveBack(chunks: readonly SeenChunk[]): void {
    for (const { number } of chunks) this.changed.add(number);
  }
}

/**
 * A number that is the same for the same record and, but for one chance in 2^52, another one for any other.
 * When and how it arrived does not count.
 */
export function fingerprint(record: NormalizedRecord): number {
  const { receivedAt: _, warnings: __, ...own } = record;
  if (own.kind !== "file") return hash(JSON.stringify(own));
  const { data, ...rest } = own;
  return hash(JSON.stringify(rest), data);
}

/** FNV-1a on text, then on bytes, in two lanes of 32 bits with seeds of their own, of which 52 bits are kept. */
function hash(text: string, bytes?: Uint8Array): number {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  for (const byte of bytes ?? []) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b);
  }
  return ((mixed(high) & 0xfffff) >>> 0) * 0x100000000 + mixed(low);
}

/** Spreads every bit over all 32 (the finalizer of MurmurHash3). */
function mixed(lane: number): number {
  let bits = lane ^ (lane >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
