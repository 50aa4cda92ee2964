import type { Command, DeviceSendings } from "../commands/command";
import type { Device, JournalEntry, LiveState, Pending } from "../devices/device";
import type { InboxMessage } from "./directory";

/** Journal entries kept of a device; older ones are forgotten. */
export const JOURNAL_LENGTH = 100;

/** Part of what is remembered to recognise repeated records; see seen.ts. */
export interface SeenChunk {
  readonly imei: string;
  /** Counts up from 0; a new chunk replaces the one with the same `number % SEEN_CHUNKS`. */
  readonly number: number;
  /** At most SEEN_CHUNK_LENGTH fingerprints, oldest first. */
  readonly prints: Float64Array;
}

/** What is in a store when it is opened. */
export interface Stored extends StoredCommands {
  readonly devices: readonly Device[];
  readonly states: readonly (readonly [imei: string, state: LiveState])[];
  readonly pending: readonly Pending[];
  readonly seen: readonly SeenChunk[];
  readonly inbox: readonly InboxMessage[];
  /** Where a damaged file was put; absent when there was none. */
  readonly setAside?: string;
  /** Name of the last good copy of what was put aside; absent where there is none. */
  readonly copy?: string;
  /** The file was written over, cut off or replaced while it was in use. */
  readonly inUse?: true;
  /** What could not be read and was left out; absent where all could. */
  readonly unreadable?: readonly Unreadable[];
}

/** What was found wrong with a store when it was opened. */
export type Found = Pick<Stored, "setAside" | "copy" | "inUse" | "unreadable">;

/** A row that could not be read. */
export interface Unreadable {
  readonly table: string;
  /** IMEI, or the id of a command or message. */
  readonly key: string;
}

/** The last good copy of a store, and what is in it. */
export interface Copy {
  readonly name: string;
  readonly devices: readonly Device[];
  readonly states: readonly (readonly [imei: string, state: LiveState])[];
}

/** What a store has of commands. */
export interface StoredCommands {
  /** In the order in which they were given. */
  readonly commands: readonly Command[];
  readonly sendings: readonly (readonly [imei: string, sendings: DeviceSendings])[];
}

/** What is to be written of commands. */
export interface CommandChanges {
  /** By id. */
  readonly commands?: ReadonlyMap<string, Command | null>;
  readonly sendings?: ReadonlyMap<string, DeviceSendings>;
}

/** What is to be written, as a whole or not at all. Null removes. */
export interface Changes extends CommandChanges {
  /** A removed device takes its state, its fingerprints, its journal and its commands with it. */
  readonly devices?: ReadonlyMap<string, Device | null>;
  readonly states?: ReadonlyMap<string, LiveState>;
  readonly pending?: ReadonlyMap<string, Pending | null>;
  readonly seen?: readonly SeenChunk[];
  readonly journal?: readonly JournalEntry[];
  /** By id. */
  readonly inbox?: ReadonlyMap<number, InboxMessage | null>;
}

/**
 * Where a registry keeps what it knows. All methods reject with a TrackerError: `STORE_LOCKED` (in use by
 * another registry or program), `STORE_READ_ONLY`, `STORE_FULL` (no space), `STORE_NEWER` (written by a newer
 * version of this package), `STORE_LOST` (the file is gone or damaged, or what keeps it open has ended: to be closed,
 * opened and written as a whole again), `STORE_FAILED` (anything else, with what the system said).
 */
export interface Store {
  readonly kind: "sqlite" | "memory";
  /** Takes the store for this registry alone and reads it. After a rejection it can be called again. */
  open(): Promise<Stored>;
  /** Resolves when the changes are safe, also from a power cut (as far as the kind can). */
  commit(changes: Changes): Promise<void>;
  /** A device's journal, newest first. */
  journal(imei: string): Promise<JournalEntry[]>;
  /** Takes the day's copy of what is in the store, unless there is nothing or not all of it is sound. */
  copy(): Promise<void>;
  /** Reads a copy, without a name the one to restore from. Rejects with `COPY_UNKNOWN`. */
  readCopy(name: string | undefined): Promise<Copy>;
  close(): Promise<void>;
}
