import type { DatabaseSync, StatementSync } from "node:sqlite";
import { fingerprintOf } from "../../dedupe/fingerprint";
import type { AskedRecord, DedupePort } from "../../dedupe/port";
import type { OwnerTables } from "./owner-tables";

const PRINT_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Fingerprints of records that came before there was a history. None come to them, and after some weeks they go. */
export class DedupeTable implements OwnerTables<DedupePort> {
  private readonly read: StatementSync;
  private readonly forget: StatementSync;
  private readonly isEmpty: boolean;

  constructor(database: DatabaseSync, now = Date.now()) {
    database.prepare("DELETE FROM seen_before WHERE until < ?").run(now);
    this.isEmpty = database.prepare("SELECT 1 FROM seen_before LIMIT 1").get() === undefined;
    this.read = database.prepare("SELECT prints FROM seen_before WHERE imei = ?");
    this.forget = database.prepare("DELETE FROM seen_before WHERE imei = ?");
  }

  /** Nothing: it is asked. */
  all(): undefined {
    return undefined;
  }

  wasSeen(records: readonly AskedRecord[]): boolean[] {
    if (this.isEmpty) return records.map(() => false);
    const prints = new Map<string, Set<number>>();
    return records.map((record) => {
      const { imei } = record;
      const ofDevice = prints.get(imei) ?? this.printsOf(imei);
      prints.set(imei, ofDevice);
      return ofDevice.has(fingerprintOf(record));
    });
  }

  write({ forgotten }: DedupePort["changes"]): void {
    for (const imei of forgotten) this.forget.run(imei);
  }

  private printsOf(imei: string): Set<number> {
    return new Set(this.read.all(imei).flatMap(({ prints }) => [...printsIn(prints)]));
  }
}

/** The fingerprints of a row, low byte first as on every processor that Node.js runs on; none where it has something else. */
function printsIn(column: unknown): Float64Array {
  if (!(column instanceof Uint8Array) || column.length % PRINT_BYTES !== 0) return new Float64Array();
  return new Float64Array(Uint8Array.from(column).buffer);
}
