import { existsSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import type { AskedRecord } from "../../dedupe/port";
import type { Device } from "../../devices/device";
import { TrackerError } from "../../errors";
import type {
  Changes,
  Copy,
  Found,
  Opened,
  Store,
  StoredPage,
  TakePage,
  Unreadable,
} from "../../fleet/store";
import type { JournalEntry } from "../../journal/entry";
import type { LiveState } from "../../state/live-state";
import { readRows } from "./documents";
import { bytesOfMessages } from "./inbox-bytes";
import type { LongTable, PageRequest, TablePage } from "./pages";
import type { StoreThread } from "./thread";
import { ThreadOwner } from "./thread-owner";

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

/** The pages of a table; the next one is read while one is worked on. */
async function* pagesOf(thread: StoreThread, table: LongTable): AsyncGenerator<TablePage> {
  const read = (request: PageRequest) => thread.request("page", request) as Promise<TablePage>;
  for (let next: Promise<TablePage> | undefined = read({ table, after: 0 }); next !== undefined; ) {
    const page: TablePage = await next;
    next = page.next && read(page.next);
    // It is awaited later, and may be rejected before.
    next?.catch(() => undefined);
    yield page;
    // A port hands over all that waits in it before anything else gets its turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Keeps a registry in a SQLite database, which a thread of its own reads and writes. */
export class SqliteStore implements Store {
  readonly kind = "sqlite";
  private readonly path: string;
  private readonly owner: ThreadOwner;
  /** All documents of the long tables could be read. */
  private areSound = true;
  /** What was put aside while it was in use. */
  private found: Found | undefined;

  constructor(path: string) {
    this.path = resolve(path);
    this.owner = new ThreadOwner(this.path, TAKEN);
  }

  async open(take?: TakePage): Promise<Opened> {
    // The file itself, where a link leads to it.
    const path = existsSync(this.path) ? realpathSync(this.path) : this.path;
    const thread = this.owner.start(path);
    try {
      const opened = { ...this.found, ...((await thread.request("open")) as Opened) };
      this.found = undefined;
      return await this.readLong(thread, opened, take);
    } catch (error) {
      this.owner.letGo();
      TAKEN.delete(path);
      await thread.end();
      throw notOpened(error);
    }
  }

  async commit(changes: Changes): Promise<void> {
    const messages = newMessages(changes);
    if (messages === undefined) await this.owner.ask("commit", changes);
    else await this.owner.ask("keep", messages, [messages.buffer]);
  }

  async journal(imei: string): Promise<JournalEntry[]> {
    return (await this.owner.ask("journal", imei)) as JournalEntry[];
  }

  async wasSeen(records: readonly AskedRecord[]): Promise<boolean[]> {
    return (await this.owner.ask("wasSeen", records)) as boolean[];
  }

  async copy(): Promise<void> {
    await this.owner.ask("copy", this.areSound);
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

  /** Reads the long tables, devices first, and hands them on, or adds them to what was opened. */
  private async readLong(thread: StoreThread, opened: Opened, take?: TakePage): Promise<Opened> {
    const unreadable: Unreadable[] = [];
    const devices: Device[] = [];
    const state: (readonly [string, LiveState])[] = [];
    const collect = (page: StoredPage) => {
      devices.push(...page.devices);
      state.push(...page.state);
    };
    const give = take ?? collect;
    for (const table of ["device", "state"] as const) {
      for await (const { rows } of pagesOf(thread, table)) {
        if (table === "state") give({ devices: [], state: readRows(table, rows, unreadable) });
        else give({ devices: readRows<Device>(table, rows, unreadable).map(([, one]) => one), state: [] });
      }
    }
    this.areSound = unreadable.length === 0;
    const stored = { ...opened.stored, devices: { ...opened.stored.devices, devices }, state };
    const all = [...(opened.unreadable ?? []), ...unreadable];
    return all.length === 0 ? { ...opened, stored } : { ...opened, stored, unreadable: all };
  }
}
