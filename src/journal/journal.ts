import type { Owner, Share } from "../owner";
import type { JournalEntry } from "./entry";
import { JOURNAL_LENGTH, type JournalPort, type ReadJournal } from "./port";

/** What became of devices. Entries are in memory until the store has them. */
export class Journal implements Owner<JournalPort> {
  /** By IMEI, oldest first. */
  private unsaved = new Map<string, JournalEntry[]>();

  load(): void {}

  add(entry: JournalEntry): void {
    push(this.unsaved, entry);
  }

  /** The entries of a device, newest first; `read` gives those that the store has. */
  async of(imei: string, read: ReadJournal): Promise<JournalEntry[]> {
    const unsaved = this.unsaved.get(imei)?.toReversed() ?? [];
    return [...unsaved, ...(await read(imei))].slice(0, JOURNAL_LENGTH);
  }

  share(): Share<JournalPort["changes"]> {
    const taken = this.unsaved;
    this.unsaved = new Map();
    if (taken.size === 0) return { changes: undefined };
    return {
      changes: { entries: [...taken.values()].flat(), forgotten: [] },
      takeBack: () => {
        for (const entry of [...this.unsaved.values()].flat()) push(taken, entry);
        this.unsaved = taken;
      },
    };
  }

  /** A store that has lost everything keeps what comes from now on. */
  everything(): JournalPort["changes"] {
    return { entries: [], forgotten: [] };
  }

  forget(imeis: readonly string[]): Share<JournalPort["changes"]> {
    return this.write([], imeis);
  }

  /** What a person did is written with the change itself, and so not kept here. */
  write(entries: readonly JournalEntry[], forgotten: readonly string[]): Share<JournalPort["changes"]> {
    return {
      changes: { entries, forgotten },
      committed: () => {
        for (const imei of forgotten) this.unsaved.delete(imei);
      },
    };
  }
}

/** Adds an entry to those of its device, of which the oldest are forgotten as in the store. */
function push(entries: Map<string, JournalEntry[]>, entry: JournalEntry): void {
  entries.set(entry.imei, [...(entries.get(entry.imei) ?? []), entry].slice(-JOURNAL_LENGTH));
}
