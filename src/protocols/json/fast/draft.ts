import type { FieldPlace } from "../../../model/filler";
import type { Scalar } from "../../../model/message";
import { isInRange } from "../../../model/vocabulary";
import { mayHaveNanos } from "../beside";
import { isCoordinate } from "../claims";
import { isBit } from "../convert";
import type { CompiledMap, CompiledRule } from "../field-map";
import { LIMITS } from "../limits";
import { adapt, isWanted } from "../map";
import { NOT_ATTRIBUTES, POSITION_TARGETS } from "../normalize";
import { within } from "../path";
import { guess, unitPaths } from "../recognise";

/** A value of a shape, in their order. */
export type ShapeValue = readonly [path: string, isNull: boolean];

/** A value that is looked at, and what is made of it; undefined where it is not what was expected. */
export interface Take {
  /** Place of the value in the reading. */
  readonly from: number;
  readonly take: (value: Scalar) => Scalar | undefined;
  /** Index of a rule without which the rest of the shape can be read as well, where the value does not fit it. */
  readonly rule?: number;
}

/** A value of which it is to be said that it does not fit. */
export interface UnfitValue {
  readonly path: string;
  readonly target: CompiledRule["target"];
  /** In `takes`. */
  readonly place: number;
}

/** What goes where in a record. Places are those of `takes`, in `sensors` those of the reading's values. */
export interface ShapeDraft {
  readonly takes: readonly Take[];
  readonly imei: number;
  readonly time: number;
  readonly position:
    | {
        readonly latitude: number;
        readonly longitude: number;
        readonly fix: number | undefined;
        readonly satellites: number | undefined;
        readonly parts: readonly FieldPlace[];
      }
    | undefined;
  readonly attributes: readonly FieldPlace[];
  readonly sensors: readonly FieldPlace[];
  readonly units: Readonly<Record<string, string>> | undefined;
  readonly refused: readonly UnfitValue[];
}

/** What fills a signal: a rule, with the place of what it takes. */
interface Filled {
  readonly to: string;
  readonly path: string;
  readonly unitPath: string | undefined;
  readonly rule: CompiledRule;
  /** In `takes`. */
  readonly place: number;
}

/** Targets whose values are read in more ways than one, or make something else of the record. */
const RARE: ReadonlySet<string> = new Set(["latLon", "latitudeHemisphere", "longitudeHemisphere"]);

/** Targets of which a value that does not fit changes more than what it would have filled. */
const DECISIVE: ReadonlySet<string> = new Set(["imei", "time", "fix"]);

/** What the position is made of beside coordinates, in the order in which a record has it. */
const PARTS = {
  altitude: "altitude",
  speed: "speed",
  course: "heading",
  hdop: "hdop",
  satellites: "fixSatellites",
} as const;

/** The values of a shape, in their order. */
class Places {
  private readonly places: ReadonlyMap<string, number>;

  readonly paths: readonly string[];

  constructor(private readonly values: readonly ShapeValue[]) {
    this.paths = values.map(([path]) => path);
    this.places = new Map(values.map(([path], place) => [path, place]));
  }

  has(path: string): boolean {
    return this.places.has(path);
  }

  /** Of a value that is there and not null. */
  of(path: string): number | undefined {
    const place = this.places.get(path);
    return place === undefined || this.values[place]?.[1] ? undefined : place;
  }
}

/**
 * What a map makes of the readings of a shape, as map.ts and normalize.ts have it, where all values fit but for those of
 * the rules `unfit`. Undefined where more than that decides: a unit that the payload writes beside a value of an own name,
 * usual names that are recognised, a reading without a time or a sender.
 */
export function shapeDraftOf(
  map: CompiledMap,
  values: readonly ShapeValue[],
  unfit: ReadonlySet<number>,
): ShapeDraft | undefined {
  const places = new Places(values);
  const claims = new Claims(places, unfit);
  if (values.some(([path]) => path.length > LIMITS.path) || !map.rules.every((rule) => claims.add(rule)))
    return undefined;
  const { takes, refused, filled } = claims;
  const [imei, time] = [filled.get("imei")?.place, filled.get("time")];
  if (imei === undefined || time === undefined || mayHaveNanos(time.path, (path) => places.has(path)))
    return undefined;
  if (map.recognise && claims.isOpenToNames()) return undefined;
  return { takes, refused, imei, time: time.place, ...placed(claims, places.paths) };
}

/** What the rules make of a shape. */
class Claims {
  readonly takes: Take[] = [];
  readonly refused: UnfitValue[] = [];
  /** By target, in the order of the rules. */
  readonly filled = new Map<string, Filled>();
  readonly ignored = new Set<string>();

