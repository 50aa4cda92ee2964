import { shown, TrackerError } from "../errors";
import { isTimeZone } from "../model/days";
import { wrapped } from "../model/earth";
import { imeiIn } from "../model/imei";
import {
  FENCE_KINDS,
  FENCE_LIMITS,
  type Fence,
  type FenceInput,
  type FenceKind,
  type FencePoint,
  type FenceRules,
  type FenceSchedule,
} from "./fence";
import { minutesOf } from "./hours";
import { checkOutline, checkSpan } from "./outline";

type Given = Readonly<Record<string, unknown>>;
type Read<T> = (value: unknown) => T;

/** A wrong value of a field; `path` goes on from the field's own name. */
class Wrong {
  constructor(
    readonly message: string,
    readonly path = "",
    readonly code = "FIELD_VALUE",
  ) {}
}

const fail = (message: string, path?: string, code?: string): never => {
  throw new Wrong(message, path, code);
};

const text =
  (least: number, most: number): Read<string> =>
  (value) => {
    if (typeof value !== "string" && !Number.isFinite(value)) return fail("this has to be a text");
    const read = String(value).trim();
    if (read.length < least) return fail("this has to be a text that is not empty");
    return read.length <= most ? read : fail(`this has ${read.length} characters; ${most} are allowed`);
  };

const number =
  (least: number, most: number, unit: string): Read<number> =>
  (value) => {
    const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof read === "number" && read >= least && read <= most) return read;
    return fail(`this has to be a number from ${least} to ${most} (${unit}), not ${shown(value)}`);
  };

const orNone =
  <T>(read: Read<T>): Read<T | null> =>
  (value) =>
    value === null || value === "" ? null : read(value);

const colour: Read<string> = (value) =>
  typeof value === "string" && /^#[\da-f]{6}$/i.test(value)
    ? value.toLowerCase()
    : fail('a colour is written as "#rrggbb"');

const list =
  (what: string, most: number, read: Read<string>): Read<string[]> =>
  (value) => {
    const given: unknown =
      typeof value === "string" ? value.split(/[\n,;]/).filter((one) => one.trim()) : (value ?? []);
    if (!Array.isArray(given)) return fail(`this has to be a list of ${what}`);
    if (given.length > most) return fail(`this has ${given.length} ${what}; ${most} are allowed`);
    return [...new Set(given.map((one, at) => within(`[${at}]`, () => read(one))))];
  };

/** Also one with a wrong check digit: there are devices that have one. */
const imei: Read<string> = (value) => {
  const { imei, problem } = imeiIn(value);
  return imei ?? fail(problem?.message ?? "", "", problem?.code);
};

const point: Read<FencePoint> = (value) => {
  if (!isGiven(value)) return fail("a point is {latitude, longitude} in degrees");
  const other = Object.keys(value).find((name) => name !== "latitude" && name !== "longitude");
  if (other !== undefined) return fail("a point has latitude and longitude", `.${other}`, "FIELD_UNKNOWN");
  const degrees = (name: "latitude" | "longitude", most: number) =>
    within(`.${name}`, () => number(-most, most, "degrees")(value[name]));
  return rounded(degrees("latitude", 90), degrees("longitude", 360));
};

/** About a centimetre. */
function rounded(latitude: number, longitude: number): FencePoint {
  const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7 + 0;
  return { latitude: round(latitude), longitude: round(wrapped(longitude)) };
}

/** Without what stands twice, and without the first again at the end of a closed one. */
const points =
  (least: number, isClosed: boolean): Read<FencePoint[]> =>
  (value) => {
    if (!Array.isArray(value))
      return fail("the points are a list of {latitude, longitude}", "", "FENCE_POINTS");
    if (value.length > FENCE_LIMITS.points + 1) return fail(tooManyPoints(value.length), "", "FENCE_POINTS");
    const read = value.map((one, at) => within(`[${at}]`, () => point(one)));
    const isSame = (a: FencePoint | undefined, b: FencePoint | undefined) =>
      a?.latitude === b?.latitude && a?.longitude === b?.longitude;
    const kept = read.filter((one, at) => at === 0 || !isSame(one, read[at - 1]));
    if (isClosed && kept.length > 1 && isSame(kept[0], kept.at(-1))) kept.pop();
    if (kept.length > FENCE_LIMITS.points) return fail(tooManyPoints(kept.length), "", "FENCE_POINTS");
    if (kept.length >= least) return kept;
    return fail(`at least ${least} different points are needed, not ${kept.length}`, "", "FENCE_POINTS");
  };

const tooManyPoints = (count: number) =>
  `there are ${count} points; a fence has at most ${FENCE_LIMITS.points}. Leave out those that change little`;

const SCHEDULE_FIELDS = ["days", "from", "to", "timeZone"];

const schedule: Read<FenceSchedule> = (value) => {
  if (!isGiven(value)) return fail("a schedule is {days, from, to, timeZone}");
  const other = Object.keys(value).find((name) => !SCHEDULE_FIELDS.includes(name));
  if (other !== undefined)
    return fail("a schedule has days, from, to and timeZone", `.${other}`, "FIELD_UNKNOWN");
  const { days = [1, 2, 3, 4, 5, 6, 7], from = "00:00", to = "24:00", timeZone } = value;
  const time = (name: string, given: unknown) => {
    const minutes = typeof given === "string" ? minutesOf(given) : undefined;
    if (minutes === undefined) return fail('a time of the day is written as "08:30"', `.${name}`);
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };
  const isDay = (day: unknown) => Number.isInteger(day) && Number(day) >= 1 && Number(day) <= 7;
  if (!Array.isArray(days) || days.length === 0 || !days.every(isDay))
    return fail("the days are a list of numbers from 1 (Monday) to 7 (Sunday)", ".days");
  if (typeof timeZone !== "string" || !isTimeZone(timeZone))
    return fail('a time zone has a name as "Europe/Berlin"', ".timeZone");
  const read = { from: time("from", from), to: time("to", to) };
  return { days: [...new Set(days as number[])].sort(), ...read, timeZone };
};

