import type { DatabaseSync } from "node:sqlite";
import { DAY_MS, dayOf } from "../../history/chunks";
import type { Retention } from "../../history/port";
import { inOrder } from "../../history/table";
import { thinned } from "../../history/thin";
import { first, undo } from "../sqlite/file";
import type { ChunkRows } from "./rows";

/** Chunks that are thinned in one go, and bytes that are given back to the system. */
const CHUNKS = 4;
const GIVEN_BACK = 1 << 20;
/** Free pages are kept for what comes, unless there are many: a share of the file, and so many bytes. */
const FREE_SHARE = 0.25;
const FREE_BYTES = 10 << 20;

/** Deletes and thins what is too old or too much, a day or some chunks at a time. */
export class Retaining {
  /** Nothing before it is kept. Epoch milliseconds. */
  horizon: number;

  constructor(
    private readonly database: DatabaseSync,
    private readonly rows: ChunkRows,
  ) {
    this.horizon = rows.meta("horizon");
  }

  /** Bytes of the database that are in use. */
  get bytes(): number {
    return (this.pragma("page_count") - this.pragma("freelist_count")) * this.pragma("page_size");
  }

  /** Returns whether there is more to do. `bytes` are all that history takes. */
  step({ age, bytes: most, thinAfter }: Retention, now: number, bytes: number): boolean {
    const span = this.rows.span();
    const cutoff = Math.max(0, dayOf(now - age));
    if (span !== undefined && span.first < cutoff) return this.expire(span.first + 1);
    if (span !== undefined && bytes > most && span.first < span.last) return this.expire(span.first + 1);
    if (this.horizon < cutoff * DAY_MS) this.expire(cutoff);
    return (thinAfter !== undefined && this.thin(dayOf(now - thinAfter))) || this.giveBack();
  }

  private expire(day: number): true {
    const horizon = Math.max(this.horizon, day * DAY_MS);
    this.inTransaction(() => {
      this.rows.expire(day);
      this.rows.setMeta("horizon", horizon);
    });
    this.horizon = horizon;
    return true;
  }

  /** The days before one, once each: what comes later to a day stays as it is. */
  private thin(before: number): boolean {
    const heads = this.rows.headsFrom(this.rows.meta("thinned"), before, CHUNKS);
    const last = heads.at(-1);
    if (last === undefined) return false;
    this.inTransaction(() => {
      for (const head of heads) {
        const table = this.rows.load(head);
        const fewer = table && thinned(table);
        if (fewer !== undefined) this.rows.replace(head, fewer, inOrder(fewer));
      }
      this.rows.setMeta("thinned", last.id + 1);
    });
    return true;
  }

  private giveBack(): boolean {
    const free = this.pragma("freelist_count");
    const size = this.pragma("page_size");
    if (free * size < FREE_BYTES || free < FREE_SHARE * this.pragma("page_count")) return false;
    this.database.exec(`PRAGMA incremental_vacuum(${GIVEN_BACK / size})`);
    return this.pragma("freelist_count") < free;
  }

  private inTransaction(work: () => void): void {
    this.database.exec("BEGIN");
    try {
      work();
      this.database.exec("COMMIT");
    } catch (error) {
      undo(this.database);
      throw error;
    }
  }

  private pragma(name: string): number {
    return Number(first(this.database, `PRAGMA ${name}`));
  }
}
