import { TrackerError } from "../errors";
import { wrapped } from "../model/earth";
import type { FencePoint } from "./fence";

/** Nearer to a pole degrees of longitude are too short to draw by. */
export const MOST_LATITUDE = 85;
const HALF_WORLD = 180;

/** Degrees; x may lie beyond ±180, so that what crosses the date line hangs together. */
type Flat = readonly [x: number, y: number];

/** The points side by side, whichever way round the date line is shorter. */
export function unrolled(points: readonly FencePoint[]): Flat[] {
  let last: number | undefined;
  return points.map(({ latitude, longitude }): Flat => {
    last = last === undefined ? longitude : last + wrapped(longitude - last);
    return [last, latitude];
  });
}

/** Throws `FENCE_POLE` or `FENCE_SIZE` where points cannot be connected by straight lines on a map. */
export function checkSpan(points: readonly FencePoint[], isClosed: boolean): void {
  const far = points.findIndex(({ latitude }) => Math.abs(latitude) > MOST_LATITUDE);
  if (far >= 0) {
    const message = `this point is nearer to a pole than ${MOST_LATITUDE}° of latitude; only a circle can be there`;
    throw wrongOutline("FENCE_POLE", far, message);
  }
  const flat = unrolled(points);
  const xs = flat.map(([x]) => x);
  const [first = 0, last = 0] = [xs[0], xs.at(-1)];
  if (isClosed && Math.abs(last + wrapped(first - last) - first) > 1) {
    const message = "the outline goes round the whole earth, so that nobody knows which side is inside";
    throw new TrackerError({ code: "FENCE_POLE", path: "points", message });
  }
  if (Math.max(...xs) - Math.min(...xs) >= HALF_WORLD) {
    const message = "it is wider than half of the earth";
    throw new TrackerError({ code: "FENCE_SIZE", path: "points", message });
  }
}

/** Throws `FENCE_FLAT` or `FENCE_CROSSING` where an outline has no inside, or none that is clear. */
export function checkOutline(points: readonly FencePoint[]): void {
  const flat = unrolled(points);
  if (isFlat(flat)) {
    const message = "all points lie on one line, so that there is no inside";
    throw new TrackerError({ code: "FENCE_FLAT", path: "points", message });
  }
  const crossing = firstCrossing(flat);
  if (crossing !== undefined) {
    const [one, other] = crossing;
    const message = `the outline crosses or touches itself: the line after point ${one + 1} and that after point ${other + 1} meet`;
    throw wrongOutline("FENCE_CROSSING", other, message);
  }
}

/** Square degrees; a thinner triangle is a line. */
const THIN = 1e-14;

function isFlat(ring: readonly Flat[]): boolean {
  const [x0, y0] = ring[0] as Flat;
  const reach = ([x, y]: Flat) => Math.hypot(x - x0, y - y0);
  const [farX, farY] = ring.reduce((far, point) => (reach(point) > reach(far) ? point : far));
  return ring.every(([x, y]) => Math.abs((farX - x0) * (y - y0) - (farY - y0) * (x - x0)) < THIN);
}

interface Edge {
  readonly at: number;
  readonly from: Flat;
  readonly to: Flat;
  readonly least: number;
  readonly most: number;
}

/** The first two edges of a ring that meet elsewhere than at the end of one and the beginning of the next. */
function firstCrossing(ring: readonly Flat[]): [number, number] | undefined {
  const edges = ring
    .map((from, at): Edge => {
      const to = ring[(at + 1) % ring.length] as Flat;
      return { at, from, to, least: Math.min(from[0], to[0]), most: Math.max(from[0], to[0]) };
    })
    .sort((a, b) => a.least - b.least);
  for (const [place, edge] of edges.entries()) {
    for (let next = place + 1; next < edges.length; next++) {
      const other = edges[next] as Edge;
      if (other.least > edge.most) break;
      if (doMeet(edge, other, ring.length)) return [Math.min(edge.at, other.at), Math.max(edge.at, other.at)];
    }
  }
  return undefined;
}

function doMeet(a: Edge, b: Edge, count: number): boolean {
  if ((a.at + 1) % count === b.at) return doesFoldBack(a, b);
  if ((b.at + 1) % count === a.at) return doesFoldBack(b, a);
  const [a1, a2] = [side(b.from, b.to, a.from), side(b.from, b.to, a.to)];
  const [b1, b2] = [side(a.from, a.to, b.from), side(a.from, a.to, b.to)];
  if (a1 !== a2 && b1 !== b2 && a1 * a2 <= 0 && b1 * b2 <= 0)
    return a1 * a2 < 0 || b1 * b2 < 0 || touch(a, b);
  return a1 === 0 && a2 === 0 && touch(a, b);
}

/** Whether the second edge goes back over the first, which ends where it begins. */
function doesFoldBack(a: Edge, b: Edge): boolean {
  const along = (a.to[0] - a.from[0]) * (b.to[0] - b.from[0]) + (a.to[1] - a.from[1]) * (b.to[1] - b.from[1]);
  return side(a.from, a.to, b.to) === 0 && along < 0;
}

/** On which side of a line a point is: -1, 1, or 0 where it lies on it. */
function side([ax, ay]: Flat, [bx, by]: Flat, [x, y]: Flat): number {
  return Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
}

function touch(a: Edge, b: Edge): boolean {
  const within = ([x, y]: Flat, { from, to }: Edge) =>
    side(from, to, [x, y]) === 0 &&
    x >= Math.min(from[0], to[0]) &&
    x <= Math.max(from[0], to[0]) &&
    y >= Math.min(from[1], to[1]) &&
    y <= Math.max(from[1], to[1]);
  return within(a.from, b) || within(a.to, b) || within(b.from, a) || within(b.to, a);
}

function wrongOutline(code: string, at: number, message: string): TrackerError {
  return new TrackerError({ code, path: `points[${at}]`, message });
}
