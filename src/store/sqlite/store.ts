import { existsSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { TrackerError } from "../../errors";
import type { Changes, Copy, Found, Opened, Store } from "../../fleet/store";
import type { JournalEntry } from "../../journal/entry";
import { ThreadOwner } from "./thread-owner";

/** False in Node.js 22.9 to 22.12, unless it is started with --experimental-sqlite. Loads nothing. */
export function hasSqlite(): boolean {
  return isBuiltin("node:sqlite");
}

/** Files that stores of this process own or ask for: of two stores the first gets the file, not the faster. */
const TAKEN = new Set<string>();

/** What was never open cannot be lost. */
function notOpened(error: unknown): unknown {
  return error instanceof TrackerError && error.code === "STORE_LOST"
    ? new TrackerError({ code: "STORE_FAILED", message: error.message })
    : error;
}

/** Keeps a registry in a SQLite database, which a thread of its own reads and writes. */
export class SqliteStore implements Store {
  readonly kind = "sqlite";
  private readonly path: string;
  private readonly owner: ThreadOwner;
  /** What was put aside while it was in use. */
  private found: Found | undefined;

  constructor(path: string) {
    this.path = resolve(path);
    this.owner = new ThreadOwner(this.path, TAKEN);
  }

  async open(): Promise<Opened> {
    // The file itself, where a link leads to it.
    const path = existsSync(this.path) ? realpathSync(this.path) : this.path;
    const thread = this.owner.start(path);
    try {
      const opened = { ...this.found, ...((await thread.request("open")) as Opened) };
      this.found = undefined;
      return opened;
    } catch (error) {
      this.owner.letGo();
      TAKEN.delete(path);
      await thread.end();
      throw notOpened(error);
    }
  }

  async commit(changes: Changes): Promise<void> {
    await this.owner.ask("commit", changes);
  }

  async journal(imei: string): Promise<JournalEntry[]> {
    return (await this.owner.ask("journal", imei)) as JournalEntry[];
  }

  async copy(): Promise<void> {
    await this.owner.ask("copy");
  }

  async readCopy(name: string | undefined): Promise<Copy> {
    return (await this.owner.ask("readCopy", name)) as Copy;
  }

  async close(): Promise<void> {
    const thread = this.owner.close();
    if (thread === undefined) return;
    TAKEN.delete(thread.path);
    try {
      this.found = (await thread.request("close")) as Found | undefined;
    } finally {
      await thread.end();
    }
  }
}
