import { join, resolve } from "node:path";
import { TrackerError } from "../../errors";
import type { RecordBatch } from "../../history/batch";
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
  SeenQuery,
  Series,
  SeriesQuery,
  Visit,
  WasSeen,
} from "../../history/port";
import type { PlainTable } from "../../history/table";
import { endedProblem, lockedProblem, problemOf } from "../sqlite/problems";
import { StoreThread } from "../sqlite/thread";
import type { HistoryMethod } from "./requests";

const SCRIPT = join(__dirname, "worker.js");
/** Files that histories of this process own. */
const TAKEN = new Set<string>();

/**
 * Keeps history in files of its own: a SQLite database `path` and a commit log beside it (`path-log0`, `path-log1`),
 * which a thread of its own reads and writes. Needs `hasSqlite()`.
 */
export class SqliteHistory implements HistoryStore {
  readonly kind = "sqlite";
  private readonly path: string;
  private thread: StoreThread | undefined;
  private isLost = false;

  constructor(path: string) {
    this.path = resolve(path);
  }

  async open(): Promise<HistoryFound> {
    if (this.thread !== undefined || TAKEN.has(this.path)) throw new TrackerError(lockedProblem(this.path));
    const thread = this.start();
    TAKEN.add(this.path);
    try {
      return (await thread.request("open")) as HistoryFound;
    } catch (error) {
      this.thread = undefined;
      await thread.end();
      TAKEN.delete(this.path);
      throw error;
    }
  }

  async append(batch: RecordBatch): Promise<void> {
    await this.ask("append", batch);
  }

  async commit(): Promise<void> {
    await this.ask("commit");
  }

  async records(query: RecordsQuery): Promise<Page> {
    return (await this.ask("records", query)) as Page;
  }

  async last(query: LastQuery): Promise<PlainTable> {
    return (await this.ask("last", query)) as PlainTable;
  }

  async overview(query: OverviewQuery): Promise<Overview> {
    return (await this.ask("overview", query)) as Overview;
  }

  async series(query: SeriesQuery): Promise<Series> {
    return (await this.ask("series", query)) as Series;
  }

  async area(query: AreaQuery): Promise<readonly Visit[]> {
    return (await this.ask("area", query)) as Visit[];
  }

  async extent(imei: string): Promise<Extent | undefined> {
    return (await this.ask("extent", imei)) as Extent | undefined;
  }

  async wasSeen(queries: readonly SeenQuery[]): Promise<readonly WasSeen[]> {
    return (await this.ask("wasSeen", queries)) as WasSeen[];
  }

  async remove(imei: string): Promise<void> {
    await this.ask("remove", imei);
  }

  async retain(retention: Retention, now: number): Promise<boolean> {
    return (await this.ask("retain", { retention, now })) as boolean;
  }

  async status(): Promise<HistoryStatus> {
    return (await this.ask("status")) as HistoryStatus;
  }

  async close(): Promise<void> {
    const { thread } = this;
    this.isLost = false;
    if (thread === undefined) return;
    this.thread = undefined;
    try {
      await thread.request("close");
    } finally {
      await thread.end();
      TAKEN.delete(this.path);
    }
  }

  private ask(method: HistoryMethod, argument?: unknown): Promise<unknown> {
    return this.opened().request(method, argument);
  }

  private start(): StoreThread {
    try {
      const thread = new StoreThread(this.path, SCRIPT);
      this.thread = thread;
      this.isLost = false;
      thread.ended.then(() => {
        if (this.thread !== thread) return;
        this.thread = undefined;
        this.isLost = true;
        TAKEN.delete(this.path);
      });
      return thread;
    } catch (error) {
      throw new TrackerError(problemOf(error, this.path));
    }
  }

  private opened(): StoreThread {
    if (this.thread !== undefined) return this.thread;
    if (this.isLost) throw new TrackerError(endedProblem(this.path, "its thread has ended"));
    throw new TrackerError({ code: "STORE_FAILED", message: `${this.path} is not open` });
  }
}
