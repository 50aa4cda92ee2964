import { TrackerError } from "../errors";
import { FENCE_LIMITS, type Fence, type FenceKind, type FencePoint } from "./fence";

type Given = Readonly<Record<string, unknown>>;

/** Metres, where a line does not say how wide the corridor along it is. */
const USUAL_WIDTH = 100;

/** What stands under another name in GeoJSON of other programs (title and colours: simplestyle-spec). */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  name: ["name", "title", "Name"],
  colour: ["colour", "color", "stroke", "fill", "marker-color"],
};
const SAME_NAMES = [
  "groups",
  "devices",
  "speedLimit",
  "dwell",
  "maxStay",
  "innerEdge",
  "outerEdge",
  "schedule",
  "radius",
  "width",
];

/** What is no property: it stands in the feature or its geometry, or is the registry's own. */
const ELSEWHERE = ["id", "center", "points", "createdAt", "changedAt"];

/** Fences as a FeatureCollection (RFC 7946): a circle is a point with `radius`, a corridor a line with `width`. */
export function fencesAsGeoJson(fences: Iterable<Fence>): object {
  const features = [...fences].map((fence) => {
    const own = Object.entries(fence).filter(([name]) => !ELSEWHERE.includes(name));
    return {
      type: "Feature",
      id: fence.id,
      geometry: geometryOf(fence),
      properties: { ...Object.fromEntries(own), stroke: fence.colour, fill: fence.colour },
    };
  });
  return { type: "FeatureCollection", features };
}

function geometryOf(fence: Fence): object {
  const place = ({ longitude, latitude }: FencePoint) => [longitude, latitude];
  if (fence.kind === "circle") return { type: "Point", coordinates: place(fence.center) };
  const coordinates = fence.points.map(place);
  if (fence.kind === "corridor") return { type: "LineString", coordinates };
  return { type: "Polygon", coordinates: [[...coordinates, coordinates[0]]] };
}

/** A feature of an import: what it says of a fence, or what is wrong with it. */
export interface FoundFence {
  /** Empty where it has none. */
  readonly id: string;
  readonly name: string;
  readonly given?: Given;
  readonly problem?: TrackerError;
}

/**
 * The fences in GeoJSON, as text or read. A geometry with several parts is several fences. What no fence has is left out.
 * Throws `GEOJSON` where it is none at all.
 */
export function fencesInGeoJson(data: unknown): FoundFence[] {
  const read = typeof data === "string" ? parsed(data) : data;
  if (!isGiven(read)) throw wrong("", "GeoJSON is a FeatureCollection, a feature, or a list of them");
  const features: unknown = read.type === "FeatureCollection" ? read.features : [read];
  if (!Array.isArray(features)) throw wrong("features", "a FeatureCollection has a list of features");
  if (features.length > FENCE_LIMITS.fences)
    throw wrong("features", `there are ${features.length} features; ${FENCE_LIMITS.fences} are allowed`);
  return features.flatMap((feature, at) => fencesOf(feature, at));
}

function parsed(text: string): unknown {
  if (text.length > FENCE_LIMITS.text)
    throw wrong("", `the text has ${text.length} characters; ${FENCE_LIMITS.text} are allowed`);
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw wrong("", `this is no JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

function fencesOf(feature: unknown, at: number): FoundFence[] {
  const isFeature = isGiven(feature) && feature.type === "Feature";
  const geometry = isFeature ? feature.geometry : feature;
  const properties = isFeature && isGiven(feature.properties) ? feature.properties : {};
  const id = isFeature && ["string", "number"].includes(typeof feature.id) ? String(feature.id) : "";
  const common = propertiesOf(properties);
  const name = typeof common.name === "string" && common.name.trim() !== "" ? common.name : `Fence ${at + 1}`;
  try {
    const shapes = shapesOf(geometry, `features[${at}].geometry`);
    return shapes.map((shape, part) => {
      const one = shapes.length === 1;
      const own = {
        id: one || id === "" ? id : `${id}-${part + 1}`,
        name: one ? name : `${name} ${part + 1}`,
      };
      return { ...own, given: withoutForeign({ width: USUAL_WIDTH, ...common, ...shape, name: own.name }) };
    });
  } catch (problem) {
    if (problem instanceof TrackerError) return [{ id, name, problem }];
    throw problem;
  }
}

function propertiesOf(properties: Given): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, others] of Object.entries(OTHER_NAMES)) {
    const found = others.find((other) => typeof properties[other] === "string");
    if (found !== undefined) read[name] = properties[found];
  }
  // Colours can have names in other programs; they say nothing of where a fence is.
  if (!/^#[\da-f]{6}$/i.test(String(read.colour))) delete read.colour;
  for (const name of SAME_NAMES) if (properties[name] !== undefined) read[name] = properties[name];
  return read;
}

/** What only fences of another kind have. */
const FOREIGN: Readonly<Record<FenceKind, readonly string[]>> = {
  circle: ["width"],
  polygon: ["width", "radius"],
  corridor: ["radius"],
};

function withoutForeign(given: Shape): Given {
  const foreign = FOREIGN[given.kind];
  return Object.fromEntries(Object.entries(given).filter(([name]) => !foreign.includes(name)));
}

type Shape = Given & { readonly kind: FenceKind };

function shapesOf(geometry: unknown, path: string): Shape[] {
  if (!isGiven(geometry)) throw wrong(path, "the feature has no geometry");
  const { type, coordinates } = geometry;
  const place = `${path}.coordinates`;
  const parts = () => listOf(coordinates, place);
  if (type === "Point") return [{ kind: "circle", center: pointOf(coordinates, place) }];
  if (type === "LineString") return [corridor(coordinates, place)];
  if (type === "MultiLineString") return parts().map((line, at) => corridor(line, `${place}[${at}]`));
  if (type === "Polygon") return [polygon(coordinates, place)];
  if (type === "MultiPolygon") return parts().map((rings, at) => polygon(rings, `${place}[${at}]`));
  throw wrong(path, "a fence is a Point with a radius, a LineString or a Polygon");
}

function corridor(line: unknown, path: string): Shape {
  return { kind: "corridor", points: pointsIn(line, path) };
}

function polygon(rings: unknown, path: string): Shape {
  const [outline, hole] = listOf(rings, path);
  if (hole !== undefined) {
    const message = "a fence has no holes: draw what is left without them";
    throw new TrackerError({ code: "FENCE_HOLES", path: `${path}[1]`, message });
  }
  return { kind: "polygon", points: pointsIn(outline, `${path}[0]`) };
}

function pointsIn(line: unknown, path: string): object[] {
  return listOf(line, path).map((one, at) => pointOf(one, `${path}[${at}]`));
}

function pointOf(coordinates: unknown, path: string): object {
  if (!Array.isArray(coordinates) || coordinates.length < 2)
    throw wrong(path, "a point is [longitude, latitude]");
  const [longitude, latitude] = coordinates;
  return { latitude, longitude };
}

function listOf(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(path, "these are no coordinates");
}

function wrong(path: string, message: string): TrackerError {
  return new TrackerError({ code: "GEOJSON", path: path || "data", message });
}

function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
