import { imeiIn, isImeiName } from "../../model/imei";
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
  const isPair = ({ to }: Candidate) => to === "latLon";
  const isSide = ({ to }: Candidate) => to.endsWith("Hemisphere");
  const others = candidates.filter((one) => !isPair(one) && !isSide(one));
  for (const candidate of ofOnePlace(others, claims)) {
    // What a rule says of a fix is not for names to deny.
    const isOpen = !claims.has(candidate.to) || (candidate.to === "fix" && isRecognised(claims.get("fix")));
    if (isOpen) fill(candidate, claims, unfits);
  }
  for (const pair of candidates.filter(isPair)) fillBoth(pair, claims);
  for (const side of candidates.filter(isSide)) fillSide(side, claims, unfits);
  const lost = others.filter(({ to }) => isCoordinate(to) && !claims.has(to));
  unfits.push(...lost.filter((one) => convertOf(one) === undefined).map(unfitOfCandidate));
  // Of many names that may have the IMEI, the likeliest says why there is none.
  const imei = claims.has("imei") ? undefined : others.find(({ to }) => to === "imei");
  if (imei !== undefined) unfits.push(unfitOfCandidate(imei));
  return unfits;
}

function isRecognised(claim: Claim | undefined): boolean {
  return claim?.rule === undefined;
}

function fill(candidate: Candidate, claims: Map<string, Claim>, unfits: Unfit[]): void {
  const { to } = candidate;
  const value = convertOf(candidate);
  if (value === undefined) {
    // Whether coordinates or the IMEI are missing is known at the end.
    if (!isCoordinate(to) && to !== "imei") unfits.push(unfitOfCandidate(candidate));
  } else if (!claims.has(to) || value === false) take(claimOf(candidate, value), claims);
}

/** Coordinates that stand in one text, where there are no others; another text in their place is no mistake. */
function fillBoth(pair: Candidate, claims: Map<string, Claim>): void {
  const value = convertOf(pair);
  const isOpen = !claims.has("latitude") && !claims.has("longitude");
  if (value !== undefined && isOpen) take(claimOf(pair, value), claims);
}

function fillSide(side: Candidate, claims: Map<string, Claim>, unfits: Unfit[]): void {
  const coordinate = claims.get(side.to.replace("Hemisphere", ""))?.path;
  if (coordinate === undefined || claims.has(side.to) || !areTogether(coordinate, side.path)) return;
  const value = convertOf(side);
  if (value === undefined) unfits.push(unfitOfCandidate(side));
  else take(claimOf(side, value), claims);
}

function unfitOfCandidate({ source, target, path }: Candidate): Unfit {
  return unfitOf(source, target, path);
}

function convertOf({ to, source, target, unit, path }: Candidate): Scalar | undefined {
  // A number under `id` is no IMEI because it becomes one by a zero or a check digit.
  if (to === "imei" && !isImeiName(path) && imeiIn(source).isWhole !== true) return undefined;
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
  const beside = unitBeside(path, leaves) ?? (target.type === "number" ? unitOfKey(path, leaves) : undefined);
  const found =
    target.type === "number"
      ? meaningOf(path, value, beside)
      : { ...(guess(path, beside?.text) ?? plain), source: value };
  const named = findTarget(found?.to ?? "");
  if (found !== undefined && named !== undefined) return { ...found, path, target: named, beside };
  unfits.push(unfitOf(beside === undefined ? value : `${value} ${beside.text}`, target, path));
  return undefined;
}

/** What a number means, whose unit may stand beside it or in its own text; undefined where it cannot come in that. */
function meaningOf(
  path: string,
  value: Scalar,
  beside: Written | undefined,
): (Guess & { source: Scalar }) | undefined {
  const inText = readQuantity(value);
  const found = guess(path, beside?.text ?? inText?.unit);
  const source = inText?.number ?? value;
  return found && { ...meant(found, source), source };
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
