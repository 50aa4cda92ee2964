import { metresBetween } from "../model/earth";
import { round } from "./driving";
import type { TrustedFix } from "./fix-filter";
import type { TripFacts } from "./interval";
import type { TripSample } from "./sample";
import type { TripSettings } from "./settings";

/** Metres from the last counted fix from which on a leg counts: less is noise. */
const LEG_M = 10;
/** km/h. */
const STANDS = 3;
/** Of the way by positions, what an odometer can say: they cut corners, and tunnels. */
const LEAST_SHARE = 0.95;
const MOST_SHARE = 1.2;
const MARGIN_KM = 0.2;
/** Milliseconds for which a speed between two fixes is one. */
const PACE_MS = 5000;

type Facts = Omit<TripFacts, "events"> & { readonly isCarried: boolean };

/**
 * What can be said of a trip from its fixes and the samples of its time, both from its first fix to its last.
 * `ignition` is what was known of it before.
 */
export function tripFactsOf(
  fixes: readonly TrustedFix[],
  samples: readonly TripSample[],
  seconds: number,
  settings: TripSettings,
  ignition: boolean | undefined,
): Facts {
  const byPositions = wayOf(fixes);
  const byOdometer = settings.distanceBy === "odometer" ? odometerWay(samples, byPositions) : undefined;
  const distance = byOdometer ?? byPositions;
  const times = timesOf(fixes, samples, ignition);
  return {
    distance: round(distance, 3),
    distanceBy: byOdometer === undefined ? "positions" : "odometer",
    movingTime: Math.round(times.moving),
    idleTime: Math.round(times.idle),
    topSpeed: round(topSpeed(fixes), 1),
    meanSpeed: seconds > 0 ? round((distance / seconds) * 3600, 1) : 0,
    ...fuelOf(samples),
    ...driverOf(samples),
    isCarried: settings.ignition && times.carried > times.moving / 2,
  };
}

/** Kilometres. */
function wayOf(fixes: readonly TrustedFix[]): number {
  let metres = 0;
  let counted = fixes[0];
  fixes.forEach((fix, index) => {
    if (counted === undefined) return;
    const leg = metresBetween(counted.place, fix.place);
    if (leg < LEG_M && index < fixes.length - 1) return;
    metres += leg;
    counted = fix;
  });
  return metres / 1000;
}

/** Kilometres by the odometer; undefined where it does not count, jumps, or is too coarse for the way. */
function odometerWay(samples: readonly TripSample[], byPositions: number): number | undefined {
  const counts = samples.flatMap(({ odometer }) => (odometer === undefined ? [] : [odometer]));
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined || counts.length < 3) return undefined;
  if (counts.some((count, index) => index > 0 && count < (counts[index - 1] as number))) return undefined;
  const way = last - first;
  const isNear = way >= byPositions * LEAST_SHARE - MARGIN_KM && way <= byPositions * MOST_SHARE + MARGIN_KM;
  return isNear && stepOf(counts) <= way / 100 ? way : undefined;
}

/** Kilometres that an odometer counts in. */
function stepOf(counts: readonly number[]): number {
  const isWhole = (unit: number) =>
    counts.every((count) => Math.abs(count / unit - Math.round(count / unit)) < 1e-6);
  return [1, 0.5, 0.1, 0.05, 0.01].find(isWhole) ?? 0.005;
}

/** Seconds: moving, standing with the engine running, and moving with the ignition off. */
function timesOf(fixes: readonly TrustedFix[], samples: readonly TripSample[], before: boolean | undefined) {
  const times = { moving: 0, idle: 0, carried: 0 };
  const known = knownAt(samples, before);
  let from = fixes[0];
  for (const fix of fixes) {
    if (from === undefined || fix === from) continue;
    const { ignition, engine } = known(from.time);
    const seconds = (fix.time - from.time) / 1000;
    const speed = from.speed ?? paceOf(from, fix);
    const isMoving = Math.max(speed, fix.speed ?? speed) >= STANDS;
    if (isMoving) times.moving += seconds;
    if (isMoving && ignition === false) times.carried += seconds;
    if (!isMoving && engine === true) times.idle += seconds;
    from = fix;
  }
  return times;
}

/** What is known of ignition and engine at times that are asked for one after the other. */
function knownAt(samples: readonly TripSample[], before: boolean | undefined) {
  const known = { ignition: before, engine: before };
  let next = 0;
  return (time: number) => {
    for (; next < samples.length && (samples[next] as TripSample).time <= time; next++) {
      known.ignition = samples[next]?.ignition ?? known.ignition;
      known.engine = samples[next]?.engine ?? known.engine;
    }
    return known;
  };
}

/** km/h. */
function topSpeed(fixes: readonly TrustedFix[]): number {
  const said = fixes.flatMap(({ speed }) => (speed === undefined ? [] : [speed]));
  if (said.length > 0) return said.reduce((most, speed) => Math.max(most, speed), 0);
  let most = 0;
  let from = fixes[0];
  for (const fix of fixes) {
    if (from === undefined || fix.time - from.time < PACE_MS) continue;
    most = Math.max(most, paceOf(from, fix));
    from = fix;
  }
  return most;
}

function paceOf(from: TrustedFix, to: TrustedFix): number {
  return to.time > from.time ? (metresBetween(from.place, to.place) / (to.time - from.time)) * 3600 : 0;
}

/** By the counter, else by the rate over time. */
function fuelOf(samples: readonly TripSample[]): Pick<TripFacts, "fuelUsed" | "fuelBy"> {
  const counts = samples.flatMap(({ fuelUsed }) => (fuelUsed === undefined ? [] : [fuelUsed]));
  const used = (counts.at(-1) ?? 0) - (counts[0] ?? 0);
  if (counts.length > 1 && used >= 0) return { fuelUsed: round(used, 2), fuelBy: "counter" };
  let [litres, rated] = [0, 0];
  samples.forEach(({ time, fuelRate }, index) => {
    const next = samples[index + 1];
    if (fuelRate === undefined || next === undefined) return;
    litres += (fuelRate * (next.time - time)) / 3_600_000;
    rated++;
  });
  return rated === 0 ? {} : { fuelUsed: round(litres, 2), fuelBy: "rate" };
}

/** The driver who was read most often; of several the first. */
function driverOf(samples: readonly TripSample[]): Pick<TripFacts, "driver"> {
  const counts = new Map<string, number>();
  for (const { driver } of samples)
    if (driver !== undefined) counts.set(driver, (counts.get(driver) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first === undefined ? {} : { driver: first[0] };
}
