import type { Registry } from "../fleet/fleet";
import type { Connections } from "../state/connections";
import type { Command } from "./command";
import type { Reason } from "./machine";
import type { CommandSettings } from "./settings";

/** What the commander needs of the registry whose devices it commands. */
export type CommandedRegistry = Pick<
  Registry,
  | "clock"
  | "device"
  | "live"
  | "configFor"
  | "revisions"
  | "commands"
  | "exclusively"
  | "commitCommands"
  | "onRecord"
  | "onRemoval"
  | "onChange"
> & { readonly connections: Pick<Connections, "isListening" | "onListening"> };

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
