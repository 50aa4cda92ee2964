import { FALSE, NUMBER, type RecordTable } from "./table";

/** Points of a sketch at most. */
const SKETCH_POINTS = 32;

/** What a query can decide by without reading a chunk. */
export interface Summary {
  /** Millionths of a degree; undefined where no record has a position. */
  readonly box: Box | undefined;
  /** Of each point: milliseconds after the first record, millionths of a degree north and east; the telling ones first. */
  readonly sketch: Int32Array;
}

export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Valid positions of a table, in order. Degrees. */
export interface Points {
  readonly times: readonly number[];
  readonly latitudes: readonly number[];
  readonly longitudes: readonly number[];
}

/** The valid positions of these rows. */
export function pointsOf(table: RecordTable, rows: Iterable<number>): Points {
  const points = { times: [] as number[], latitudes: [] as number[], longitudes: [] as number[] };
  const latitude = table.columns.get("latitude");
  const longitude = table.columns.get("longitude");
  const valid = table.columns.get("valid");
  if (latitude === undefined || longitude === undefined) return points;
  for (const row of rows) {
    if (latitude.tags[row] !== NUMBER || longitude.tags[row] !== NUMBER || valid?.tags[row] === FALSE)
      continue;
    points.times.push(table.times[row] as number);
    points.latitudes.push(latitude.values[row] as number);
    points.longitudes.push(longitude.values[row] as number);
  }
  return points;
}

export function summaryOf(table: RecordTable, rows: readonly number[]): Summary {
  const points = pointsOf(table, rows);
  const start = table.times[rows[0] as number] as number;
  const count = points.times.length;
  const chosen = tellingPoints(points, Math.min(SKETCH_POINTS, Math.max(2, count >> 5)));
  const sketch = new Int32Array(chosen.length * 3);
  chosen.forEach((point, at) => {
    sketch[3 * at] = (points.times[point] as number) - start;
    sketch[3 * at + 1] = Math.round((points.latitudes[point] as number) * 1e6);
    sketch[3 * at + 2] = Math.round((points.longitudes[point] as number) * 1e6);
  });
  return { box: boxOf(points), sketch };
}

function boxOf({ latitudes, longitudes }: Points): Box | undefined {
  if (latitudes.length === 0) return undefined;
  const least = (values: readonly number[]) => Math.floor(values.reduce((a, b) => Math.min(a, b)) * 1e6);
  const most = (values: readonly number[]) => Math.ceil(values.reduce((a, b) => Math.max(a, b)) * 1e6);
  return {
    south: least(latitudes),
    west: least(longitudes),
    north: most(latitudes),
    east: most(longitudes),
  };
}

/** The shorter way round where two points lie on both sides of the 180th meridian. Degrees. */
function eastward(from: number, to: number): number {
  const difference = to - from;
  if (difference > 180) return difference - 360;
  return difference < -180 ? difference + 360 : difference;
}

/** A part of a track, with the point that is farthest from the line between its ends. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly distance: number;
}

/**
 * Numbers of the points that tell most of a track, those first: its ends, then always the one that is farthest from
 * what was drawn so far (Douglas–Peucker by rank).
 */
export function tellingPoints(points: Points, most: number): number[] {
  const count = points.times.length;
  if (count <= 2) return Array.from({ length: count }, (_, point) => point);
  const chosen = [0, count - 1];
  const parts = [farthest(points, 0, count - 1)];
  while (chosen.length < most) {
    const next = parts.reduce((best, part, at) => {
      return part.distance > (parts[best] as Part).distance ? at : best;
    }, 0);
    const part = parts[next];
    if (part === undefined || part.distance <= 0) break;
    chosen.push(part.at);
    parts.splice(next, 1, farthest(points, part.from, part.at), farthest(points, part.at, part.to));
  }
  return chosen;
}

function farthest({ latitudes, longitudes }: Points, from: number, to: number): Part {
  const south = latitudes[from] as number;
  const west = longitudes[from] as number;
  const narrow = Math.cos((south * Math.PI) / 180);
  const north = (latitudes[to] as number) - south;
  const east = eastward(west, longitudes[to] as number) * narrow;
  const length = north * north + east * east;
  let at = from;
  let distance = -1;
  for (let point = from + 1; point < to; point++) {
    const y = (latitudes[point] as number) - south;
    const x = eastward(west, longitudes[point] as number) * narrow;
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, (x * east + y * north) / length));
    const off = (x - along * east) ** 2 + (y - along * north) ** 2;
    if (off > distance) {
      distance = off;
      at = point;
    }
  }
  return { from, to, at, distance };
}
