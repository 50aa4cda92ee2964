import { earthPointOf, metresBetween } from "../model/earth";
import type { AlarmView, Sight } from "./view";

/** Metres that a parked vehicle's position may wander, and the time after which one that was towed stands again. */
const DRIFT = 50;
const STANDS_MS = 300_000;

/**
 * Whether a vehicle whose ignition is off for `armed` milliseconds is `distance` metres from where it was left. It ends when
 * the ignition comes on, or when the vehicle has stood for five minutes, which is then where it was left.
 */
export function towed(
  { time, position, anchor }: AlarmView,
  ignition: boolean | undefined,
  armed: number,
  distance: number,
): Sight {
  if (ignition !== false) return { on: ignition === true ? false : undefined, anchor: null };
  if (position === undefined) return { on: undefined };
  const { latitude, longitude } = position;
  const here = { latitude, longitude, time, movedAt: null };
  if (anchor === null) return { on: false, anchor: here };
  const metres = metresBetween(earthPointOf(anchor), earthPointOf(position));
  if (anchor.movedAt !== null) {
    if (metres > DRIFT) return { on: true, anchor: { ...here, movedAt: time } };
    return time - anchor.movedAt >= STANDS_MS
      ? { on: false, anchor: { ...here, time: anchor.time } }
      : { on: true };
  }
  if (time - anchor.time < armed) return { on: false, anchor: { ...here, time: anchor.time } };
  if (metres < distance) return { on: false };
  return { on: true, anchor: { ...here, movedAt: time }, details: { metres: Math.round(metres) } };
}
