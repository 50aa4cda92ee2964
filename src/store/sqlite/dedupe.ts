import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SEEN_LENGTH } from "../../dedupe/dedupe";
import { fingerprintOf } from "../../dedupe/fingerprint";
import type { AskedRecord, DedupePort } from "../../dedupe/port";
import type { OwnerTables } from "./owner-tables";

/** Fingerprints in a row. */
const CHUNK_LENGTH = 128;
/** Rows of a device. One is being filled, so that there are always SEEN_LENGTH. */
const CHUNKS = SEEN_LENGTH / CHUNK_LENGTH + 1;
const PRINT_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** The table of fingerprints: of each device a ring of rows, numbered from 0 up. */
export class DedupeTable implements OwnerTables<DedupePort> {
  private readonly putChunk: StatementSync;
  private readonly readChunks: StatementSync;
  private readonly findLast: StatementSync;
  private readonly readChunk: StatementSync;
  private readonly forget: StatementSync;
  /** By IMEI: number of the row that is being filled, so that it has to be looked for only once. */
  private readonly last = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.putChunk = database.prepare(
      `INSERT INTO seen (imei, slot, number, prints) VALUES (?, ?, ?, ?)
       ON CONFLICT (imei, slot) DO UPDATE SET number = excluded.number, prints = excluded.prints`,
    );
    this.readChunks = database.prepare("SELECT prints FROM seen WHERE imei = ?");
    this.findLast = database.prepare("SELECT max(number) AS number FROM seen WHERE imei = ?");
    this.readChunk = database.prepare("SELECT prints FROM seen WHERE imei = ? AND slot = ? AND number = ?");
    this.forget = database.prepare("DELETE FROM seen WHERE imei = ?");
  }

  /** Nothing: it is asked. */
  all(): undefined {
    return undefined;
  }

  wasSeen(records: readonly AskedRecord[]): boolean[] {
    const prints = new Map<string, Set<number>>();
    return records.map((record) => {
      const { imei } = record;
      const ofDevice = prints.get(imei) ?? this.printsOf(imei);
      prints.set(imei, ofDevice);
      return ofDevice.has(fingerprintOf(record));
    });
  }

  write({ added, forgotten }: DedupePort["changes"]): void {
    for (const [imei, prints] of added) this.append(imei, prints);
    for (const imei of forgotten) {
      this.forget.run(imei);
      this.last.delete(imei);
    }
  }

  private append(imei: string, prints: Float64Array): void {
    let number = this.last.get(imei) ?? Number(this.findLast.get(imei)?.number ?? 0);
    let chunk = [...printsIn(this.readChunk.get(imei, number % CHUNKS, number)?.prints)];
    for (let at = 0; at < prints.length; ) {
      if (chunk.length >= CHUNK_LENGTH) {
        number++;
        chunk = [];
      }
      const taken = prints.subarray(at, at + CHUNK_LENGTH - chunk.length);
      chunk.push(...taken);
      at += taken.length;
      this.putChunk.run(imei, number % CHUNKS, number, new Uint8Array(Float64Array.from(chunk).buffer));
    }
    this.last.set(imei, number);
  }

  private printsOf(imei: string): Set<number> {
    return new Set(this.readChunks.all(imei).flatMap(({ prints }) => [...printsIn(prints)]));
  }
}

/** The fingerprints of a row, low byte first as on every processor that Node.js runs on; none where it has something else. */
function printsIn(column: unknown): Float64Array {
  if (!(column instanceof Uint8Array) || column.length % PRINT_BYTES !== 0) return new Float64Array();
  return new Float64Array(Uint8Array.from(column).buffer);
}
