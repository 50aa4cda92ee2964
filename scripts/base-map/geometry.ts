import type { Feature, FeatureCollection, Geometry, Position } from "geojson";

export type Shapes = FeatureCollection<Geometry, Record<string, unknown>>;
type Shape = Feature<Geometry, Record<string, unknown>>;

export const collection = (features: Shape[]): Shapes => ({ type: "FeatureCollection", features });

export const feature = (geometry: Geometry, properties: Record<string, unknown> = {}): Shape => ({
  type: "Feature",
  properties,
  geometry,
});

/** Web Mercator, the whole world from 0 to 1. */
export function mercator([longitude = 0, latitude = 0]: Position): [x: number, y: number] {
  const bounded = Math.max(-85, Math.min(85, latitude));
  return [(longitude + 180) / 360, 0.5 - Math.asinh(Math.tan((bounded * Math.PI) / 180)) / 2 / Math.PI];
}

/**
 * Shapes that were made for a sphere, for a flat map: a ring that runs over 180° goes on beyond it, and Antarctica is
 * closed along the pole.
 */
export function unrolled(shapes: Shapes): Shapes {
  return collection(
    shapes.features.map((shape) => ({ ...shape, geometry: unrolledGeometry(shape.geometry) })),
  );
}

function unrolledGeometry(geometry: Geometry): Geometry {
  if (geometry.type === "Polygon")
    return { ...geometry, coordinates: geometry.coordinates.map(unrolledRing) };
  if (geometry.type !== "MultiPolygon") return geometry;
  return { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(unrolledRing)) };
}

const POLE = -89.9;

function unrolledRing(ring: Position[]): Position[] {
  let shift = 0;
  const points = ring.map((point, index): Position => {
    const step = index === 0 ? 0 : (point[0] as number) - (ring[index - 1]?.[0] as number);
    if (Math.abs(step) > 180) shift -= Math.sign(step) * 360;
    return [(point[0] as number) + shift, point[1] as number];
  });
  const first = points[0] as Position;
  const last = points.at(-1) as Position;
  return shift === 0 ? points : [...points, [last[0] as number, POLE], [first[0] as number, POLE], first];
}

/** The middle of the largest part of an area, and the size of that part in square degrees. */
export function middleOf(geometry: Geometry): { middle: Position; size: number } | undefined {
  const polygons =
    geometry.type === "Polygon"
      ? [geometry.coordinates]
      : geometry.type === "MultiPolygon"
        ? geometry.coordinates
        : [];
  const middles = polygons.flatMap(([ring]) => (ring === undefined ? [] : middleOfRing(ring)));
  return middles.sort((a, b) => b.size - a.size)[0];
}

function middleOfRing(ring: Position[]): { middle: Position; size: number } {
  let [area, x, y] = [0, 0, 0];
  ring.slice(1).forEach((to, index) => {
    const from = ring[index] as Position;
    const cross = (from[0] as number) * (to[1] as number) - (to[0] as number) * (from[1] as number);
    area += cross;
    x += ((from[0] as number) + (to[0] as number)) * cross;
    y += ((from[1] as number) + (to[1] as number)) * cross;
  });
  return { middle: [x / 3 / area, y / 3 / area], size: Math.abs(area) / 2 };
}
