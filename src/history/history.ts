import { TrackerError } from "../errors";
import { inSlices } from "../slices";
import { Packer, type RecordBatch } from "./batch";
import { DAY_MS, dayOf } from "./chunks";
import { batchBytes } from "./hot";
import { keyOf, type Timed } from "./identity";
import type {
  Extent,
  HistoryFound,
  HistoryStatus,
  HistoryStore,
  LastQuery,
  Overview,
  OverviewQuery,
  RecordsQuery,
  Retention,
  Series,
  SeriesQuery,
  Span,
  Visit,
  WasSeen,
} from "./port";
import { type HistoryRecord, RecordReader } from "./record";
import type { Box } from "./summary";
import { type PlainTable, tableOf } from "./table";

export const DEFAULT_RETENTION: Retention = { age: 90 * DAY_MS, bytes: 2 * 2 ** 30 };

/** What waits in memory at most, where the store takes nothing. */
const MOST_WAITING_BYTES = 64 << 20;

export interface HistorySettings {
  readonly retention: Retention;
}

/** A record of which is asked whether it came before; `identity` as in {@link History.keep}. */
export interface SoughtRecord {
  readonly record: Timed;
  readonly identity: number;
}

/** How far a long answer has come: from 0 to 1. */
export type Progress = (share: number) => void;

/**
 * Records over time of all devices. Keeps nothing from being late or coming again: the store is a set.
 *
 * Has no timers: whoever owns it calls {@link commit} every few seconds and {@link retain} once an hour.
 */
export class History {
  private readonly packer = new Packer();
  /** Handed over, but not committed: handed over again, should the store be lost. */
  private waiting: RecordBatch[] = [];
  private waitingBytes = 0;
  private isLost = false;
  /** Why the store did not take a batch, until a commit says so. */
  private failure: unknown;
  /** Records that could not be kept since it was opened. */
  refused = 0;

  constructor(
    readonly store: HistoryStore,
    private readonly settings: HistorySettings,
    private readonly now: () => number,
  ) {}

  /** Whether it has the last hour only. */
  get isBrief(): boolean {
    return this.store.kind === "memory";
  }

  /** Rejects as {@link HistoryStore.open}; then each commit tries it again, and nothing that was kept meanwhile is lost. */
  async open(): Promise<HistoryFound> {
    try {
      return await this.store.open();
    } catch (error) {
      this.isLost = true;
      throw error;
    }
  }

  /** Commits what there is and lets the store go. */
  async close(): Promise<void> {
    try {
      await this.commit();
    } finally {
      await this.store.close();
    }
  }

  /**
   * Takes a record, which queries have from then on; it is safe after the next {@link commit}. False where it cannot be
   * kept: it has no time of this age, or too many values, or the store has not taken anything for too long.
   */
  keep(record: Timed, identity: number): boolean {
    const isKept =
      this.waitingBytes < MOST_WAITING_BYTES && this.packer.add(record, keyOf(record.kind, identity));
    if (!isKept) this.refused++;
    else if (this.packer.isFull) this.handOver();
    return isKept;
  }

  /** Resolves when everything that was kept before is safe. Rejects as the store does; then it is tried again next time. */
  async commit(): Promise<void> {
    if (this.isLost) await this.reopen();
    this.handOver();
    const committed = this.waiting.length;
    try {
      await this.store.commit();
      if (this.failure !== undefined) throw this.failure;
    } catch (error) {
      this.isLost = error instanceof TrackerError && error.code === "STORE_LOST";
      throw error;
    } finally {
      this.failure = undefined;
    }
    this.waiting = this.waiting.slice(committed);
    this.waitingBytes = this.waiting.reduce((sum, batch) => sum + batchBytes(batch), 0);
  }

  /** Whether records came before; to be asked before they are kept. One that cannot be kept never did. */
  async wasSeen(sought: readonly SoughtRecord[]): Promise<WasSeen[]> {
    this.handOver();
    const answers = new Array<WasSeen>(sought.length).fill("no");
    const packer = new Packer();
    let packed: number[] = [];
    const ask = async (): Promise<void> => {
      const batch = packer.take();
      const places = packed;
      packed = [];
      if (batch === undefined) return;
      const ofBatch = await this.store.wasSeen(batch);
      for (const [at, place] of places.entries()) answers[place] = ofBatch[at] ?? "no";
    };
    for (const [place, { record, identity }] of sought.entries()) {
      if (packer.isFull) await ask();
      if (packer.add(record, keyOf(record.kind, identity))) packed.push(place);
    }
    await ask();
    return answers;
  }

