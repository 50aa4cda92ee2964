import type { AlarmsPort } from "../alarms/port";
import type { CommandsPort } from "../commands/port";
import type { AskSeen, DedupePort } from "../dedupe/port";
import type { DevicesPort } from "../devices/port";
import type { FencesPort } from "../fences/port";
import type { InboxPort } from "../inbox/port";
import type { JournalPort, ReadJournal } from "../journal/port";
import type { ShareLinksPort } from "../shares/port";
import type { StatePort } from "../state/port";
import type { TripsPort } from "../trips/port";

/** The ports of all owners: what a store implements. A new owner is one more line. */
export interface Ports {
  readonly devices: DevicesPort;
  readonly state: StatePort;
  readonly dedupe: DedupePort;
  readonly inbox: InboxPort;
  readonly commands: CommandsPort;
  readonly journal: JournalPort;
  readonly fences: FencesPort;
  readonly shareLinks: ShareLinksPort;
  readonly trips: TripsPort;
  readonly alarms: AlarmsPort;
}
export type OwnerName = keyof Ports;

/** What is in a store when it is opened, by owner. */
export type Stored = { readonly [Name in OwnerName]: Ports[Name]["stored"] };

/** What is to be written, as a whole or not at all, by owner. */
export type Changes = { readonly [Name in OwnerName]?: Ports[Name]["changes"] | undefined };

/** What was found wrong with a store when it was opened. */
export interface Found {
  /** Where a damaged file was put; absent when there was none. */
  readonly setAside?: string;
  /** Name of the last good copy of what was put aside; absent where there is none. */
  readonly copy?: string;
  /** The file was written over, cut off or replaced while it was in use. */
  readonly inUse?: true;
  /** What could not be read and was left out; absent where all could. */
  readonly unreadable?: readonly Unreadable[];
}

/** A row that could not be read. */
export interface Unreadable {
  readonly table: string;
  /** IMEI, or the id of a command, message, fence, link to share or alarm. */
  readonly key: string;
}

export interface Opened extends Found {
  readonly stored: Stored;
}

/** A part of what is in a store, of which there is as much as the fleet is large. */
export interface StoredPage {
  readonly devices: DevicesPort["stored"]["devices"];
  readonly state: StatePort["stored"];
}

export type TakePage = (page: StoredPage) => void;

/** The last good copy of a store, and what is in it. */
export interface Copy {
  readonly name: string;
  readonly devices: DevicesPort["stored"]["devices"];
  readonly states: StatePort["stored"];
}

/**
 * Where a fleet keeps what it knows. All methods reject with a TrackerError: `STORE_LOCKED` (in use by
 * another registry or program), `STORE_READ_ONLY`, `STORE_FULL` (no space), `STORE_NEWER` (written by a newer
 * version of this package), `STORE_LOST` (the file is gone or damaged, or what keeps it open has ended: to be closed,
 * opened and written as a whole again), `STORE_FAILED` (anything else, with what the system said).
 */
export interface Store {
  readonly kind: "sqlite" | "memory";
  /**
   * Takes the store for this fleet alone and reads it. After a rejection it can be called again. Devices and states may be
   * handed to `take`, where that is given, page by page and devices first; they are not in what this resolves with then.
   */
  open(take?: TakePage): Promise<Opened>;
  /** Resolves when the changes are safe, also from a power cut (as far as the kind can). */
  commit(changes: Changes): Promise<void>;
  readonly journal: ReadJournal;
  /** Of records that came before there was a history. */
  readonly wasSeen: AskSeen;
  /** Takes the day's copy of what is in the store, unless there is nothing or not all of it is sound. */
  copy(): Promise<void>;
  /** Reads a copy, without a name the one to restore from. Rejects with `COPY_UNKNOWN`. */
  readCopy(name: string | undefined): Promise<Copy>;
  close(): Promise<void>;
}
