import type { JournalEntry } from "./entry";

/** Entries kept of a device; older ones are forgotten. */
export const JOURNAL_LENGTH = 100;

/** What a store keeps for the journal. Entries are read when they are asked for, not at opening. */
export interface JournalPort {
  readonly stored: undefined;
  readonly changes: {
    /** Oldest first. Of each device the store keeps the last {@link JOURNAL_LENGTH}. */
    readonly entries: readonly JournalEntry[];
    /** Devices whose entries go, also those of the same changes. */
    readonly forgotten: readonly string[];
  };
}

/** How the entries of a device are read, newest first. */
export type ReadJournal = (imei: string) => Promise<JournalEntry[]>;
