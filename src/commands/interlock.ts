import type { Interlock, StopState } from "../device/output-safety";
import type { LiveState } from "../registry/device";
import { attributeAt } from "../registry/live";
import type { Reason } from "./machine";
import type { Switching } from "./outputs";

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
 * `now` is the own clock in milliseconds. Codes: `INTERLOCK_POSITION`, `INTERLOCK_CLOCK`, `INTERLOCK_SPEED`,
 * `INTERLOCK_IGNITION`.
 */
export function danger(live: LiveState | undefined, interlock: Interlock, now: number): Danger | undefined {
  for (const check of CHECKS) {
    const found = check(live, interlock, now);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Check = (live: LiveState | undefined, interlock: Interlock, now: number) => Danger | undefined;

const CHECKS: readonly Check[] = [
  (live, { freshFor }, now) => {
    if (live?.position && isFresh(live.position.time, freshFor, now)) return undefined;
    const seconds = freshFor / 1000;
    const ahead = (live?.position?.time ?? 0) > now;
    return unknown(
      "INTERLOCK_POSITION",
      ahead
        ? "the last position has a time ahead of this computer's clock"
        : `there is no valid position of the last ${seconds} s`,
    );
  },
  // By a device's clock that was ahead, an old position becomes fresh when that time comes. So it has to have
  // come lately too, and nothing may have come from the future.
  (live, { freshFor }, now) =>
    live?.position?.receivedAt !== undefined &&
    isFresh(live.position.receivedAt, freshFor, now) &&
    (live.time ?? 0) <= now
      ? undefined
      : unknown("INTERLOCK_CLOCK", "the device's clock is ahead, or its last position came too long ago"),
  (live, { freshFor, maxSpeed }, now) => {
    const speed = live?.position?.speed;
    if (typeof speed === "number") return tooFast(speed, maxSpeed);
    const { value, time } = attributeAt(live, "vehicleSpeed");
    return typeof value === "number" && isFresh(time, freshFor, now)
      ? undefined
      : unknown(
          "INTERLOCK_SPEED",
          `nothing of the last ${freshFor / 1000} s says how fast the vehicle drives`,
        );
  },
  (live, { freshFor, maxSpeed }, now) => {
    const { value, time } = attributeAt(live, "vehicleSpeed");
    // One from the future does not make it safe, but may well make it unsafe.
    return typeof value === "number" && now - time <= freshFor ? tooFast(value, maxSpeed) : undefined;
  },
  (live, { ignitionOff, freshFor }, now) => {
    if (!ignitionOff) return undefined;
    const { value, time } = attributeAt(live, "ignition");
    if (!isFresh(time, freshFor, now)) {
      return unknown(
        "INTERLOCK_IGNITION",
        `nothing of the last ${freshFor / 1000} s says that the ignition is off`,
      );
    }
    return value === false
      ? undefined
      : { code: "INTERLOCK_IGNITION", reason: "the ignition is on", isUnknown: false };
  },
];

function tooFast(speed: number, maxSpeed: number): Danger | undefined {
  if (speed <= maxSpeed) return undefined;
  const reason = `the vehicle drives ${speed} km/h; at most ${maxSpeed} km/h are allowed`;
  return { code: "INTERLOCK_SPEED", reason, isUnknown: false };
}

function isFresh(time: number, freshFor: number, now: number): boolean {
  return time <= now && now - time <= freshFor;
}

function unknown(code: string, reason: string): Danger {
  return { code, reason, isUnknown: true };
}
