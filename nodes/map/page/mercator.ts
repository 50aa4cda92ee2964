/** Web Mercator in metres, as the map counts. */
export const WORLD = 40_075_016.685_578_49;
const MAX_LATITUDE = 85.05;
const DEGREE = Math.PI / 180;

export function mercatorX(longitude: number): number {
  return (longitude / 360) * WORLD;
}

export function mercatorY(latitude: number): number {
  const bounded = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude));
  return (Math.asinh(Math.tan(bounded * DEGREE)) / 2 / Math.PI) * WORLD;
}

export function longitudeOf(x: number): number {
  return (x / WORLD) * 360;
}

export function latitudeOf(y: number): number {
  return Math.atan(Math.sinh((y / WORLD) * 2 * Math.PI)) / DEGREE;
}

/** The zoom at which a pixel is so many metres of Web Mercator. */
export function zoomOf(resolution: number): number {
  return Math.log2(WORLD / 256 / resolution);
}
