import type { Problem } from "../../errors";
import type { Scalar } from "../../model/message";
import { convert } from "./convert";
import { type CompiledMap, type CompiledRule, ruleName } from "./field-map";
import { canonicalPath, type Leaves } from "./leaves";
import { within } from "./path";
import type { RawReading } from "./readings";
import { type Guess, guess, unitPaths } from "./recognise";
import { findTarget, type Target } from "./targets";

/** What fills a signal of a reading. */
export interface Claim {
  readonly to: string;
  /** Converted. */
  readonly value: Scalar;
  /** Where it came from; undefined where an expression or a default gave it. */
  readonly path: string | undefined;
  /** Index of the rule; undefined where its name was recognised. */
  readonly rule: number | undefined;
  /** The unit it came in; empty where the usual one was assumed. */
  readonly unit: string;
  /** Where the payload says the unit, beside the value. */
  readonly unitPath?: string;
  /** What a name of the user's own is in, where they or the payload say so. */
  readonly ownUnit?: string;
}

/** What a field map makes of a reading. */
export interface Mapped {
  /** By target, in the order of the rules. */
  readonly claims: Map<string, Claim>;
  /** Paths that rules leave out. */
  readonly ignored: ReadonlySet<string>;
  /** Values that do not fit what a rule makes of them. */
  readonly problems: readonly Problem[];
}

/** Results of the expressions of a map for a reading, by the index of their rule. */
export type Computed = ReadonlyMap<number, Scalar>;

/** Finds what each signal is filled with: by the rules first, then by the usual names. */
export function mapReading(reading: RawReading, map: CompiledMap, computed: Computed = new Map()): Mapped {
  const claims = new Map<string, Claim>();
  const ignored = new Set<string>();
  const problems: Problem[] = [];
  for (const rule of map.rules) {
    const { target, path } = rule;
    if (target.type === "ignore") {
      if (path !== undefined) ignore(path.text, reading.leaves, ignored);
    } else if (!claims.has(target.key)) {
      const claim = claimBy(rule, reading, computed, problems);
      if (claim !== undefined) claims.set(target.key, claim);
    }
  }
  if (map.recognise) problems.push(...recogniseOthers(reading.leaves, claims, ignored));
  return { claims, ignored, problems };
}

function claimBy(
  rule: CompiledRule,
  reading: RawReading,
  computed: Computed,
  problems: Problem[],
): Claim | undefined {
  const { target, unit, index } = rule;
  const { value, path } = sourceOf(rule, reading, computed);
  if (value !== undefined && value !== null && isWanted(rule, value)) {
    const converted = adapt(value, rule);
    if (converted !== undefined) {
      const beside = path === undefined ? undefined : unitBeside(path, reading.leaves);
      return { ...claimOf(rule, converted, beside?.text), path, unit, ...unitPathOf(beside) };
    }
    problems.push(unfit(value, target, path ?? ruleName(index)));
  }
  const preset = rule.default === undefined ? undefined : adapt(rule.default, { ...rule, unit: "" });
  return preset === undefined ? undefined : claimOf(rule, preset);
}

function claimOf({ target, index }: CompiledRule, value: Scalar, written = ""): Claim {
  const ownUnit = target.type === "any" ? target.unit || written : "";
  const claim = { to: target.key, value, path: undefined, rule: index, unit: "" };
  return ownUnit === "" ? claim : { ...claim, ownUnit };
}

function unitPathOf(beside: WrittenUnit | undefined): { unitPath?: string } {
  return beside === undefined ? {} : { unitPath: beside.path };
}

function sourceOf(
  { path, index }: CompiledRule,
  { leaves, document }: RawReading,
  computed: Computed,
): { value: Scalar | undefined; path: string | undefined } {
  if (path === undefined) return { value: computed.get(index), path: undefined };
  const value = leaves.get(path.text);
  if (value !== undefined || !path.steps.some((step) => "index" in step)) return { value, path: path.text };
  // Signals of a list have their names as paths, but a rule may count them all the same.
  const named = canonicalPath(document, path.steps);
  return { value: named === undefined ? undefined : leaves.get(named), path: named };
}

