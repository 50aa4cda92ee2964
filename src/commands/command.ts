import type { Delivery, TriedPolarity } from "../device-config/output-safety";
import type { OutputState, Switching } from "../model/output";

/** How far a command has come; those after `received` are final. docs/commands.md says what each means. */
export const COMMAND_STATUSES = [
  "accepted",
  "waiting",
  "sent",
  "received",
  "confirmed",
  "refused",
  "expired",
  "superseded",
  "unconfirmed",
  "cancelled",
] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

const RUNNING: readonly CommandStatus[] = ["accepted", "waiting", "sent", "received"];
/** Given out, and nothing says yet whether it was done. */
const OUT: readonly CommandStatus[] = ["sent", "received"];

/** One step of a command's life. */
export interface Entry {
  /** Epoch milliseconds, own clock. */
  readonly time: number;
  readonly status: CommandStatus;
  /** Stable, for programs: docs/commands.md, "Codes". */
  readonly code: string;
  /** One plain English sentence. */
  readonly reason: string;
}

/** A frame that was given out to be sent. */
export interface Sending {
  /** 1 to 255. */
  readonly uniqueId: number;
  /** Epoch milliseconds, own clock. */
  readonly time: number;
  /**
   * Epoch milliseconds, a whole second on the device's clock: the frame is not executed after it. Absent where a
   * version wrote it whose frames had the command's own.
   */
  readonly expires?: number;
}

/** A command with all that became of it. Plain data, never changed: a step makes a new one. */
export interface Command extends Switching {
  readonly id: string;
  readonly imei: string;
  readonly delivery: Delivery;
  /** Epoch milliseconds, a whole second: not sent from then on, nor executed after it. */
  readonly expires: number;
  /** It is a trial: sent with this polarity, whatever the device config says. Absent where it is none. */
  readonly trial?: TriedPolarity;
  /** It is sent although it is not safe. */
  readonly override: boolean;
  /** Who gave it. */
  readonly by: string;
  /** Who is to send it, in words of the owner of the commander. */
  readonly origin: string;
  /** Milliseconds that a confirmation may take. */
  readonly confirmWithin: number;
  /** How often it is sent again at most; a timed one never is. */
  readonly retries: number;
  /** Sendings to the device in a minute, of all its commands, with which this one may still be sent. */
  readonly maxPerMinute: number;
  /** Epoch milliseconds, own clock. */
  readonly createdAt: number;
  readonly status: CommandStatus;
  readonly sendings: readonly Sending[];
  /** Oldest first; the last one has the command's status. */
  readonly history: readonly Entry[];
}

/** What is kept of the sendings to a device, whatever becomes of its commands. */
export interface DeviceSendings {
  /** The unique id of the last sending. */
  readonly uniqueId: number;
  /** Epoch milliseconds, own clock: the sendings of the last minute. */
  readonly times: readonly number[];
}

/** Finished commands kept of a device; older ones are forgotten. */
export const FINISHED_LENGTH = 50;

export const MAX_UNIQUE_ID = 255;

export function isRunning({ status }: Command): boolean {
  return RUNNING.includes(status);
}

export function isOut({ status }: Pick<Command, "status">): boolean {
  return OUT.includes(status);
}

/**
 * The unique id of the next sending: another one than the last. Where none is known the time of day gives one,
 * because a device may still remember a 1 from before its registry was lost.
 */
export function nextUniqueId(last: number | undefined, now: number): number {
  const before = last ?? Math.floor(now / 1000);
  return (before % MAX_UNIQUE_ID) + 1;
}

/** The state that an output has to report, as its attribute has it. */
export function isOn(state: OutputState): boolean {
  return state === "on";
}