const SECONDS = 31_622_400;

/** What every fence has, and what is meant where it is not said. */
const FIELDS = {
  name: [text(1, 100)],
  colour: [colour, "#2563c9"],
  groups: [list("groups", 100, text(1, 100)), []],
  devices: [list("IMEIs", 1000, imei), []],
  speedLimit: [orNone(number(1, 500, "km/h")), null],
  dwell: [number(0, 86_400, "seconds"), 0],
  maxStay: [orNone(number(1, SECONDS, "seconds")), null],
  innerEdge: [number(0, 10_000, "metres"), 0],
  outerEdge: [number(0, 10_000, "metres"), 25],
  schedule: [orNone(schedule), null],
} as const satisfies Record<keyof FenceRules, readonly [Read<unknown>, unknown?]>;

/** What a fence of a kind has beside that; all of it has to be said. */
const SHAPES = {
  circle: { center: point, radius: number(1, 500_000, "metres") },
  polygon: { points: points(3, true) },
  corridor: { points: points(2, false), width: number(1, 100_000, "metres") },
} as const satisfies Record<FenceKind, Readonly<Record<string, Read<unknown>>>>;

/** Its registry says these. */
const OWN = ["id", "createdAt", "changedAt"];
const SHAPE_FIELDS = Object.values(SHAPES).flatMap((shape) => Object.keys(shape));

/**
 * Reads what somebody says of a fence; `before` has what is not said. Throws `FIELD_UNKNOWN`, `FIELD_VALUE`, `IMEI_*`,
 * `FENCE_KIND`, `FENCE_POINTS`, `FENCE_FLAT`, `FENCE_CROSSING`, `FENCE_POLE`, `FENCE_SIZE` or `FENCE_EDGE`, with its place.
 */
export function readFence(given: Given, before?: Fence): FenceInput {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const kind = FENCE_KINDS.find((one) => one === (said.kind ?? before?.kind));
  if (kind === undefined) {
    const message = `the kind of a fence is one of ${FENCE_KINDS.join(", ")}`;
    throw new TrackerError({ code: "FENCE_KIND", path: "kind", message });
  }
  const known = [...OWN, "kind", ...Object.keys(FIELDS), ...Object.keys(SHAPES[kind])];
  const unknown = Object.keys(said).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const message = `a ${kind} has no ${shown(unknown)}; it has ${known.filter((name) => !OWN.includes(name)).join(", ")}`;
    throw new TrackerError({ code: "FIELD_UNKNOWN", path: unknown, message });
  }
  // Of another kind only what all kinds have is kept.
  const kept = Object.entries(before ?? {}).filter(
    ([name]) => before?.kind === kind || !SHAPE_FIELDS.includes(name),
  );
  const all: Given = { ...Object.fromEntries(kept), ...said };
  const common = Object.entries<readonly [Read<unknown>, unknown?]>(FIELDS).map(([name, [read, usual]]) => {
    return [name, all[name] === undefined && usual !== undefined ? usual : readField(name, read, all[name])];
  });
  const shape = Object.entries<Read<unknown>>(SHAPES[kind]).map(([name, read]) => [
    name,
    readField(name, read, all[name]),
  ]);
  const fence = { kind, ...Object.fromEntries(common), ...Object.fromEntries(shape) } as FenceInput;
  checkShape(fence);
  return fence;
}

/** Reads hours, or null for none. Throws `FIELD_VALUE` or `FIELD_UNKNOWN`; `path` is where they stand. */
export function readSchedule(value: unknown, path: string): FenceSchedule | null {
  return readField(path, orNone(schedule), value);
}

/** Whether something that was saved is a whole fence. */
export function isWholeFence(value: object): boolean {
  try {
    readFence(value as Given);
    return OWN.every((name) => name in value);
  } catch {
    return false;
  }
}

function checkShape(fence: FenceInput): void {
  if (fence.kind !== "circle") {
    checkSpan(fence.points, fence.kind === "polygon");
    if (fence.kind === "polygon") checkOutline(fence.points);
  }
  const half =
    fence.kind === "circle" ? fence.radius : fence.kind === "corridor" ? fence.width / 2 : undefined;
  if (half === undefined || fence.innerEdge < half) return;
  const message = `nothing is ${fence.innerEdge} m inside of the edge: it is only ${half} m to its middle`;
  throw new TrackerError({ code: "FENCE_EDGE", path: "innerEdge", message });
}

function readField<T>(name: string, read: Read<T>, value: unknown): T {
  try {
    return read(value);
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) throw wrong;
    throw new TrackerError({ code: wrong.code, path: `${name}${wrong.path}`, message: wrong.message });
  }
}

/** Says where in a field something is wrong. */
function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (wrong) {
    throw wrong instanceof Wrong ? new Wrong(wrong.message, `${place}${wrong.path}`, wrong.code) : wrong;
  }
}

function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
