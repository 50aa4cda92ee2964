import type { FencePoint } from "./fence";

/** The ellipsoid of WGS 84, and the radius of a sphere that is nearly as large. Metres. */
const EQUATOR = 6_378_137;
const E2 = 0.006_694_379_990_14;
const MEAN_RADIUS = 6_371_008.8;
const RADIAN = Math.PI / 180;

/** A place on the ellipsoid from the earth's centre, in metres: it knows neither date line nor poles. */
export type EarthVector = readonly [x: number, y: number, z: number];

export function vectorOf({ latitude, longitude }: FencePoint): EarthVector {
  const [sin, cos] = [Math.sin(latitude * RADIAN), Math.cos(latitude * RADIAN)];
  const normal = EQUATOR / Math.sqrt(1 - E2 * sin * sin);
  const across = normal * cos;
  return [
    across * Math.cos(longitude * RADIAN),
    across * Math.sin(longitude * RADIAN),
    normal * (1 - E2) * sin,
  ];
}

/** The place above or below which a vector ends; it need not be of the right length. */
export function placeOf([x, y, z]: EarthVector): FencePoint {
  const latitude = Math.atan2(z, (1 - E2) * Math.hypot(x, y)) / RADIAN;
  return { latitude, longitude: Math.atan2(y, x) / RADIAN };
}

/** Metres over ground: for legs of some hundred kilometres right to 0.01 %. */
export function metresBetween(a: EarthVector, b: EarthVector): number {
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return 2 * MEAN_RADIUS * Math.asin(Math.min(1, chord / 2 / MEAN_RADIUS));
}

/** The place a part (0–1) of the shortest way from one to the other. */
export function placeBetween(a: EarthVector, b: EarthVector, part: number): FencePoint {
  const at = (index: 0 | 1 | 2) => a[index] + (b[index] - a[index]) * part;
  return placeOf([at(0), at(1), at(2)]);
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
export function boxAround({ latitude, longitude }: FencePoint, metres: number): GeoBox {
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
