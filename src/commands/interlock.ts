import type { Interlock, StopState } from "../device-config/output-safety";
import type { Switching } from "../model/output";
import type { Reason } from "./machine";
import { deviceClock, type Moment, type Motion, type Said } from "./motion";

/** Why a vehicle must not be stopped now. */
export interface Danger extends Reason {
  /** True where only nothing recent is known; what comes next may be good enough. */
  readonly isUnknown: boolean;
}

/** Whether a command may stop the vehicle. A timed one has both states in it, because it falls back. */
export function mayStop({ state, mode }: Switching, stops: StopState): boolean {
  return stops !== "" && (mode === "timed" || state === stops);
}

/**
 * Why the vehicle must not be stopped, or undefined where everything that is asked for is known and good.
 * Codes: `INTERLOCK_POSITION`, `INTERLOCK_CLOCK`, `INTERLOCK_SPEED`, `INTERLOCK_IGNITION`.
 */
export function danger(motion: Motion | undefined, interlock: Interlock, now: Moment): Danger | undefined {
  if (motion === undefined) return noPosition(interlock);
  for (const check of CHECKS) {
    const found = check(motion, interlock, now);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Check = (motion: Motion, interlock: Interlock, now: Moment) => Danger | undefined;

const CHECKS: readonly Check[] = [
  ({ position }, interlock, { wall }) => {
    if (position === undefined || wall - position.time > interlock.freshFor) return noPosition(interlock);
    if (position.time <= wall) return undefined;
    const reason = "the last position has a time ahead of this computer's clock";
    return unknown("INTERLOCK_POSITION", reason);
  },
  // By a clock that was set, or is ahead, an old position becomes fresh. So it has to be fresh by the clocks that
  // nobody sets too, and nothing may have come from the future.
  (motion, { freshFor }, now) =>
    isFresh(motion, motion.position, freshFor, now) && motion.newest.time <= now.wall
      ? undefined
      : unknown("INTERLOCK_CLOCK", "the device's clock is ahead, or its last position came too long ago"),
  (motion, { freshFor, maxSpeed }, now) => {
    const speed = motion.position?.value;
    if (speed !== undefined) return tooFast(speed, maxSpeed);
    const reason = `nothing of the last ${freshFor / 1000} s says how fast the vehicle drives`;
    return isFresh(motion, motion.vehicleSpeed, freshFor, now)
      ? undefined
      : unknown("INTERLOCK_SPEED", reason);
  },
  // One that is not fresh by all clocks does not make it safe, but may well make it unsafe.
  (motion, { freshFor, maxSpeed }, now) => {
    const { vehicleSpeed } = motion;
    const isOld = vehicleSpeed === undefined || deviceClock(motion, now) - vehicleSpeed.time > freshFor;
    return isOld ? undefined : tooFast(vehicleSpeed.value, maxSpeed);
  },
  (motion, { ignitionOff, freshFor }, now) => {
    if (!ignitionOff) return undefined;
    if (!isFresh(motion, motion.ignition, freshFor, now)) {
      const reason = `nothing of the last ${freshFor / 1000} s says that the ignition is off`;
      return unknown("INTERLOCK_IGNITION", reason);
    }
    return motion.ignition?.value === false
      ? undefined
      : { code: "INTERLOCK_IGNITION", reason: "the ignition is on", isUnknown: false };
  },
];

function tooFast(speed: number, maxSpeed: number): Danger | undefined {
  if (speed <= maxSpeed) return undefined;
  if (Number.isNaN(speed)) return unknown("INTERLOCK_SPEED", "the speed that the device says cannot be");
  const reason = `the vehicle drives ${speed} km/h; at most ${maxSpeed} km/h are allowed`;
  return { code: "INTERLOCK_SPEED", reason, isUnknown: false };
}

/** By this computer's clock, by the monotonic one, and by the device's own, which has gone on since its newest record. */
function isFresh(motion: Motion, said: Said<unknown> | undefined, freshFor: number, now: Moment): boolean {
  if (said === undefined || said.time > now.wall) return false;
  const ages = [now.wall - said.time, now.monotonic - said.at, deviceClock(motion, now) - said.time];
  return Math.max(...ages) <= freshFor;
}

function noPosition({ freshFor }: Interlock): Danger {
  return unknown("INTERLOCK_POSITION", `there is no valid position of the last ${freshFor / 1000} s`);
}

function unknown(code: string, reason: string): Danger {
  return { code, reason, isUnknown: true };
}
