import { join, resolve } from "node:path";
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
  Series,
  SeriesQuery,
  Visit,
  WasSeen,
} from "../../history/port";
import type { PlainTable } from "../../history/table";
import { ThreadOwner } from "../sqlite/thread-owner";
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
  private readonly owner: ThreadOwner;

  constructor(path: string) {
    this.owner = new ThreadOwner(resolve(path), TAKEN, SCRIPT);
  }

  async open(): Promise<HistoryFound> {
    const thread = this.owner.start();
    try {
      return (await thread.request("open")) as HistoryFound;
    } catch (error) {
      this.owner.letGo();
      await thread.end();
      TAKEN.delete(thread.path);
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

  async wasSeen(batch: RecordBatch): Promise<readonly WasSeen[]> {
    return (await this.ask("wasSeen", batch)) as WasSeen[];
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
    const thread = this.owner.close();
    if (thread === undefined) return;
    try {
      await thread.request("close");
    } finally {
      await thread.end();
      TAKEN.delete(thread.path);
    }
  }

  private ask(method: HistoryMethod, argument?: unknown): Promise<unknown> {
    return this.owner.ask(method, argument);
  }
}
