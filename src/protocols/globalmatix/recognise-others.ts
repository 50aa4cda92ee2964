import type { Scalar } from "../../model/message";
import { areTogether, isFraction, unitBeside, unitOfKey, type Written } from "./beside";
import { type Claim, isCoordinate, take, type Unfit, unfitOf, unitPathOf } from "./claims";
import { convert } from "./convert";
import type { Leaves } from "./leaves";
import { readQuantity } from "./numbers";
import { type Guess, guess, meant } from "./recognise";
import { findTarget, type Target } from "./targets";

/** A value that has a usual name, or one of which it is known that it does not fit its name. */
interface Candidate extends Guess {
  readonly path: string;
  readonly target: Target;
  readonly beside: Written | undefined;
  /** The value, without the unit that stood in it. */
  readonly source: Scalar;
}

/** Texts of empty objects and arrays say as little as no value. */
const NOTHING: ReadonlySet<Scalar | undefined> = new Set([undefined, null, "", "{}", "[]"]);

/**
 * Fills what is still empty from values with usual names; returns the values that came first and do not fit. Of several
 * that say whether the position is valid one no is enough.
 */
export function recogniseOthers(
  leaves: Leaves,
  claims: Map<string, Claim>,
  ignored: ReadonlySet<string>,
): Unfit[] {
  const taken = new Set([...claims.values()].map(({ path }) => path));
  const free = [...leaves.keys()].filter((path) => !taken.has(path) && !ignored.has(path));
  const unfits: Unfit[] = [];
  const candidates = free.flatMap((path) => candidateOf(path, leaves, unfits) ?? []);
  candidates.sort((a, b) => a.rank - b.rank);
  const pairs = candidates.filter(({ to }) => to === "latLon");
  const sides = candidates.filter(({ to }) => to.endsWith("Hemisphere"));
  const others = candidates.filter((one) => !pairs.includes(one) && !sides.includes(one));
  for (const candidate of ofOnePlace(others, claims)) {
    const { to, target, source, path } = candidate;
    if (claims.has(to) && (to !== "fix" || claims.get(to)?.rule !== undefined)) continue;
    const value = convertOf(candidate);
    // An IMEI that does not fit has problems of its own.
    if (value === undefined && !isCoordinate(to) && to !== "imei") unfits.push(unfitOf(source, target, path));
    if (value !== undefined && (!claims.has(to) || value === false)) take(claimOf(candidate, value), claims);
  }
  for (const pair of pairs) {
    const value = convertOf(pair);
    const isOpen = !claims.has("latitude") && !claims.has("longitude");
    if (value !== undefined && isOpen) take(claimOf(pair, value), claims);
  }
  for (const side of sides) {
    const at = claims.get(side.to.replace("Hemisphere", ""));
    const value = convertOf(side);
    if (at?.path === undefined || claims.has(side.to) || !areTogether(at.path, side.path)) continue;
    if (value === undefined) unfits.push(unfitOf(side.source, side.target, side.path));
    else take(claimOf(side, value), claims);
  }
  for (const candidate of others) {
    const { to, target, source, path } = candidate;
    if (isCoordinate(to) && !claims.has(to) && convertOf(candidate) === undefined) {
      unfits.push(unfitOf(source, target, path));
    }
  }
  return unfits;
}

function convertOf({ source, target, unit }: Candidate): Scalar | undefined {
  return convert(source, target, unit);
}

function claimOf({ to, path, unit, beside, source }: Candidate, value: Scalar): Claim {
  const claim = { to, value, path, rule: undefined, unit, ...unitPathOf(beside) };
  return isCoordinate(to) ? { ...claim, source } : claim;
}

/** What a value means by its name; where the unit that is written with it is none of that, it does not fit. */
function candidateOf(path: string, leaves: Leaves, unfits: Unfit[]): Candidate | undefined {
  const value = leaves.get(path);
  if (value === undefined || NOTHING.has(value)) return undefined;
  const plain = guess(path);
  if (plain === undefined || isFraction(path, leaves)) return undefined;
  const target = findTarget(plain.to) as Target;
  const isNumber = target.type === "number";
  const inText = isNumber ? readQuantity(value) : undefined;
  const beside = unitBeside(path, leaves) ?? (isNumber ? unitOfKey(path, leaves) : undefined);
  const written = beside?.text ?? inText?.unit;
  const found = written === undefined ? plain : (guess(path, written) ?? (isNumber ? undefined : plain));
  if (found === undefined) {
    unfits.push(unfitOf(`${value} ${beside === undefined ? "" : written}`.trim(), target, path));
    return undefined;
  }
  const source = inText?.number ?? value;
  const meaning = meant(found, source);
  if (meaning.to === "") {
    unfits.push(unfitOf(source, target, path));
    return undefined;
  }
  return { ...meaning, path, target: findTarget(meaning.to) as Target, beside, source };
}

/**
 * Without the coordinates of all places but the first that has both: half of one position and half of another would
 * be a third. Where a rule says one of them, the other is taken wherever it is.
 */
function ofOnePlace(
  candidates: readonly Candidate[],
  claims: ReadonlyMap<string, Claim>,
): readonly Candidate[] {
  if (claims.has("latitude") || claims.has("longitude")) return candidates;
  const usable = candidates.filter(
    (candidate) => isCoordinate(candidate.to) && convertOf(candidate) !== undefined,
  );
  const placesOf = (wanted: string) =>
    new Set(usable.filter(({ to }) => to === wanted).map(({ place }) => place));
  const [latitudes, longitudes] = [placesOf("latitude"), placesOf("longitude")];
  const whole = usable.find(({ place }) => latitudes.has(place) && longitudes.has(place));
  return candidates.filter(({ to, place }) => !isCoordinate(to) || place === whole?.place);
}
