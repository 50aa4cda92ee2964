import type { Command } from "./command";
import { deviceClock, type Moment, type Motion } from "./motion";

/** So long a sending that cannot stop a vehicle may take effect (milliseconds). */
export const OTHER_FRAME_LIFE = 60_000;

/**
 * The end of a sending that may take effect for `life` milliseconds, as its frame says it: a whole second on the
 * device's clock. A broker may keep the frame, so that it comes long after the look at the interlock. The device's own
 * clock, as its newest record has it, bounds that whatever this computer's clock says; `motion` is given where the
 * sending could stop the vehicle.
 */
export function frameEnd(
  { expires }: Pick<Command, "expires">,
  now: Moment,
  life: number,
  motion?: Motion,
): number {
  const byDevice = motion === undefined ? Number.POSITIVE_INFINITY : deviceClock(motion, now) + life;
  return wholeSecond(Math.min(expires, now.wall + life, byDevice));
}

/** Whether the newest record of a device is so old that the end of a sending would have come already. */
export function isPastItsLife(motion: Motion, now: Moment, life: number): boolean {
  return wholeSecond(deviceClock(motion, now) + life) <= now.wall;
}

function wholeSecond(time: number): number {
  return Math.floor(time / 1000) * 1000;
}
