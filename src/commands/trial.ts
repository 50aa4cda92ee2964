import { TrackerError } from "../errors";
import { outputLabel } from "../model/output";
import { type Command, isRunning } from "./command";
import { comeAt, confirmation, type Heard, isInTime } from "./confirmation";
import type { Watch } from "./watches";

/** Seconds that a trial may last. */
export const LONGEST_TRIAL = 2;

/**
 * Looks whether a record shows what a trial does. Only the whole pulse shows it, in the order of the device's own times:
 * first to the wanted state, then back. One change alone may be the fall-back of a pulse the other way round, of an
 * output that was not as it was thought to be. What was sent before a restart shows nothing.
 */
export function watchTrial(watch: Watch, command: Command, heard: Heard): void {
  const { record } = heard;
  const { handedAt } = watch;
  if (record.kind !== "event" || handedAt === undefined || !isInTime(command, record.time)) return;
  const back = { ...command, state: command.state === "on" ? "off" : "on" } as const;
  if (confirmation(command, heard, handedAt) !== undefined) {
    watch.switchedAt = Math.min(watch.switchedAt ?? Number.POSITIVE_INFINITY, record.time);
  } else if (confirmation(back, heard, handedAt) !== undefined) {
    watch.backAt = Math.max(watch.backAt ?? Number.NEGATIVE_INFINITY, record.time);
  }
  const { switchedAt, backAt } = watch;
  if (switchedAt === undefined || backAt === undefined || switchedAt >= backAt) return;
  const reason = `the device has said that it switched ${outputLabel(command.output)} to ${command.state}, and back`;
  watch.confirmation ??= { code: "CONFIRMED", reason };
}

/** Nothing is tried while something else may change the output. Throws `TRIAL_DISTURBED`. */
export function checkUndisturbed(
  known: readonly Command[],
  { output }: Pick<Command, "output">,
  now: number,
): void {
  const others = known.filter((command) => command.output === output);
  if (!others.some((command) => isRunning(command) || mayStillAct(command, now))) return;
  const message = `a command for ${outputLabel(output)} may still be under way: try it when that is over`;
  throw new TrackerError({ code: "TRIAL_DISTURBED", path: "output", message });
}

/** Whether what was sent may still switch the output, or switch it back, at a time (epoch milliseconds). */
function mayStillAct(command: Command, now: number): boolean {
  const { sendings, expires, duration } = command;
  const last = sendings.at(-1);
  if (last === undefined) return false;
  return now <= (comeAt(command) ?? last.expires ?? expires) + (duration ?? 0) * 1000;
}
