import { TrackerError } from "../../errors";
import type { RecordBatch } from "../../history/batch";
import { overviewOf, seriesOf, visitsOf } from "../../history/charts";
import type { Chunks } from "../../history/chunks";
import { Hot } from "../../history/hot";
import type {
  AreaQuery,
  Extent,
  HistoryFound,
  HistoryStatus,
  HistoryStore,
  LastQuery,
  Overview,
  OverviewQuery,
  Page,
  RecordsQuery,
  Retention,
  Series,
  SeriesQuery,
  Visit,
  WasSeen,
} from "../../history/port";
import { HistoryReading } from "../../history/reading";
import type { PlainTable } from "../../history/table";

/** What came within it is kept, as far as the bytes reach. */
export const MEMORY_MS = 3_600_000;
/** A reading of a car takes about 200 bytes. */
export const MEMORY_BYTES = 16 << 20;

const NO_CHUNKS: Chunks = {
  headsOf: () => [],
  headsIn: () => [],
  load: () => undefined,
  endsOf: () => undefined,
};

interface Arrival {
  readonly number: number;
  readonly at: number;
}

/** Keeps what came in the last hour, and no more bytes than it may, as long as the process runs. */
export class MemoryHistory implements HistoryStore {
  readonly kind = "memory";
  private readonly hot = new Hot();
  private readonly reading = new HistoryReading(NO_CHUNKS, () => [this.hot]);
  /** Oldest first. */
  private arrivals: Arrival[] = [];
  private isOpen = false;

  constructor(
    private readonly now: () => number = Date.now,
    private readonly bytes = MEMORY_BYTES,
  ) {}

  async open(): Promise<HistoryFound> {
    this.isOpen = true;
    return { damaged: 0 };
  }

  async append(batch: RecordBatch): Promise<void> {
    this.opened();
    this.arrivals.push({ number: this.hot.add(batch), at: this.now() });
    this.forget(MEMORY_MS, this.bytes);
  }

  async commit(): Promise<void> {
    this.opened();
  }

  async records(query: RecordsQuery): Promise<Page> {
    return this.opened().page(query);
  }

  async last(query: LastQuery): Promise<PlainTable> {
    return this.opened().last(query);
  }

  async overview(query: OverviewQuery): Promise<Overview> {
    return overviewOf(NO_CHUNKS, this.opened(), query);
  }

  async series(query: SeriesQuery): Promise<Series> {
    return seriesOf(this.opened(), query);
  }

  async area(query: AreaQuery): Promise<readonly Visit[]> {
    return visitsOf(NO_CHUNKS, this.opened(), query, this.hot.devicesWithin(query));
  }

  async extent(imei: string): Promise<Extent | undefined> {
    return this.opened().extent(imei);
  }

  async wasSeen(batch: RecordBatch): Promise<readonly WasSeen[]> {
    return this.opened().wasSeen(batch, 0);
  }

  async remove(imei: string): Promise<void> {
    this.opened();
    this.hot.forget(imei);
  }

  async retain({ age, bytes }: Retention): Promise<boolean> {
    this.opened();
    this.forget(Math.min(age, MEMORY_MS), Math.min(bytes, this.bytes));
    return false;
  }

  async status(): Promise<HistoryStatus> {
    this.opened();
    const { bytes, records, oldest } = this.hot;
    return { damaged: 0, bytes, hot: records, horizon: 0, ...(oldest < Infinity && { oldest }) };
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  private opened(): HistoryReading {
    if (this.isOpen) return this.reading;
    throw new TrackerError({ code: "STORE_FAILED", message: "the history is not open" });
  }

  private forget(age: number, most: number): void {
    const before = this.now() - age;
    const kept = this.arrivals.findIndex(({ number, at }) => {
      if (at > before && this.hot.bytes <= most) return true;
      this.hot.drop(number);
      return false;
    });
    this.arrivals = kept < 0 ? [] : this.arrivals.slice(kept);
  }
}
