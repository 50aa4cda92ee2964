import type { Problem } from "../errors";

/** GPS receivers count weeks with ten bits. Source: IS-GPS-200, 20.3.3.3.1.1. */
const ROLLOVER_MS = 1024 * 7 * 24 * 3_600_000;
/** No device keeps a reading longer before it sends it; what is older has a wrong time. */
export const LONGEST_HISTORY_MS = 365 * 24 * 3_600_000;
/** A clock may go ahead a little. */
const AHEAD_MS = 60_000;

/** Whether a time is so old that the clock of the device must be slow. Epoch milliseconds. */
export function isTooOld(time: number, now: number): boolean {
  return time < now - LONGEST_HISTORY_MS;
}

/**
 * The time of a reading without the roll-over of the GPS week: what is too old gets 1,024 weeks as often as needed, where
 * that lands in the year before the receipt. Epoch milliseconds. Code: `TIME_ROLLOVER`, a warning.
 */
export function correctRollover(time: number, receivedAt: number): { time: number; warning?: Problem } {
  if (!isTooOld(time, receivedAt)) return { time };
  const times = Math.ceil((receivedAt - LONGEST_HISTORY_MS - time) / ROLLOVER_MS);
  const corrected = time + times * ROLLOVER_MS;
  if (corrected > receivedAt + AHEAD_MS) return { time };
  const message = `the device's clock is ${times * 1024} weeks slow (GPS week roll-over), which was corrected: it said ${new Date(time).toISOString()}`;
  return { time: corrected, warning: { code: "TIME_ROLLOVER", message } };
}
