import type { NormalizedRecord } from "../model/message";
import { outputLabel } from "../model/output";
import { findProtocol } from "../protocols/index";
import { hasKnownTime, type Marks } from "../state/live";
import type { Command } from "./command";
import type { Reason } from "./machine";

/**
 * Why a record shows that a command was done, or undefined where it does not. `sentAt` is when the command was
 * first handed over, `now` when the record came (own clock, milliseconds).
 *
 * A device's time is a whole second, the one in which it took the reading. So only a later second than that of
 * the sending is surely after it. A reading from the future shows that the clocks differ, and so proves nothing.
 */
export function confirmation(
  command: Command,
  record: NormalizedRecord,
  marks: Marks,
  sentAt: number,
  now: number,
): Reason | undefined {
  if (command.status !== "sent" || record.kind !== "telemetry") return undefined;
  const isTrusted = !marks.late && !marks.duplicate && hasKnownTime(marks) && record.time <= now;
  if (!isTrusted || secondOf(record.time) <= secondOf(sentAt)) return undefined;
  if (!findProtocol(record.protocol)?.outputs?.confirm(record, command)) return undefined;
  const reason = `the device has reported ${outputLabel(command.output)} as ${command.state}`;
  return { code: "CONFIRMED", reason };
}

function secondOf(time: number): number {
  return Math.floor(time / 1000);
}
