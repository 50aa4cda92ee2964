import type { Clock } from "../clock";
import type { Listeners } from "../listeners";
import type { OwnRecord } from "../model/message";
import type { Share } from "../owner";
import type { Marks } from "../state/live";
import type { LiveState } from "../state/live-state";
import type { CommandBook } from "./book";
import type { Command } from "./command";
import type { Reason } from "./machine";
import type { CommandsPort } from "./port";
import type { CommandTargets } from "./read";
import type { CommandSettings } from "./settings";

/** What the commander needs of the fleet whose devices it commands. */
export interface CommandedFleet extends CommandTargets {
  readonly clock: Clock;
  readonly states: { get(imei: string): LiveState | undefined };
  readonly commands: CommandBook;
  /** Whether a record of this time has surely not come before this run. */
  readonly dedupe: { reaches(imei: string, time: number): boolean };
  readonly connections: {
    isListening(imei: string): boolean | undefined;
    /** Tells of every device that hears commands from now on; returns how to stop it. */
    onListening(listener: (imei: string) => void): () => void;
  };
  readonly revisions: { touch(imei: string): void };
  readonly onRecord: Pick<Listeners<[record: OwnRecord, marks: Marks]>, "add">;
  readonly onStatus: Pick<Listeners<[change: { readonly imei: string; readonly change: string }]>, "add">;
  /** Asks before devices are removed; where that is rejected, they stay. Returns how to stop it. */
  onRemoval(listener: (imeis: readonly string[]) => Promise<void>): () => void;
  /** Does some work while nobody else writes. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Writes; only inside {@link exclusively}, or when a removal is prepared. */
  commit(shares: { readonly commands: Share<CommandsPort["changes"]> }): Promise<void>;
}

/** What is to be published at QoS 1, never retained. */
export interface OutgoingFrame {
  readonly topic: string;
  readonly frame: Uint8Array;
}

/** What the commander needs from its owner. None of it may throw. */
export interface CommanderPort {
  newId(): string;
  /** Why {@link send} would not find somebody who can send it; undefined where it would. */
  noSender(command: Command): Reason | undefined;
  send(command: Command, outgoing: OutgoingFrame): void;
  /** Told after every change of a command, once the store has it. */
  report(command: Command): void;
}

/** Who gives a command. */
export interface Caller {
  readonly settings: CommandSettings;
  /** For the history. */
  readonly by: string;
  /** Kept with the command, so that the owner knows who is to send it and hears of it. */
  readonly origin: string;
}
