import type { DatabaseSync } from "node:sqlite";
import { dayOf } from "../../history/chunks";
import type { Hot } from "../../history/hot";
import { sealDay } from "../../history/seal";
import { inOrder, type RecordTable } from "../../history/table";
import { undo } from "../sqlite/file";
import type { ChunkRows } from "./rows";

/** Records that are read and written in one go, until a commit that waits gets its turn. */
const SLICE = 500;

/** So many devices join their small chunks at the same time: those whose chunks share pages, which so get free. */
const NEIGHBOURS = 64;

/** A device whose records are being put into chunks, day by day. */
interface Current {
  readonly imei: string;
  readonly table: RecordTable;
  readonly days: [day: number, rows: number[]][];
}

/** Puts hot records into chunks, slice by slice, each a transaction. What is in chunks is not hot any more. */
export class Sealing {
  private current: Current | undefined;
  /** Devices that are to come, always in the same order, the first one last. */
  private queue: string[];

  constructor(
    readonly hot: Hot,
    private readonly database: DatabaseSync,
    private readonly rows: ChunkRows,
    /** What is older is not kept. */
    private readonly horizon: number,
  ) {
    this.queue = queueOf(hot);
  }

  /** Returns whether all is done. After an error it can be called again. */
  step(): boolean {
    const done: string[] = [];
    this.database.exec("BEGIN");
    try {
      this.work(done);
      this.database.exec("COMMIT");
    } catch (error) {
      undo(this.database);
      this.rows.reload();
      this.current = undefined;
      this.queue = queueOf(this.hot);
      throw error;
    }
    for (const imei of done) this.hot.forget(imei);
    return this.hot.records === 0;
  }

  /** The device's records are not wanted any more. */
  forget(imei: string): void {
    this.hot.forget(imei);
    if (this.current?.imei === imei) this.current = undefined;
  }

  private work(done: string[]): void {
    this.rows.work = 0;
    while (this.rows.work < SLICE) {
      this.current ??= this.next();
      if (this.current === undefined) return;
      const { imei, table, days } = this.current;
      const day = days.shift();
      const group = Math.floor(this.rows.deviceOf(imei) / NEIGHBOURS);
      if (day !== undefined) sealDay(this.rows.day(imei, day[0]), table, day[1], group);
      if (days.length > 0) continue;
      done.push(imei);
      this.current = undefined;
    }
  }

  private next(): Current | undefined {
    const imei = this.queue.pop();
    const table = imei === undefined ? undefined : this.hot.tableOf(imei);
    if (imei === undefined) return undefined;
    // It was removed meanwhile.
    if (table === undefined) return this.next();
    const days = new Map<number, number[]>();
    for (const row of inOrder(table)) {
      const time = table.times[row] as number;
      if (time < this.horizon) continue;
      const rows = days.get(dayOf(time));
      if (rows === undefined) days.set(dayOf(time), [row]);
      else rows.push(row);
    }
    return { imei, table, days: [...days] };
  }
}

function queueOf(hot: Hot): string[] {
  return [...hot.devices].sort().reverse();
}
