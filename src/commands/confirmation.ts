import type { NormalizedRecord } from "../model/message";
import { outputLabel } from "../model/output";
import { findProtocol } from "../protocols/index";
import { hasKnownTime, type Marks } from "../state/live";
import { type Command, isOut } from "./command";
import type { Reason } from "./machine";

/** A device may say that a command has come in the second after it did. */
const LATEST_WORD = 1000;

/** A record of a device as it was marked, and when it came (own clock, milliseconds). */
export interface Heard {
  readonly record: NormalizedRecord;
  readonly marks: Marks;
  readonly now: number;
}

/**
 * Why a record shows that a command was done, or undefined where it does not. `sentAt` is when the command was
 * first handed over, in milliseconds.
 */
export function confirmation(command: Command, heard: Heard, sentAt: number): Reason | undefined {
  const { record } = heard;
  if (!isOut(command) || !isWordAfter(heard, sentAt)) return undefined;
  if (!findProtocol(record.protocol)?.outputs?.confirm(record, command)) return undefined;
  const said = record.kind === "event" ? "has said that it switched" : "has reported";
  const is = record.kind === "event" ? "to" : "as";
  const reason = `the device ${said} ${outputLabel(command.output)} ${is} ${command.state}`;
  return { code: "CONFIRMED", reason };
}

/**
 * The command that a record shows to have come, or undefined. A device does not say which one has, so it has to be the
 * only one in flight. `known` gives all commands of the device that are kept, also finished ones, which may still be
 * on their way.
 */
export function receivedCommand(
  known: () => readonly Command[],
  heard: Heard,
  sentAt: (command: Command) => number,
): Command | undefined {
  const { record } = heard;
  if (record.kind !== "event" || !findProtocol(record.protocol)?.outputs?.isReceipt(record)) return undefined;
  const [command, ...others] = known().filter((one) => isInFlight(one, record.time));
  if (command?.status !== "sent" || others.length > 0) return undefined;
  return isWordAfter(heard, sentAt(command)) ? command : undefined;
}

/** What says that a command has come. */
export const RECEIPT: Reason = { code: "RECEIVED", reason: "the device has said that it has received it" };

/**
 * A device's time is a whole second. So only a later second than that of the sending is surely after it. What comes
 * from the future shows that the clocks differ, and so proves nothing.
 */
function isWordAfter({ record, marks, now }: Heard, sentAt: number): boolean {
  if (record.kind === "file" || marks.late || marks.duplicate || marks.otherProtocol) return false;
  return hasKnownTime(marks) && record.time <= now && secondOf(record.time) > secondOf(sentAt);
}

/**
 * Whether a device could come upon a command at a time of its own clock: until its frame ends, once. That it was
 * confirmed does not say that it has come: the output may have been in the wanted state before.
 */
function isInFlight(command: Command, time: number): boolean {
  const receipt = command.history.find(({ code }) => code === "RECEIVED");
  return isInTime(command, time) && !((receipt?.time ?? time) < time);
}

/** Whether a device could say at a time of its own clock that the command that was sent has come. */
export function isInTime({ sendings, expires }: Command, time: number): boolean {
  const last = sendings.at(-1);
  return last !== undefined && time <= (last.expires ?? expires) + LATEST_WORD;
}

/** When it became known that the device has a command, or that it was done (own clock). */
export function comeAt({ history }: Command): number | undefined {
  return history.find(({ code }) => code === "RECEIVED" || code === "CONFIRMED")?.time;
}

function secondOf(time: number): number {
  return Math.floor(time / 1000);
}
