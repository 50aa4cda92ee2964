import Circle from "ol/geom/Circle.js";
import type Geometry from "ol/geom/Geometry.js";
import LineString from "ol/geom/LineString.js";
import Polygon, { circular } from "ol/geom/Polygon.js";
import type { FencePoint, FenceShape } from "../../../src/fences/fence";
import { unrolled } from "../../../src/fences/outline";
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from "./mercator";

const CIRCLE_POINTS = 90;

/** A fence as the map draws it. A circle is round on the earth, and so none of the map's own. */
export function shownGeometry(shape: FenceShape): Geometry {
  if (shape.kind !== "circle") return drawnGeometry(shape);
  const { latitude, longitude } = shape.center;
  return circular([longitude, latitude], shape.radius, CIRCLE_POINTS).transform("EPSG:4326", "EPSG:3857");
}

/** A fence as it can be changed on the map. */
export function drawnGeometry(shape: FenceShape): Circle | Polygon | LineString {
  if (shape.kind === "circle") {
    const { latitude, longitude } = shape.center;
    return new Circle([mercatorX(longitude), mercatorY(latitude)], shape.radius / scaleAt(latitude));
  }
  const line = unrolled(shape.points).map(([x, y]) => [mercatorX(x), mercatorY(y)]);
  if (shape.kind === "corridor") return new LineString(line);
  return new Polygon([[...line, line[0] as number[]]]);
}

/** Where a drawn fence is; a corridor's width is not drawn. */
export function drawnShape(geometry: Geometry): Partial<FenceShape> {
  if (geometry instanceof Circle) {
    const center = pointAt(geometry.getCenter());
    return {
      kind: "circle",
      center,
      radius: Math.max(1, Math.round(geometry.getRadius() * scaleAt(center.latitude))),
    };
  }
  if (geometry instanceof LineString)
    return { kind: "corridor", points: geometry.getCoordinates().map(pointAt) };
  const [ring = []] = (geometry as Polygon).getCoordinates();
  return { kind: "polygon", points: ring.slice(0, -1).map(pointAt) };
}

function pointAt([x = 0, y = 0]: number[]): FencePoint {
  const longitude = longitudeOf(x);
  return { latitude: latitudeOf(y), longitude: longitude - 360 * Math.round(longitude / 360) };
}

/** Metres of the earth that a metre of the map is. */
export function scaleAt(latitude: number): number {
  return Math.cos((latitude * Math.PI) / 180);
}