  /** A device's records of a time, oldest first, page by page. */
  async *records(query: RecordsQuery, progress?: Progress): AsyncGenerator<readonly HistoryRecord[]> {
    this.handOver();
    for (let from: number | undefined = query.from; from !== undefined; ) {
      const page: { table: PlainTable; next?: number } = await this.store.records({ ...query, from });
      from = page.next;
      progress?.(from === undefined ? 1 : shareOf(from, query));
      yield await recordsOf(page.table, query.imei);
    }
  }

  /** A device's last records, oldest first. */
  async last(query: LastQuery): Promise<HistoryRecord[]> {
    this.handOver();
    return recordsOf(await this.store.last(query), query.imei);
  }

  overview(query: OverviewQuery): Promise<Overview> {
    this.handOver();
    return this.store.overview(query);
  }

  series(query: SeriesQuery): Promise<Series> {
    this.handOver();
    return this.store.series(query);
  }

  /** All devices that were in a box (degrees; west may be east of east, over the 180th meridian), whoever came first. */
  async area(box: Box, span: Span, progress?: Progress): Promise<Visit[]> {
    this.handOver();
    const { oldest = Number.POSITIVE_INFINITY } = await this.store.status();
    const from = Math.max(span.from, oldest);
    const millionths = {
      south: box.south * 1e6,
      west: box.west * 1e6,
      north: box.north * 1e6,
      east: box.east * 1e6,
    };
    const to = Math.min(span.to, this.now() + DAY_MS);
    const visits = new Map<string, Visit>();
    for (let start = from; start <= to; start = (dayOf(start) + 1) * DAY_MS) {
      const end = Math.min(to, (dayOf(start) + 1) * DAY_MS - 1);
      for (const visit of await this.store.area({ box: millionths, from: start, to: end })) {
        const before = visits.get(visit.imei);
        visits.set(visit.imei, before === undefined ? visit : joined(before, visit));
      }
      progress?.(shareOf(end + 1, { from, to }));
    }
    return [...visits.values()].sort((a, b) => a.first - b.first);
  }

  extent(imei: string): Promise<Extent | undefined> {
    this.handOver();
    return this.store.extent(imei);
  }

  /** Deletes a device's history for good. What is not committed yet is committed first. */
  async remove(imei: string): Promise<void> {
    await this.commit();
    await this.store.remove(imei);
  }

  /** What is older is not kept. Epoch milliseconds. */
  get cutoff(): number {
    return Math.max(0, dayOf(this.now() - this.settings.retention.age)) * DAY_MS;
  }

  /** Deletes and thins what the settings no longer keep, a little at a time. */
  async retain(): Promise<void> {
    while (await this.store.retain(this.settings.retention, this.now()));
  }

  async status(): Promise<HistoryStatus & { readonly refused: number }> {
    this.handOver();
    return { ...(await this.store.status()), refused: this.refused };
  }

  private handOver(): void {
    const batch = this.packer.take();
    if (batch === undefined) return;
    this.waiting.push(batch);
    this.waitingBytes += batchBytes(batch);
    this.give(batch);
  }

  private give(batch: RecordBatch): void {
    this.store.append(batch).catch((error: unknown) => {
      this.failure ??= error;
    });
  }

  /** Gives a store that has lost its files, or its thread, all that may not be in them. */
  private async reopen(): Promise<void> {
    await this.store.close().catch(() => undefined);
    await this.store.open();
    this.isLost = false;
    this.failure = undefined;
    for (const batch of this.waiting) this.give(batch);
  }
}

async function recordsOf(plain: PlainTable, imei: string): Promise<HistoryRecord[]> {
  const reader = new RecordReader(tableOf(plain), imei);
  const records: HistoryRecord[] = [];
  await inSlices(
    Array.from({ length: plain.length }, (_, row) => row),
    (row) => records.push(reader.record(row)),
  );
  return records;
}

function shareOf(time: number, { from, to }: Span): number {
  return to <= from ? 1 : Math.max(0, Math.min(1, (time - from) / (to - from)));
}

function joined(a: Visit, b: Visit): Visit {
  return {
    imei: a.imei,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    records: a.records + b.records,
  };
}
