import { correctRollover, isTooOld } from "../model/device-clock";

const HOUR_MS = 3_600_000;
/** A clock may go ahead a little. */
const AHEAD_MS = 60_000;
/** Milliseconds by which a clock that is wrong by whole hours may be off beside them, and while a record is on its way. */
const NEAR_MS = 120_000;
/** No time zone is further away. */
const MOST_HOURS = 14;

/**
 * When a reading was taken, by the clock of the device and when it was received; undefined where nobody can say. A roll-over
 * of the GPS week is corrected, and so is a clock that is whole hours ahead, as a time zone or summer time makes it. Epoch
 * milliseconds.
 */
export function correctedTime(time: number, receivedAt: number): number | undefined {
  const { time: rolled } = correctRollover(time, receivedAt);
  if (isTooOld(rolled, receivedAt)) return undefined;
  const ahead = rolled - receivedAt;
  if (ahead <= AHEAD_MS) return rolled;
  const hours = Math.round((ahead + NEAR_MS / 2) / HOUR_MS);
  const isZone = hours >= 1 && hours <= MOST_HOURS && Math.abs(hours * HOUR_MS - ahead) <= NEAR_MS;
  return isZone ? rolled - hours * HOUR_MS : undefined;
}
