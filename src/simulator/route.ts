import type { Point } from "./routes";

/** Where one is on a route. */
export interface Place {
  /** Degrees, WGS 84. */
  readonly latitude: number;
  readonly longitude: number;
  /** Whole degrees clockwise from north, 0–359. */
  readonly course: number;
}

const METRES_PER_DEGREE = 111_320;
/** Points nearer than this are one: recordings of a vehicle that stands have many. */
const MIN_LEG_M = 2;
/** A drawn corner is driven as a bend of at most this length. */
const MAX_BEND_M = 30;
/** What passengers bear sideways, and how a driver brakes; m/s². */
const LATERAL = 2.5;
export const BRAKING = 1.5;
/** Below this speed in m/s a point counts as a bend; a straight between bends this long is driven fast. */
const BEND_SPEED = 14;
const STRAIGHT_M = 1500;
const MIN_SPEED = 2.5;

/** A closed loop that vehicles drive, prepared once for all that drive it. */
export class Route {
  readonly points: readonly Point[];
  /** Metres once around. */
  readonly length: number;
  /** Metres from the beginning to each point, and to the end. */
  readonly starts: Float64Array;
  /** m/s at which each point can be passed, such that there is always room to brake for the next ones. */
  readonly limits: Float64Array;
  /** 1 for each leg that is part of a long straight. */
  readonly straights: Uint8Array;
  private readonly courses: Uint16Array;

  /** At least two points; the way back from the last to the first is part of the loop. */
  constructor(points: readonly Point[]) {
    this.points = points;
    const count = points.length;
    const legs = points.map((from, index) => leg(from, points[(index + 1) % count] as Point));
    this.starts = new Float64Array(count + 1);
    legs.forEach(({ length }, index) => {
      this.starts[index + 1] = at(this.starts, index) + length;
    });
    this.length = at(this.starts, count);
    this.courses = Uint16Array.from(legs, ({ course }) => course);
    const bends = legs.map((next, index) => bendSpeed(legs[(index + count - 1) % count] as Leg, next));
    this.straights = straightLegs(legs, bends);
    this.limits = withRoomToBrake(legs, bends);
  }

  /** The leg that a distance from the beginning (0 to `length`) lies on. */
  legAt(distance: number): number {
    let [low, high] = [0, this.points.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (at(this.starts, middle) <= distance) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where one is on a leg that `distance` lies on. */
  place(distance: number, index = this.legAt(distance)): Place {
    const from = this.points[index] as Point;
    const to = this.points[(index + 1) % this.points.length] as Point;
    const start = at(this.starts, index);
    const share = (distance - start) / (at(this.starts, index + 1) - start);
    return {
      latitude: from[0] + (to[0] - from[0]) * share,
      longitude: around(from[1] + eastward(from[1], to[1]) * share),
      course: at(this.courses, index),
    };
  }
}

/**
 * A loop from points as they were recorded: closed where it nearly is, else there and back. Undefined where
 * the points are not a way of at least 100 m.
 */
export function loopOf(recorded: readonly Point[]): Route | undefined {
  const points: Point[] = [];
  for (const point of recorded) {
    const last = points.at(-1);
    if (last === undefined || leg(last, point).length >= MIN_LEG_M) points.push(point);
  }
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  const gap = leg(last, first).length;
  if (gap < MIN_LEG_M) points.pop();
  const closed = points.length > 2 && gap <= 200;
  const route = new Route(closed ? points : [...points, ...points.slice(1, -1).reverse()]);
  return route.length >= 200 ? route : undefined;
}

interface Leg {
  /** Metres. */
  readonly length: number;
  /** Whole degrees clockwise from north. */
  readonly course: number;
}

/** Length and course of a short leg, on a flat map. */
function leg(from: Point, to: Point): Leg {
  const north = (to[0] - from[0]) * METRES_PER_DEGREE;
  const middle = ((from[0] + to[0]) / 2) * (Math.PI / 180);
  const east = eastward(from[1], to[1]) * METRES_PER_DEGREE * Math.cos(middle);
  const course = (Math.atan2(east, north) * 180) / Math.PI;
  return { length: Math.hypot(north, east), course: Math.round(course + 360) % 360 };
}

/** Degrees from one longitude to another the short way, also across the date line. */
function eastward(from: number, to: number): number {
  return around(to - from);
}

/** An angle as −180 to 180 degrees. */
function around(degrees: number): number {
  return degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees;
}

/** m/s at which the bend between two legs can be driven. */
function bendSpeed(before: Leg, after: Leg): number {
  const angle = (Math.abs(around(after.course - before.course)) * Math.PI) / 180;
  if (angle < 0.02) return Number.POSITIVE_INFINITY;
  const radius = Math.min((before.length + after.length) / 2, MAX_BEND_M) / angle;
  return Math.max(Math.sqrt(LATERAL * radius), MIN_SPEED);
}

function straightLegs(legs: readonly Leg[], bends: readonly number[]): Uint8Array {
  const straights = new Uint8Array(legs.length);
  const isBend = (index: number) => (bends[index % legs.length] ?? 0) < BEND_SPEED;
  for (let start = 0; start < legs.length; ) {
    let [end, length] = [start, 0];
    do {
      length += legs[end]?.length ?? 0;
      end++;
    } while (end < legs.length && !isBend(end));
    if (length >= STRAIGHT_M) straights.fill(1, start, end);
    start = end;
  }
  return straights;
}

/** Goes around backwards, twice because the end of the loop is before its beginning. */
function withRoomToBrake(legs: readonly Leg[], bends: readonly number[]): Float64Array {
  const limits = Float64Array.from(bends);
  for (let step = 2 * legs.length - 1; step >= 0; step--) {
    const index = step % legs.length;
    const next = at(limits, (index + 1) % legs.length);
    const reachable = Math.sqrt(next ** 2 + 2 * BRAKING * (legs[index]?.length ?? 0));
    limits[index] = Math.min(at(limits, index), reachable);
  }
  return limits;
}

function at(list: Float64Array | Uint16Array, index: number): number {
  return list[index] as number;
}
