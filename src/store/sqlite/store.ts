import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { TrackerError } from "../../errors";
import type { HistoryEntry } from "../../registry/device";
import type { Changes, Store, Stored } from "../../registry/store";
import { lockedProblem, problemOf } from "./problems";
import type { Method } from "./requests";
import { StoreThread } from "./thread";

/** False in Node.js 22.9 to 22.12, unless it is started with --experimental-sqlite. Loads nothing. */
export function hasSqlite(): boolean {
  return isBuiltin("node:sqlite");
}

/** Files that stores of this process own or ask for: of two stores the first gets the file, not the faster. */
const TAKEN = new Set<string>();

/** Keeps a registry in a SQLite database, which a thread of its own reads and writes. */
export class SqliteStore implements Store {
  readonly kind = "sqlite";
  private readonly path: string;
  private thread: StoreThread | undefined;
  private owns = false;
  private reopening: Promise<unknown> | undefined;

  constructor(path: string) {
    this.path = resolve(path);
  }

  async open(): Promise<Stored> {
    if (this.thread !== undefined || (!this.owns && TAKEN.has(this.path))) {
      throw new TrackerError(lockedProblem(this.path));
    }
    this.own(true);
    const thread = this.startThread();
    try {
      return (await thread.request("open")) as Stored;
    } catch (error) {
      this.own(false);
      await thread.end();
      throw error;
    }
  }

  async commit(changes: Changes): Promise<void> {
    await this.request("commit", changes);
  }

  async history(imei: string): Promise<HistoryEntry[]> {
    return (await this.request("history", imei)) as HistoryEntry[];
  }

  async close(): Promise<void> {
    const { thread } = this;
    this.thread = undefined;
    this.own(false);
    try {
      await thread?.request("close");
    } finally {
      await thread?.end();
    }
  }

  private own(owns: boolean): void {
    if (owns) TAKEN.add(this.path);
    else if (this.owns) TAKEN.delete(this.path);
    this.owns = owns;
  }

  private startThread(): StoreThread {
    try {
      const thread = new StoreThread(this.path);
      this.thread = thread;
      thread.ended.then(() => {
        if (this.thread === thread) this.thread = undefined;
      });
      return thread;
    } catch (error) {
      this.own(false);
      throw new TrackerError(problemOf(error, this.path));
    }
  }

  private request(method: Method, argument: unknown): Promise<unknown> {
    // Without an await before it, because requests are answered in the order in which they are made.
    if (this.thread !== undefined) return this.thread.request(method, argument);
    return this.revive().then((thread) => thread.request(method, argument));
  }

  /** A new thread where the last one has ended by itself, because what is not written yet is still to come. */
  private async revive(): Promise<StoreThread> {
    if (this.owns) {
      this.reopening ??= this.open().finally(() => {
        this.reopening = undefined;
      });
      await this.reopening;
    }
    if (this.thread !== undefined) return this.thread;
    throw new TrackerError({ code: "STORE_FAILED", message: `${this.path} is not open` });
  }
}
