import type { Problem } from "../../errors";
import type { Scalar } from "../../model/message";
import { nanosBeside, unitBeside } from "./beside";
import { type Claim, isCoordinate, isFilled, take, type Unfit, unfitOf } from "./claims";
import { convert, rescale, unitsOf } from "./convert";
import { isSurelyNmea, NMEA_UNIT } from "./coordinates";
import { type CompiledMap, type CompiledRule, ruleName } from "./field-map";
import { canonicalPath, type Leaves } from "./leaves";
import { readQuantity } from "./numbers";
import { type PathStep, within } from "./path";
import type { RawReading } from "./readings";
import { recogniseOthers } from "./recognise-others";
import { findTarget, type Target } from "./targets";
import { unitsWritten } from "./unit-words";

/** What a field map makes of a reading. */
export interface Mapped {
  /** By target, in the order of the rules. */
  readonly claims: Map<string, Claim>;
  /** Paths that rules leave out. */
  readonly ignored: ReadonlySet<string>;
  /** Values that do not fit what a rule or their name makes of them. */
  readonly problems: readonly Problem[];
  /** The targets of those. */
  readonly unfit: ReadonlySet<string>;
}

/** Results of the expressions of a map for a reading, by the index of their rule. */
export type Computed = ReadonlyMap<number, Scalar>;

/** Finds what each signal is filled with: by the rules first, then by the usual names. */
export function mapReading(reading: RawReading, map: CompiledMap, computed: Computed = new Map()): Mapped {
  const claims = new Map<string, Claim>();
  const ignored = new Set<string>();
  const unfits: Unfit[] = [];
  for (const rule of map.rules) {
    const { target, path } = rule;
    if (target.type === "ignore") {
      if (path !== undefined) ignore(pathIn(reading, path), reading.leaves, ignored);
    } else if (!isFilled(target.key, claims)) {
      const claim = claimBy(rule, reading, computed, unfits);
      if (claim !== undefined) take(claim, claims);
    }
  }
  if (map.recognise) unfits.push(...recogniseOthers(reading.leaves, claims, ignored));
  unfits.push(...applyHemispheres(claims));
  return {
    claims: withNanos(claims, reading.leaves),
    ignored,
    problems: unfits.map(({ problem }) => problem),
    unfit: new Set(unfits.map(({ to }) => to)),
  };
}

/** Coordinates with the hemispheres that stand beside them; those that do not go with them are taken back. */
function applyHemispheres(claims: Map<string, Claim>): Unfit[] {
  const sided = (["latitude", "longitude"] as const).flatMap((axis) => {
    const [claim, side] = [claims.get(axis), claims.get(`${axis}Hemisphere`)];
    return claim?.source === undefined || side === undefined ? [] : [{ axis, claim, side }];
  });
  // NMEA has both in its own way, of which one may look like degrees.
  const areNmea = sided.some(
    ({ axis, claim }) => claim.unit === "" && isSurelyNmea(claim.source ?? null, axis),
  );
  return sided.flatMap(({ axis, claim, side }) => {
    const unit = areNmea && claim.unit === "" ? NMEA_UNIT : claim.unit;
    const written = `${claim.source} ${side.value}`;
    const value = convert(written, findTarget(axis) as Target, unit);
    if (value !== undefined) claims.set(axis, { ...claim, value });
    else claims.delete(axis);
    return value === undefined ? [unfitOf(written, findTarget(axis) as Target, claim.path ?? axis)] : [];
  });
}

function withNanos(claims: Map<string, Claim>, leaves: Leaves): Map<string, Claim> {
  const time = claims.get("time");
  const nanos = time?.path === undefined ? undefined : nanosBeside(time.path, leaves);
  if (time === undefined || nanos === undefined) return claims;
  return claims.set("time", { ...time, value: (time.value as number) + nanos.ms, unitPath: nanos.path });
}

