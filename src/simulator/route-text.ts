import { TrackerError } from "../errors";
import { isNullIsland } from "../model/position";
import { loopOf, type Route } from "./route";
import type { Point } from "./routes";

/** Characters of a route file, and points of a route. */
export const MAX_ROUTE_TEXT = 8 * 1024 * 1024;
const MAX_POINTS = 100_000;

/**
 * A route from the text of a GPX file (its track, else its route) or of GeoJSON with a LineString. Where several
 * lines are in it, they are driven one after the other.
 * Throws `ROUTE_EMPTY`, `ROUTE_TOO_LARGE`, `ROUTE_FORMAT`, `ROUTE_GPX`, `ROUTE_GEOJSON`, `ROUTE_COORDINATES`, `ROUTE_SHORT`.
 */
export function readRoute(text: string): Route {
  if (text.length > MAX_ROUTE_TEXT) throw problem("ROUTE_TOO_LARGE", "the route has more than 8 MB");
  const plain = text.replace(/^\ufeff/, "").trim();
  if (plain === "")
    throw problem("ROUTE_EMPTY", "there is no route: a GPX track or a GeoJSON line is needed");
  const points = pointsIn(plain);
  if (points.length > MAX_POINTS) {
    throw problem("ROUTE_TOO_LARGE", `the route has more than ${MAX_POINTS} points`);
  }
  for (const [latitude, longitude] of points) {
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
      const message = `${latitude}, ${longitude} is not a position: latitude −90 to 90, longitude −180 to 180`;
      throw problem("ROUTE_COORDINATES", message);
    }
    if (isNullIsland(latitude, longitude)) {
      const message = "0, 0 is not a position, but what loggers write without a fix: leave such points out";
      throw problem("ROUTE_COORDINATES", message);
    }
  }
  const route = loopOf(points);
  if (route === undefined) throw problem("ROUTE_SHORT", "the route is shorter than 100 m");
  return route;
}

function pointsIn(plain: string): Point[] {
  if (plain.startsWith("{")) return readGeoJson(plain);
  if (plain.startsWith("<")) return readGpx(plain);
  throw problem("ROUTE_FORMAT", "the route is neither GPX (it begins with <) nor GeoJSON (it begins with {)");
}

/**
 * Reads no more of GPX than it needs: the attributes lat and lon of its points. There are no entities in numbers, so
 * none is expanded. Source: the GPX 1.1 schema, types wptType, trksegType and rteType.
 */
function readGpx(xml: string): Point[] {
  if (!/<gpx[\s>]/.test(xml.slice(0, 4096))) throw problem("ROUTE_GPX", "the route is XML, but not GPX");
  const bare = without(without(xml, "<!--", "-->"), "<![CDATA[", "]]>");
  const named = (name: string) =>
    [...bare.matchAll(new RegExp(`<(?:\\w+:)?${name}\\b([^<>]*)>`, "g"))].map(
      ([, inner = ""]): Point => [coordinate(inner, "lat"), coordinate(inner, "lon")],
    );
  const track = named("trkpt");
  const points = track.length > 0 ? track : named("rtept");
  if (points.length === 0) {
    throw problem("ROUTE_GPX", "the GPX has neither track points (trkpt) nor route points (rtept)");
  }
  return points;
}

/** A text without what stands between two marks; what is not closed ends the text. */
function without(text: string, open: string, close: string): string {
  const kept: string[] = [];
  let end = 0;
  for (let start = text.indexOf(open); start >= 0; start = text.indexOf(open, end)) {
    kept.push(text.slice(end, start));
    const closed = text.indexOf(close, start + open.length);
    end = closed < 0 ? text.length : closed + close.length;
  }
  return kept.join("") + text.slice(end);
}

function coordinate(attributes: string, name: string): number {
  const text = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  const value = (text?.[1] ?? text?.[2] ?? "").trim();
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value)) {
    throw problem("ROUTE_GPX", `a point of the GPX has no ${name} that is a number`);
  }
  return Number(value);
}

/** RFC 7946: positions are longitude, latitude. */
function readGeoJson(json: string): Point[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw problem("ROUTE_GEOJSON", "the route begins like GeoJSON, but is not JSON");
  }
  const lines = linesIn(parsed, 0);
  if (lines.length === 0) throw problem("ROUTE_GEOJSON", "there is no LineString in the GeoJSON");
  return lines.flat().map((position): Point => {
    const [longitude, latitude] = Array.isArray(position) ? position : [];
    if (typeof longitude !== "number" || typeof latitude !== "number") {
      throw problem("ROUTE_GEOJSON", "a position in the GeoJSON is not a list of two numbers");
    }
    return [latitude, longitude];
  });
}

const MAX_DEPTH = 8;

function linesIn(value: unknown, depth: number): unknown[][] {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  const { type, geometry, features, geometries, coordinates } = value as Record<string, unknown>;
  const inner = [features, geometries].find(Array.isArray);
  if (inner !== undefined) return inner.flatMap((one) => linesIn(one, depth + 1));
  if (type === "Feature") return linesIn(geometry, depth + 1);
  if (!Array.isArray(coordinates)) return [];
  if (type === "LineString") return [coordinates];
  return type === "MultiLineString" ? coordinates.filter(Array.isArray) : [];
}

function problem(code: string, message: string): TrackerError {
  return new TrackerError({ code, path: "route", message });
}
