import { existsSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { TrackerError } from "../../errors";
import type { Changes, Copy, Found, Opened, Store } from "../../fleet/store";
import type { JournalEntry } from "../../journal/entry";
import { bytesOfMessages } from "./inbox-bytes";
import { endedProblem, lockedProblem, problemOf } from "./problems";
import { StoreThread } from "./thread";

/** False in Node.js 22.9 to 22.12, unless it is started with --experimental-sqlite. Loads nothing. */
export function hasSqlite(): boolean {
  return isBuiltin("node:sqlite");
}

/** Files that stores of this process own or ask for: of two stores the first gets the file, not the faster. */
const TAKEN = new Set<string>();

/** New messages of the inbox as bytes, where changes are nothing else: they come often, and go into a log of their own. */
function newMessages({ inbox, ...others }: Changes): Uint8Array<ArrayBuffer> | undefined {
  if (inbox === undefined || inbox.size === 0) return undefined;
  if (Object.values(others).some((changes) => changes !== undefined)) return undefined;
  const messages = [...inbox.values()].filter((message) => message !== null);
  return messages.length < inbox.size ? undefined : bytesOfMessages(messages);
}

/** What was never open cannot be lost. */
function notOpened(error: unknown): unknown {
  return error instanceof TrackerError && error.code === "STORE_LOST"
    ? new TrackerError({ code: "STORE_FAILED", message: error.message })
    : error;
}

/** Keeps a registry in a SQLite database, which a thread of its own reads and writes. */
export class SqliteStore implements Store {
  readonly kind = "sqlite";
  private readonly wanted: string;
  /** The file itself, where a link leads to it. */
  private path: string;
  private thread: StoreThread | undefined;
  /** The thread has ended by itself. */
  private lost = false;
  /** What was put aside while it was in use. */
  private found: Found | undefined;

  constructor(path: string) {
    this.wanted = resolve(path);
    this.path = this.wanted;
  }

  async open(): Promise<Opened> {
    const path = existsSync(this.wanted) ? realpathSync(this.wanted) : this.wanted;
    if (this.thread !== undefined || TAKEN.has(path)) throw new TrackerError(lockedProblem(path));
    this.path = path;
    this.lost = false;
    const thread = this.startThread();
    TAKEN.add(path);
    try {
      const opened = { ...this.found, ...((await thread.request("open")) as Opened) };
      this.found = undefined;
      return opened;
    } catch (error) {
      this.thread = undefined;
      TAKEN.delete(path);
      await thread.end();
      throw notOpened(error);
    }
  }

  async commit(changes: Changes): Promise<void> {
    const messages = newMessages(changes);
    if (messages === undefined) await this.opened().request("commit", changes);
    else await this.opened().request("keep", messages, [messages.buffer]);
  }

  async journal(imei: string): Promise<JournalEntry[]> {
    return (await this.opened().request("journal", imei)) as JournalEntry[];
  }

  async copy(): Promise<void> {
    await this.opened().request("copy");
  }

  async readCopy(name: string | undefined): Promise<Copy> {
    return (await this.opened().request("readCopy", name)) as Copy;
  }

  async close(): Promise<void> {
    const { thread } = this;
    this.lost = false;
    if (thread === undefined) return;
    this.thread = undefined;
    TAKEN.delete(this.path);
    try {
      this.found = (await thread.request("close")) as Found | undefined;
    } finally {
      await thread.end();
    }
  }

  private startThread(): StoreThread {
    try {
      const thread = new StoreThread(this.path);
      this.thread = thread;
      thread.ended.then(() => {
        if (this.thread !== thread) return;
        this.thread = undefined;
        this.lost = true;
        TAKEN.delete(this.path);
      });
      return thread;
    } catch (error) {
      throw new TrackerError(problemOf(error, this.path));
    }
  }

  private opened(): StoreThread {
    if (this.thread !== undefined) return this.thread;
    if (this.lost) throw new TrackerError(endedProblem(this.path, "its thread has ended"));
    throw new TrackerError({ code: "STORE_FAILED", message: `${this.path} is not open` });
  }
}
