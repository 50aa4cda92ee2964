import type { DatabaseSync } from "node:sqlite";
import { dayOf } from "../../history/chunks";
import type { Hot } from "../../history/hot";
import { MOST_AT_ONCE, sealSome } from "../../history/seal";
import { inOrder } from "../../history/table";
import { undo } from "../sqlite/file";
import type { ChunkRows } from "./rows";

/** Records that are read and written until a commit that waits gets its turn, and what has begun by then. */
const SLICE = 500;

/** So many devices join their small chunks at the same time: those whose chunks share pages, which so get free. */
const NEIGHBOURS = 64;

/** A device whose records are being put into chunks, some of a day at a time. */
interface Current {
  readonly imei: string;
  readonly times: Float64Array;
  /** Numbers of its records in the order of their times, of which the first `done` are in chunks. */
  readonly order: Uint32Array;
  done: number;
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
      const { current } = this;
      if (current.done < current.order.length) this.sealSome(current);
      if (current.done < current.order.length) continue;
      done.push(current.imei);
      this.current = undefined;
    }
  }

  private sealSome(current: Current): void {
    const { imei, times, order, done } = current;
    const timeAt = (place: number) => times[order[place] as number] as number;
    const day = dayOf(timeAt(done));
    let end = done + 1;
    while (end < order.length && dayOf(timeAt(end)) === day) end++;
    // In parts of about the same length, so that no small chunk is left over.
    const count = Math.ceil((end - done) / Math.ceil((end - done) / MOST_AT_ONCE));
    const table = this.hot.tableOf(imei, order.subarray(done, done + count));
    if (table === undefined) return;
    const group = Math.floor(this.rows.deviceOf(imei) / NEIGHBOURS);
    current.done += sealSome(this.rows.day(imei, day), table, inOrder(table), group);
  }

  private next(): Current | undefined {
    const imei = this.queue.pop();
    if (imei === undefined) return undefined;
    const times = this.hot.timesOf(imei);
    // It was removed meanwhile.
    if (times.length === 0) return this.next();
    const order = Uint32Array.from(times.keys()).filter(
      (record) => (times[record] as number) >= this.horizon,
    );
    if (!isAscending(times)) order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
    return { imei, times, order, done: 0 };
  }
}

function isAscending(times: Float64Array): boolean {
  return times.every((time, at) => at === 0 || (times[at - 1] as number) <= time);
}

function queueOf(hot: Hot): string[] {
  return [...hot.devices].sort().reverse();
}
