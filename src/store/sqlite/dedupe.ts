import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { DedupePort, SeenChunk } from "../../dedupe/port";
import { SEEN_CHUNKS } from "../../dedupe/seen";
import type { Unreadable } from "../../fleet/store";
import type { OwnerTables } from "./owner-tables";
import { bytesOf, PrintsBuffer } from "./prints-buffer";

/** Rows read at a time; each is an object and a buffer. */
const PAGE = 1000;

/** The table of fingerprints. */
export class DedupeTable implements OwnerTables<DedupePort> {
  private readonly putChunk: StatementSync;
  private readonly countPrints: StatementSync;
  private readonly readChunks: StatementSync;
  private readonly forget: StatementSync;

  constructor(database: DatabaseSync) {
    // Node.js 22 takes an empty array for NULL.
    this.putChunk = database.prepare(
      `INSERT INTO seen (imei, slot, number, prints) VALUES (?, ?, ?, coalesce(?, x''))
       ON CONFLICT (imei, slot) DO UPDATE SET number = excluded.number, prints = excluded.prints`,
    );
    this.countPrints = database.prepare("SELECT total(length(prints)) AS bytes FROM seen");
    this.readChunks = database.prepare(
      `SELECT rowid AS id, imei, number, prints FROM seen WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
    );
    this.forget = database.prepare("DELETE FROM seen WHERE imei = ?");
  }

  all(unreadable: Unreadable[]): SeenChunk[] {
    const buffer = new PrintsBuffer(Number(this.countPrints.get()?.bytes));
    const read: SeenChunk[] = [];
    for (let page = this.readChunks.all(0); page.length > 0; ) {
      for (const { imei, number, prints } of page) {
        const taken = buffer.take(prints);
        if (taken === undefined) unreadable.push({ table: "seen", key: String(imei) });
        else read.push({ imei: String(imei), number: Number(number), prints: taken });
      }
      page = this.readChunks.all(page.at(-1)?.id ?? 0);
    }
    return read;
  }

  write({ chunks, forgotten }: DedupePort["changes"]): void {
    for (const { imei, number, prints } of chunks) {
      this.putChunk.run(imei, number % SEEN_CHUNKS, number, bytesOf(prints));
    }
    for (const imei of forgotten) this.forget.run(imei);
  }
}