function claimBy(
  rule: CompiledRule,
  reading: RawReading,
  computed: Computed,
  unfits: Unfit[],
): Claim | undefined {
  const { target, index } = rule;
  const { value, path } = sourceOf(rule, reading, computed);
  if (value !== undefined && value !== null && isWanted(rule, value)) {
    const converted = adapt(value, rule);
    if (converted !== undefined) return claimFrom(rule, value, converted, path, reading.leaves);
    unfits.push(unfitOf(value, target, path ?? ruleName(index)));
  }
  const preset = rule.default === undefined ? undefined : adaptDefault(rule.default, rule);
  return preset === undefined ? undefined : claimOf(rule, preset, undefined, "");
}

/** The claim of a value that fits, with what stands beside it. */
function claimFrom(
  rule: CompiledRule,
  value: Scalar,
  converted: Scalar,
  path: string | undefined,
  leaves: Leaves,
): Claim {
  const beside = path === undefined ? undefined : unitBeside(path, leaves);
  const plain = claimOf(rule, converted, path, rule.unit, beside?.text);
  const claim = beside === undefined ? plain : { ...plain, unitPath: beside.path };
  if (!isCoordinate(rule.target.key)) return claim;
  return { ...claim, source: (rule.linear && rescale(value, rule.linear)) ?? value };
}

function claimOf(
  { target, index }: CompiledRule,
  value: Scalar,
  path: string | undefined,
  unit: string,
  written = "",
): Claim {
  const ownUnit = target.type === "any" ? target.unit || written : "";
  const claim = { to: target.key, value, path, rule: index, unit };
  return ownUnit === "" ? claim : { ...claim, ownUnit };
}

function sourceOf(
  { path, index }: CompiledRule,
  reading: RawReading,
  computed: Computed,
): { value: Scalar | undefined; path: string | undefined } {
  if (path === undefined) return { value: computed.get(index), path: undefined };
  const at = pathIn(reading, path);
  return { value: reading.leaves.get(at), path: at };
}

/**
 * The path under which a reading has what a rule is about. Signals of a list have their names as paths, items of other
 * lists their places, but a rule may say both in either way.
 */
export function pathIn(reading: RawReading, { text, steps }: NonNullable<CompiledRule["path"]>): string {
  if (reading.leaves.has(text) || !steps.some(isItem)) return text;
  return canonicalPath(reading, steps) ?? text;
}

function isItem(step: PathStep): boolean {
  return "index" in step || "where" in step;
}

/** A value as a rule takes it: on its scale, in the unit of its target; undefined where it does not fit. */
export function adapt(value: Scalar, { target, unit, linear }: CompiledRule): Scalar | undefined {
  if (target.type === "any") return linear === undefined ? value : rescale(value, linear);
  const converted = convert(value, target, unit, linear);
  // A unit that stands in the text itself, as in 54 km/h, counts where the rule leaves it open.
  const quantity = converted === undefined && target.type === "number" ? readQuantity(value) : undefined;
  if (quantity === undefined || linear !== undefined) return converted;
  const written = unitsWritten(quantity.unit).find((one) => unitsOf(target).includes(one));
  const isSame = unit === "" || unit === written;
  return written === undefined || !isSame ? undefined : convert(quantity.number, target, written);
}

function adaptDefault(value: Scalar, { target }: CompiledRule): Scalar | undefined {
  return target.type === "any" ? value : convert(value, target);
}

/** Whether a value makes an event; of other targets every value is wanted. */
export function isWanted({ target, when }: CompiledRule, value: Scalar): boolean {
  if (target.type !== "event") return true;
  return when.length > 0 ? when.includes(String(value)) : ![false, 0, ""].includes(value as never);
}

function ignore(path: string, leaves: Leaves, ignored: Set<string>): void {
  const isIgnored = within(path);
  for (const leaf of leaves.keys()) if (isIgnored(leaf)) ignored.add(leaf);
}
