/** A point on the ellipsoid in metres from the centre of the Earth: neither poles nor the date line are special there. */
export interface EarthPoint {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** WGS 84: semi-major axis in metres, flattening. Source: NIMA TR8350.2, table 3.1. */
const AXIS = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING);
const RADIAN = Math.PI / 180;

/** Degrees. */
export function earthPointOf(latitude: number, longitude: number): EarthPoint {
  const sine = Math.sin(latitude * RADIAN);
  const cosine = Math.cos(latitude * RADIAN);
  const normal = AXIS / Math.sqrt(1 - ECCENTRICITY_2 * sine * sine);
  return {
    x: normal * cosine * Math.cos(longitude * RADIAN),
    y: normal * cosine * Math.sin(longitude * RADIAN),
    z: normal * (1 - ECCENTRICITY_2) * sine,
  };
}

/** Metres along the ground: the chord, lengthened to the arc above it. */
export function groundMetresBetween(a: EarthPoint, b: EarthPoint): number {
  const chord = Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);
  if (chord < 1000) return chord;
  return 2 * AXIS * Math.asin(Math.min(1, chord / (2 * AXIS)));
}

/** The middle of places that lie close together. There has to be one at least. */
export function middleOf(places: readonly EarthPoint[]): EarthPoint {
  let [x, y, z] = [0, 0, 0];
  for (const place of places) {
    x += place.x;
    y += place.y;
    z += place.z;
  }
  const count = places.length;
  return { x: x / count, y: y / count, z: z / count };
}
