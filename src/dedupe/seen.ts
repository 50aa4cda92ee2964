import { digest52, identityOf } from "../model/identity";
import type { NormalizedRecord } from "../model/message";
import type { SeenChunk } from "./port";

/** Fingerprints in a chunk, and chunks of a device: the last 897 to 1,024 records, 12 KB a device. */
export const SEEN_CHUNK_LENGTH = 128;
export const SEEN_CHUNKS = 8;

/** Nodes that are told apart; further ones count as one. The rest of a note's 32 bits are the record's marks. */
const NODES = 29;
const LATE = 1 << NODES;
const FUTURE = 1 << (NODES + 1);
/** A record of an earlier run has been to every node. */
const EVERY_NODE = LATE - 1;

interface Chunk {
  readonly number: number;
  readonly prints: Float64Array;
  /** For each fingerprint: which nodes had the record, and how it was marked. Not stored. */
  readonly notes: Uint32Array;
  used: number;
}

/** What is remembered of a record that came before. */
export interface Met {
  /** It came to this node before; else only to others. */
  readonly here: boolean;
  readonly late: boolean;
  readonly future: boolean;
}

/**
 * The fingerprints of a device's last records, by which one that comes again is recognised. Several nodes that
 * share a registry get the same records, each for its own flow, so each has its own "again".
 *
 * Kept in chunks, so that only what is new has to be written.
 */
export class SeenRecords {
  private readonly chunks: Chunk[] = [];
  /** Numbers of chunks that changed since they were last taken. */
  private readonly changed = new Set<number>();

  /** Puts stored chunks back; they may come in any order. */
  static from(stored: readonly SeenChunk[]): SeenRecords {
    const seen = new SeenRecords();
    for (const { number, prints } of stored.toSorted((a, b) => a.number - b.number).slice(-SEEN_CHUNKS)) {
      const chunk = emptyChunk(number);
      chunk.prints.set(prints.subarray(0, SEEN_CHUNK_LENGTH));
      chunk.notes.fill(EVERY_NODE);
      chunk.used = Math.min(prints.length, SEEN_CHUNK_LENGTH);
      seen.chunks.push(chunk);
    }
    return seen;
  }

  /** Notes that a record has come to a node; undefined where it came for the first time to any. */
  meet(print: number, node: number): Met | undefined {
    const place = this.find(print);
    if (place === undefined) return undefined;
    const { notes, at } = place;
    const note = notes[at] as number;
    notes[at] = note | bitOf(node);
    return { here: (note & bitOf(node)) !== 0, late: (note & LATE) !== 0, future: (note & FUTURE) !== 0 };
  }

  /** Remembers a new record, or anew how one is marked. */
  add(print: number, node: number, { late, future }: { late?: true; future?: true }): void {
    const note = bitOf(node) | (late ? LATE : 0) | (future ? FUTURE : 0);
    const place = this.find(print);
    if (place !== undefined) {
      place.notes[place.at] = note;
      return;
    }
    let last = this.chunks.at(-1);
    if (last === undefined || last.used === SEEN_CHUNK_LENGTH) {
      last = emptyChunk((last?.number ?? -1) + 1);
      this.chunks.push(last);
      if (this.chunks.length > SEEN_CHUNKS) this.chunks.shift();
    }
    last.notes[last.used] = note;
    last.prints[last.used++] = print;
    this.changed.add(last.number);
  }

  private find(print: number): { readonly notes: Uint32Array; readonly at: number } | undefined {
    for (const { prints, notes, used } of this.chunks) {
      const at = prints.indexOf(print);
      if (at >= 0 && at < used) return { notes, at };
    }
    return undefined;
  }

  /** The chunks that changed since the last call, for the store. */
  takeChanged(imei: string): SeenChunk[] {
    const taken = this.chunks
      .filter(({ number }) => this.changed.has(number))
      .map(({ number, prints, used }) => ({ imei, number, prints: prints.slice(0, used) }));
    this.changed.clear();
    return taken;
  }

  /** Says that chunks are not written yet: those given, where writing them failed, or all. */
  giveBack(chunks: readonly { readonly number: number }[] = this.chunks): void {
    for (const { number } of chunks) this.changed.add(number);
  }
}

function emptyChunk(number: number): Chunk {
  return {
    number,
    prints: new Float64Array(SEEN_CHUNK_LENGTH),
    notes: new Uint32Array(SEEN_CHUNK_LENGTH),
    used: 0,
  };
}

function bitOf(node: number): number {
  return 1 << Math.min(node, NODES - 1);
}

/**
 * A number that is the same for the same record and, but for one chance in 2^52, another one for any other. Beside its
 * identity count kind and time, so that what a flow makes of a record (an event of a reading, a reading at another time) is
 * not taken for that record. Throws where the record has something that JSON has not.
 */
export function fingerprint(record: NormalizedRecord): number {
  return fingerprintBy(identityOf(record), record);
}

/** The same, where the record's identity is known already. */
export function fingerprintBy(identity: string, record: NormalizedRecord): number {
  const time = record.kind === "file" ? "" : record.time;
  return digest52(`${record.kind} ${time} ${identity}`);
}