  constructor(
    private readonly places: Places,
    private readonly unfit: ReadonlySet<number>,
  ) {}

  /** False where it depends on more than on the values' fitting what a rule makes of them. */
  add(rule: CompiledRule): boolean {
    const { target, path, default: preset } = rule;
    if (target.type === "ignore") {
      if (path !== undefined) this.ignore(path.text);
      return true;
    }
    if (this.filled.has(target.key)) return true;
    const from = path && this.places.of(path.text);
    if (path === undefined || from === undefined) return preset === undefined;
    if (RARE.has(target.key)) return false;
    if (target.type === "event") {
      // What makes an event is read step by step.
      this.takes.push({ from, take: (value) => (isWanted(rule, value) ? undefined : value) });
      return preset === undefined;
    }
    return this.unfit.has(rule.index) ? this.refuse(rule, path.text, from) : this.fill(rule, path.text, from);
  }

  /** Whether a value that is left has a usual name. */
  isOpenToNames(): boolean {
    const taken = new Set([...this.filled.values()].map(({ path }) => path));
    return this.places.paths.some((path) => {
      const isFree = this.places.of(path) !== undefined && !taken.has(path) && !this.ignored.has(path);
      return isFree && guess(path) !== undefined;
    });
  }

  private ignore(path: string): void {
    const isIgnored = within(path);
    for (const one of this.places.paths) if (isIgnored(one)) this.ignored.add(one);
  }

  private refuse(rule: CompiledRule, path: string, from: number): boolean {
    const { target, default: preset } = rule;
    this.refused.push({ path, target, place: this.takes.length });
    this.takes.push({ from, take: (value) => (adapt(value, rule) === undefined ? value : undefined) });
    // Of these it is not enough to say that they do not fit.
    return preset === undefined && !isCoordinate(target.key) && !DECISIVE.has(target.key);
  }

  private fill(rule: CompiledRule, path: string, from: number): boolean {
    const { target } = rule;
    const unitPath = unitPaths(path).find((one) => this.places.of(one) !== undefined);
    if (unitPath !== undefined) {
      if (target.type === "any" && target.unit === "") return false;
      const beside = this.places.of(unitPath) as number;
      this.takes.push({ from: beside, take: (text) => (typeof text === "string" ? text : undefined) });
    }
    this.filled.set(target.key, { to: target.key, path, unitPath, rule, place: this.takes.length });
    this.takes.push({ from, take: takerOf(rule), rule: rule.index });
    return true;
  }
}

/** The same as {@link adapt}, shorter for what most values are. */
function takerOf(rule: CompiledRule): Take["take"] {
  const { target, unit, linear } = rule;
  const isAsItCame = linear === undefined && (unit === "" || unit === target.unit);
  if (target.type !== "number" || !isAsItCame) return (value) => adapt(value, rule);
  const { range } = target;
  return (value) => (typeof value === "number" && isInRange(value, range) ? value : adapt(value, rule));
}

function placed(
  { filled: claims, ignored }: Claims,
  paths: readonly string[],
): Pick<ShapeDraft, "position" | "attributes" | "sensors" | "units"> {
  const placeOf = (target: string) => claims.get(target)?.place;
  const [latitude, longitude] = [placeOf("latitude"), placeOf("longitude")];
  const hasPosition = latitude !== undefined && longitude !== undefined;
  const filled = [...claims.values()].filter(({ to }) => hasPosition || !POSITION_TARGETS.has(to));
  const used = new Set<string | undefined>(ignored);
  for (const { path, unitPath } of filled) used.add(path).add(unitPath);
  const wholly = new Set(filled.filter(({ rule }) => !isBit(rule.unit)).map(({ path }) => path));
  const masks = new Set(filled.map(({ path }) => path).filter((path) => !wholly.has(path)));
  const named = filled.filter(({ to }) => !NOT_ATTRIBUTES.has(to));
  const units = named.flatMap(({ to, rule: { target } }) =>
    target.type === "any" && target.unit !== "" ? [[to, target.unit] as const] : [],
  );
  const parts = Object.entries(PARTS).flatMap(([part, target]): FieldPlace[] => {
    const place = placeOf(target);
    return place === undefined ? [] : [[part, place]];
  });
  return {
    position: hasPosition
      ? { latitude, longitude, fix: placeOf("fix"), satellites: placeOf("fixSatellites"), parts }
      : undefined,
    attributes: named.map(({ to, place }): FieldPlace => [to, place]),
    sensors: paths
      .map((path, place): FieldPlace => [path, place])
      .filter(([path]) => !used.has(path) || masks.has(path)),
    units: units.length === 0 ? undefined : Object.fromEntries(units),
  };
}
