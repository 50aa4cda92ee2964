import { type Problem, shown, TrackerError } from "../../errors";
import { type Linear, parseLinear } from "../../model/units";
import { type AttributeType, findTerm, isAttributeName, type Range } from "../../model/vocabulary";
import { isBlank, isTrue } from "../../saved";
import { type Choices, chosenMeanings } from "./choices";
import { type Factor, findSensor, GNSS_SENSOR, type Meaning, SENSORS, sensorIdText } from "./sensors";

/** What to do with one sensor id, as the user sets it in the device config. Numbers may be text. */
export interface SensorOverride {
  /** As text `0x3008`; as a number 0–65535. */
  readonly id: string | number;
  /** A name from the vocabulary or the user's own; not needed with `ignore`. */
  readonly key?: string;
  readonly ignore?: boolean | string;
  /** Attribute = wire value × scale + offset. Empty: as the catalogue has it for this id and key, else 1 and 0. */
  readonly scale?: string | number;
  readonly offset?: string | number;
  /** Unit of an own name; a name from the vocabulary has its unit already. */
  readonly unit?: string;
}

/** Where a sensor's value goes and how it is converted. `any` keeps the type the device chose. */
export interface Mapping extends Linear, Omit<Meaning, keyof Factor> {
  readonly type: AttributeType | "any";
  /** Of several sensors for one name the lowest fills it. */
  readonly rank: number;
  /** Only for the user's own names. */
  readonly unit?: string;
  /** What the name can be; a value outside is not believed. */
  readonly range?: Range;
}

/** What is done with each sensor id; an id that is absent stays in `sensors`, null is ignored. */
export type SensorMap = ReadonlyMap<number, Mapping | null>;

const CATALOGUE: SensorMap = new Map(
  SENSORS.flatMap(({ id, meaning }) => (meaning === undefined ? [] : [[id, mappingOf(meaning)]])),
);
/** A sensor that the user gives a name fills it before those that have it by the table. */
const USERS_RANK = -1;

/** A meaning of the table as a mapping. */
export function mappingOf({ key, rank = 0, ...rest }: Meaning): Mapping {
  return { ...rest, key, rank, ...kindOf(key), ...linearOf(rest) };
}

/** What the vocabulary says of a name; of the user's own, that it can be anything. */
export function kindOf(key: string): Pick<Mapping, "type" | "range"> {
  const { type = "any", range } = findTerm(key) ?? {};
  return range === undefined ? { type } : { type, range };
}

/** A factor of the table with all its parts. */
export function linearOf(factor: Factor): Linear {
  return { multiply: factor.multiply ?? 1, add: factor.add ?? 0, divide: factor.divide ?? 1 };
}

/**
 * The catalogue, changed by the user's choices, and then by overrides. Throws the first problem of {@link checkOverrides}.
 */
export function sensorMap(overrides: readonly SensorOverride[] = [], choices: Choices = {}): SensorMap {
  const chosen = chosenMeanings(choices);
  if (overrides.length === 0 && chosen.size === 0) return CATALOGUE;
  const problem = checkOverrides(overrides)[0];
  if (problem !== undefined) {
    throw new TrackerError({ ...problem, path: `sensors[${problem.at}].${problem.path}` });
  }
  const map = new Map(CATALOGUE);
  for (const [id, meaning] of chosen) {
    if (meaning === undefined) map.delete(id);
    else map.set(id, mappingOf(meaning));
  }
  for (const override of overrides) {
    map.set(parseSensorId(override.id) as number, isIgnored(override) ? null : mapping(override));
  }
  return map;
}

function mapping(override: SensorOverride): Mapping {
  const key = (override.key ?? "").trim();
  const { meaning, likely } = findSensor(parseSensorId(override.id) as number) ?? {};
  const known = [meaning, likely].find((one) => one?.key === key);
  if (known !== undefined && isBlank(override.scale) && isBlank(override.offset)) {
    if (known === likely) return mappingOf(known);
    // It needs no override: the user decided that it counts whatever the bus does.
    const { ofBus: _, ...decided } = known;
    return mappingOf(decided);
  }
  const unit = findTerm(key) === undefined ? override.unit?.trim() : undefined;
  return {
    key,
    rank: known === undefined ? USERS_RANK : (known.rank ?? 0),
    ...kindOf(key),
    ...parseLinear(override.scale, override.offset),
    ...(unit ? { unit } : {}),
  };
}

/**
 * What is wrong with overrides, at most one problem each; `path` is the field's name, `at` the override's index.
 * Codes: `SENSOR_ID`, `SENSOR_KEY`, `SENSOR_SCALE`, `SENSOR_OFFSET`, `SENSOR_TWICE`,
 * `SENSOR_POSITION`.
 */
export function checkOverrides(overrides: readonly SensorOverride[]): (Problem & { readonly at: number })[] {
  const seen = new Set<number>();
  return overrides.flatMap((override, at) => {
    const id = parseSensorId(override?.id);
    const twice = id !== undefined && seen.has(id);
    if (id !== undefined) seen.add(id);
    const problem = twice
      ? { code: "SENSOR_TWICE", path: "id", message: `sensor ${override.id} is listed twice` }
      : checkOverride(override);
    return problem === undefined ? [] : [{ ...problem, at }];
  });
}

function checkOverride(override: SensorOverride): Problem | undefined {
  if (parseSensorId(override?.id) === undefined) {
    return {
      code: "SENSOR_ID",
      path: "id",
      message: `${shown(override?.id)} is not a sensor id (0x0000 to 0xFFFF)`,
    };
  }
  if (isIgnored(override)) return undefined;
  if (parseSensorId(override.id) === GNSS_SENSOR) {
    return {
      code: "SENSOR_POSITION",
      path: "id",
      message: `${sensorIdText(GNSS_SENSOR)} is the position: it can be ignored, but not have another name`,
    };
  }
  const key = override.key ?? "";
  if (!isAttributeName(key)) {
    return {
      code: "SENSOR_KEY",
      path: "key",
      message: `${shown(key)} is not a name for a value (1 to 64 letters, digits, spaces, . _ or -)`,
    };
  }
  const scale = isBlank(override.scale) ? 1 : Number(override.scale);
  if (!Number.isFinite(scale) || scale === 0) {
    return {
      code: "SENSOR_SCALE",
      path: "scale",
      message: `${shown(override.scale)} is not a scale (a number other than 0)`,
    };
  }
  if (!isBlank(override.offset) && !Number.isFinite(Number(override.offset))) {
    return {
      code: "SENSOR_OFFSET",
      path: "offset",
      message: `${shown(override.offset)} is not an offset (a number)`,
    };
  }
  return undefined;
}

/** True where a value is to be left out. */
export function isIgnored({ ignore }: SensorOverride): boolean {
  return isTrue(ignore);
}

/** `0x3008` or 12296 to the number; undefined for anything else, also for text without 0x: is `3008` decimal? */
export function parseSensorId(id: unknown): number | undefined {
  if (typeof id === "number") return Number.isInteger(id) && id >= 0 && id <= 0xffff ? id : undefined;
  const text = String(id).trim();
  return /^0x[0-9a-f]{1,4}$/i.test(text) ? Number(text) : undefined;
}
