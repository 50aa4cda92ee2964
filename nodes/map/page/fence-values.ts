import type { FenceInput, FenceKind, FencePoint } from "../../../src/fences/fence";

/** What stands in the form's fields, by their names. */
export type FenceValues = Readonly<Record<string, string>>;

const DECIMALS = 7;

/** The form of a fence, as texts; days as "1,2". */
export function valuesOf(fence: FenceInput): Record<string, string> {
  const { schedule } = fence;
  return {
    name: fence.name,
    ...shapeValues(fence),
    colour: fence.colour,
    groups: fence.groups.join(", "),
    devices: fence.devices.join(", "),
    speedLimit: String(fence.speedLimit ?? ""),
    dwell: String(fence.dwell),
    maxStay: String(fence.maxStay ?? ""),
    innerEdge: String(fence.innerEdge),
    outerEdge: String(fence.outerEdge),
    hours: schedule === null ? "" : "on",
    ...(schedule === null
      ? {}
      : { days: schedule.days.join(), from: schedule.from, to: schedule.to, timeZone: schedule.timeZone }),
  };
}

type Shaped = Pick<FenceInput, "kind"> & Partial<Record<"center" | "radius" | "points" | "width", unknown>>;

/** Of the fields that say where a fence is. */
export function shapeValues(shape: Shaped): Record<string, string> {
  const values: Record<string, string> = {};
  if (shape.center !== undefined) {
    const { latitude, longitude } = shape.center as FencePoint;
    values.latitude = degrees(latitude);
    values.longitude = degrees(longitude);
  }
  if (shape.radius !== undefined) values.radius = String(shape.radius);
  if (shape.width !== undefined) values.width = String(shape.width);
  if (shape.points !== undefined) {
    const points = shape.points as readonly FencePoint[];
    values.points = points
      .map((point) => `${degrees(point.latitude)}, ${degrees(point.longitude)}`)
      .join("\n");
  }
  return values;
}

/** The points in lines of latitude and longitude; undefined where a line is none. */
export function pointsIn(text: string): FencePoint[] | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const points = lines.map((line): FencePoint => {
    const [latitude = Number.NaN, longitude = Number.NaN, ...more] = line
      .trim()
      .split(/[\s,;]+/)
      .map(Number);
    return { latitude, longitude: more.length > 0 ? Number.NaN : longitude };
  });
  const isPoint = ({ latitude, longitude }: FencePoint) =>
    Number.isFinite(latitude) && Number.isFinite(longitude);
  return points.every(isPoint) ? points : undefined;
}

/** What a request says of a fence, from the form; the registry says what is wrong with it. */
export function requestOf(kind: FenceKind, values: FenceValues): Record<string, unknown> {
  const { name, colour, groups, devices, speedLimit, maxStay, points = "" } = values;
  const number = (field: string) => Number(values[field] === "" ? Number.NaN : values[field]);
  const orNone = (field: string) => (values[field] === "" ? null : number(field));
  const shape = {
    circle: {
      center: { latitude: number("latitude"), longitude: number("longitude") },
      radius: number("radius"),
    },
    polygon: { points: pointsIn(points) ?? points },
    corridor: { points: pointsIn(points) ?? points, width: number("width") },
  }[kind];
  return {
    kind,
    name,
    ...shape,
    colour,
    groups,
    devices,
    speedLimit: speedLimit === "" ? null : orNone("speedLimit"),
    dwell: values.dwell === "" ? 0 : number("dwell"),
    maxStay: maxStay === "" ? null : orNone("maxStay"),
    innerEdge: values.innerEdge === "" ? 0 : number("innerEdge"),
    outerEdge: values.outerEdge === "" ? 0 : number("outerEdge"),
    schedule: values.hours === "on" ? scheduleOf(values) : null,
  };
}

function scheduleOf({ days = "", from, to, timeZone }: FenceValues): object {
  return { days: days.split(",").filter(Boolean).map(Number), from, to, timeZone };
}

/** Of a new fence of a kind. */
export function newValues(kind: FenceKind, timeZone: string): Record<string, string> {
  const shape: Record<string, string> = {
    circle: { latitude: "", longitude: "", radius: "" },
    polygon: { points: "" },
    corridor: { points: "", width: "100" },
  }[kind];
  return {
    name: "",
    ...shape,
    colour: "#c2410c",
    groups: "",
    devices: "",
    speedLimit: "",
    dwell: "0",
    maxStay: "",
    innerEdge: "0",
    outerEdge: "25",
    hours: "",
    days: "1,2,3,4,5",
    from: "08:00",
    to: "18:00",
    timeZone,
  };
}

/** The field of the form that the path of a problem is about. */
export function fieldOf(path: string): string {
  const [first = "", second = ""] = path.split(/[.[]/);
  if (first === "center" || first === "schedule")
    return second || (first === "center" ? "latitude" : "hours");
  return first;
}

function degrees(value: number): string {
  return String(Number(value.toFixed(DECIMALS)));
}
