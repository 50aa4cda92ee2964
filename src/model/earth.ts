/** Degrees. */
export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * The ellipsoid of WGS 84 (NIMA TR8350.2, table 3.1), and the radius of a sphere that is nearly as large. Metres.
 */
const EQUATOR = 6_378_137;
const E2 = 0.006_694_379_990_14;
const MEAN_RADIUS = 6_371_008.8;
const RADIAN = Math.PI / 180;

/** A place on the ellipsoid from the earth's centre, in metres: it knows neither date line nor poles. */
export interface EarthPoint {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export function earthPointOf({ latitude, longitude }: Coordinates): EarthPoint {
  const [sin, cos] = [Math.sin(latitude * RADIAN), Math.cos(latitude * RADIAN)];
  const normal = EQUATOR / Math.sqrt(1 - E2 * sin * sin);
  const across = normal * cos;
  return {
    x: across * Math.cos(longitude * RADIAN),
    y: across * Math.sin(longitude * RADIAN),
    z: normal * (1 - E2) * sin,
  };
}

/** The place above or below which a point lies; it need not be on the ground. */
export function placeOf({ x, y, z }: EarthPoint): Coordinates {
  const latitude = Math.atan2(z, (1 - E2) * Math.hypot(x, y)) / RADIAN;
  return { latitude, longitude: Math.atan2(y, x) / RADIAN };
}

/** Metres over ground: for legs of some hundred kilometres right to 0.01 %. */
export function metresBetween(a: EarthPoint, b: EarthPoint): number {
  const chord = Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
  return 2 * MEAN_RADIUS * Math.asin(Math.min(1, chord / 2 / MEAN_RADIUS));
}

/** The place a part (0–1) of the shortest way from one to the other. */
export function placeBetween(a: EarthPoint, b: EarthPoint, part: number): Coordinates {
  const at = (from: number, to: number) => from + (to - from) * part;
  return placeOf({ x: at(a.x, b.x), y: at(a.y, b.y), z: at(a.z, b.z) });
}

/** The middle of points that lie close together. There has to be one at least. */
export function middleOf(points: readonly EarthPoint[]): EarthPoint {
  let [x, y, z] = [0, 0, 0];
  for (const point of points) {
    x += point.x;
    y += point.y;
    z += point.z;
  }
  const count = points.length;
  return { x: x / count, y: y / count, z: z / count };
}

/** Metres of a degree of longitude and of latitude at a latitude. */
export function metresOfDegree(latitude: number): readonly [x: number, y: number] {
  const cos = Math.cos(latitude * RADIAN);
  const w2 = 1 / (1 - E2 * (1 - cos * cos));
  const metres = RADIAN * EQUATOR * Math.sqrt(w2);
  return [metres * cos, metres * w2 * (1 - E2)];
}

/** The same longitude, or difference of two, from -180 to 180. */
export function wrapped(degrees: number): number {
  return degrees >= -180 && degrees <= 180 ? degrees : degrees - 360 * Math.round(degrees / 360);
}

/** Degrees. `west` is from -180 to 180; `east` is never less, and more than 180 beyond the date line. */
export interface GeoBox {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

/** A box that has all within so many metres of a place; around the whole earth where it reaches a pole. */
export function boxAround({ latitude, longitude }: Coordinates, metres: number): GeoBox {
  // A little more than is needed, because no degree is longer than those at the poles, and none is a sphere's.
  const angle = Math.min(180, ((metres * 1.01) / MEAN_RADIUS / Math.PI) * 180 + 1e-7);
  const [south, north] = [latitude - angle, latitude + angle];
  if (south <= -90 || north >= 90) {
    return { south: Math.max(-90, south), north: Math.min(90, north), west: -180, east: 180 };
  }
  const half = Math.asin(Math.min(1, Math.sin(angle * RADIAN) / Math.cos(latitude * RADIAN))) / RADIAN;
  const west = wrapped(longitude - half);
  return { south, north, west, east: west + 2 * half };
}