function adapt(value: Scalar, { target, unit }: CompiledRule): Scalar | undefined {
  return target.type === "any" ? value : convert(value, target, unit);
}

/** Whether a value makes an event; of other targets every value is wanted. */
function isWanted({ target, when }: CompiledRule, value: Scalar): boolean {
  if (target.type !== "event") return true;
  return when.length > 0 ? when.includes(String(value)) : ![false, 0, ""].includes(value as never);
}

function ignore(path: string, leaves: Leaves, ignored: Set<string>): void {
  const isIgnored = within(path);
  for (const leaf of leaves.keys()) if (isIgnored(leaf)) ignored.add(leaf);
}

interface Candidate extends Guess {
  readonly path: string;
  readonly target: Target;
  readonly beside: WrittenUnit | undefined;
}

/** Fills what is still empty from values with usual names; returns coordinates that are none. */
function recogniseOthers(
  leaves: Leaves,
  claims: Map<string, Claim>,
  ignored: ReadonlySet<string>,
): Problem[] {
  const taken = new Set([...claims.values()].map(({ path }) => path));
  const free = [...leaves.keys()].filter((path) => !taken.has(path) && !ignored.has(path));
  const candidates = free.flatMap((path): Candidate[] => {
    const beside = unitBeside(path, leaves);
    const found = guess(path, beside?.text);
    const target = found && findTarget(found.to);
    return found === undefined || target === undefined ? [] : [{ ...found, path, target, beside }];
  });
  candidates.sort((a, b) => a.rank - b.rank);
  for (const { to, path, target, unit, beside } of ofOnePlace(candidates, leaves, claims)) {
    const value = claims.has(to) ? undefined : convert(leaves.get(path) ?? null, target, unit);
    if (value !== undefined) {
      claims.set(to, { to, value, path, rule: undefined, unit, ...unitPathOf(beside) });
    }
  }
  return candidates.flatMap(({ to, path, target, unit }) => {
    const value = leaves.get(path) ?? "";
    return claims.has(to) || value === "" || !isCoordinate(to) || convert(value, target, unit) !== undefined
      ? []
      : [unfit(value, target, path)];
  });
}

/**
 * Without the coordinates of all places but the first that has both: half of one position and half of another would
 * be a third. Where a rule says one of them, the other is taken wherever it is.
 */
function ofOnePlace(
  candidates: readonly Candidate[],
  leaves: Leaves,
  claims: ReadonlyMap<string, Claim>,
): readonly Candidate[] {
  if (claims.has("latitude") || claims.has("longitude")) return candidates;
  const usable = candidates.filter(
    ({ to, path, target, unit }) =>
      isCoordinate(to) && convert(leaves.get(path) ?? null, target, unit) !== undefined,
  );
  const placesOf = (wanted: string) =>
    new Set(usable.filter(({ to }) => to === wanted).map(({ place }) => place));
  const [latitudes, longitudes] = [placesOf("latitude"), placesOf("longitude")];
  const whole = usable.find(({ place }) => latitudes.has(place) && longitudes.has(place));
  return candidates.filter(({ to, place }) => !isCoordinate(to) || place === whole?.place);
}

function isCoordinate(target: string): boolean {
  return target === "latitude" || target === "longitude";
}

/** A unit that a payload writes beside a value, and where. */
export interface WrittenUnit {
  readonly text: string;
  readonly path: string;
}

export function unitBeside(path: string, leaves: Leaves): WrittenUnit | undefined {
  for (const unitPath of unitPaths(path)) {
    const text = leaves.get(unitPath);
    if (typeof text === "string") return { text, path: unitPath };
  }
  return undefined;
}

function unfit(value: Scalar, target: CompiledRule["target"], path: string): Problem {
  const label = "label" in target ? target.label : target.key;
  const message = `${JSON.stringify(value).slice(0, 100)} does not fit “${label}”`;
  return { code: unfitCode(target.key), path, message };
}

/** Coordinates that are none are an error, everything else a warning. */
export function unfitCode(target: string): "POSITION_RANGE" | "VALUE_UNFIT" {
  return isCoordinate(target) ? "POSITION_RANGE" : "VALUE_UNFIT";
}
