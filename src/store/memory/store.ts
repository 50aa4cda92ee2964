import type { AskedRecord } from "../../dedupe/port";
import { TrackerError } from "../../errors";
import type { Changes, Copy, Opened, OwnerName, Store, Stored } from "../../fleet/store";
import type { JournalEntry } from "../../journal/entry";
import { memoryTables } from "./tables";

/** Keeps what it is given as long as the process runs, and no longer. */
export class MemoryStore implements Store {
  readonly kind = "memory";
  private isOpen = false;
  private readonly tables = memoryTables();

  async open(): Promise<Opened> {
    this.isOpen = true;
    const all = Object.entries(this.tables).map(([name, tables]) => [name, tables.all()]);
    return { stored: Object.fromEntries(all) as Stored };
  }

  async commit(changes: Changes): Promise<void> {
    this.checkOpen();
    // Everything that can fail is done before anything is changed.
    const writes = Object.entries(changes).flatMap(([name, ofOwner]) =>
      ofOwner === undefined ? [] : [this.tables[name as OwnerName].prepare(ofOwner as never)],
    );
    for (const write of writes) write();
  }

  async journal(imei: string): Promise<JournalEntry[]> {
    this.checkOpen();
    return this.tables.journal.of(imei);
  }

  async wasSeen(records: readonly AskedRecord[]): Promise<boolean[]> {
    this.checkOpen();
    return records.map(() => false);
  }

  /** What is gone with the process needs no copy. */
  async copy(): Promise<void> {}

  async readCopy(): Promise<Copy> {
    const message = "the registry is in memory only, of which there is no copy";
    throw new TrackerError({ code: "COPY_UNKNOWN", path: "copy", message });
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  private checkOpen(): void {
    if (!this.isOpen) throw new TrackerError({ code: "STORE_FAILED", message: "the registry is not open" });
  }
}
