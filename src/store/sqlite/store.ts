import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { TrackerError } from "../../errors";
import type { HistoryEntry } from "../../registry/device";
import type { Changes, Store, Stored } from "../../registry/store";
import { problemOf } from "./problems";
import { StoreThread } from "./thread";

/** False in Node.js 22.9 to 22.12, unless it is started with --experimental-sqlite. Loads nothing. */
export function hasSqlite(): boolean {
  return isBuiltin("node:sqlite");
}

/** Keeps a registry in a SQLite database, which a thread of its own reads and writes. */
export class SqliteStore implements Store {
  readonly kind = "sqlite";
  private readonly path: string;
  private thread: StoreThread | undefined;

  constructor(path: string) {
    this.path = resolve(path);
  }

  async open(): Promise<Stored> {
    if (this.thread !== undefined) {
      throw new TrackerError({ code: "STORE_LOCKED", message: `${this.path} is open already` });
    }
    const thread = this.startThread();
    try {
      return (await thread.request("open")) as Stored;
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  async commit(changes: Changes): Promise<void> {
    await this.opened().request("commit", changes);
  }

  async history(imei: string): Promise<HistoryEntry[]> {
    return (await this.opened().request("history", imei)) as HistoryEntry[];
  }

  async close(): Promise<void> {
    const { thread } = this;
    this.thread = undefined;
    try {
      await thread?.request("close");
    } finally {
      await thread?.end();
    }
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
      throw new TrackerError(problemOf(error, this.path));
    }
  }

  private opened(): StoreThread {
    if (this.thread !== undefined) return this.thread;
    throw new TrackerError({ code: "STORE_FAILED", message: `${this.path} is not open` });
  }
}
