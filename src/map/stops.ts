import type { Fix } from "./trails";
import { DRIVING_FROM } from "./wire";

/** Where a vehicle stood, from one time to another. */
export interface Stop {
  readonly from: number;
  readonly to: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** Shorter is a traffic light. */
const SHORTEST_MS = 180_000;
/** Degrees of latitude, some 100 m: as far as fixes jump around where a vehicle stands. */
const NEAR = 0.001;

/**
 * Where a vehicle stood for at least three minutes. A silence counts to the stop where it goes on from there; where it
 * goes on elsewhere, the stop ends with the last fix there.
 */
export function stopsOf(fixes: readonly Fix[]): Stop[] {
  const stops: Stop[] = [];
  let stay: { readonly start: Fix; to: number } | undefined;
  const end = () => {
    if (stay !== undefined && stay.to - stay.start.time >= SHORTEST_MS) {
      const { time, latitude, longitude } = stay.start;
      stops.push({ from: time, to: stay.to, latitude, longitude });
    }
    stay = undefined;
  };
  for (const fix of fixes) {
    const isThere = stay !== undefined && isNear(stay.start, fix);
    if (stay !== undefined && isThere) stay.to = fix.time;
    const isStanding = fix.speed === null ? isThere || stay === undefined : fix.speed < DRIVING_FROM;
    if (!isStanding || (stay !== undefined && !isThere)) end();
    if (isStanding) stay ??= { start: fix, to: fix.time };
  }
  end();
  return stops;
}

function isNear(one: Fix, other: Fix): boolean {
  const width = Math.cos((one.latitude * Math.PI) / 180);
  return (
    Math.abs(one.latitude - other.latitude) < NEAR && Math.abs(one.longitude - other.longitude) * width < NEAR
  );
}
