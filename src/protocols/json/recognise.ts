import type { Scalar } from "../../model/message";
import { unitsOf } from "./convert";
import { PAIR_UNITS } from "./coordinates";
import { GSA_UNIT } from "./gnss-fix";
import { toNumber } from "./numbers";
import { formatPath, type PathStep, parsePath } from "./path";
import { UNIT_KEYS, VALUE_KEYS } from "./signal-keys";
import { findTarget } from "./targets";
import { unitsNamed, unitsWritten } from "./unit-words";
import {
  BATTERY_NAMES,
  BY_NAME,
  ELSEWHERE,
  LONGITUDE_FIRST,
  MODE_NAMES,
  NAMES_OF,
  OF_DEVICE,
  OF_POSITION,
  OF_VEHICLE,
  ONLY_OF_DEVICE,
  ONLY_OF_POSITION,
  SPNS,
} from "./usual-names";

/** What a path is likely to mean. */
export interface Guess {
  readonly to: string;
  /** As {@link unitsOf} has it; empty where nothing says, and the usual one is assumed. */
  readonly unit: string;
  /** Of several paths for one target the one with the lowest counts. */
  readonly rank: number;
  /** The path of what it stands in. A latitude and a longitude belong together where that is the same. */
  readonly place: string;
  /** Whether the name is one of a battery, which leaves open what of it is said. */
  readonly isBattery?: true;
}

/** Guesses remembered, because a fleet says the same again and again. */
const MAX_KNOWN = 10_000;
const MAX_KNOWN_LENGTH = 200;
const known = new Map<string, Guess | undefined>();

/**
 * What the value at a canonical path is likely to mean; undefined where its name is none of the usual ones.
 * `written` is the unit that stands beside it, where one does.
 */
export function guess(path: string, written = ""): Guess | undefined {
  const key = `${written}\n${path}`;
  if (known.has(key)) return known.get(key);
  const found = guessSteps(parsePath(path), written);
  if (known.size < MAX_KNOWN && key.length <= MAX_KNOWN_LENGTH) known.set(key, found);
  return found;
}

const IS_VALUE_KEY: ReadonlySet<string> = new Set(VALUE_KEYS);

const NO_PATHS: readonly string[] = [];

/** Where the unit of a value stands, if it has one beside it: `signals[name="soc"].unit`. */
export function unitPaths(path: string): readonly string[] {
  const end = path.lastIndexOf(".");
  if (end < 1 || !IS_VALUE_KEY.has(path.slice(end + 1))) return NO_PATHS;
  return UNIT_KEYS.map((key) => `${path.slice(0, end)}.${key}`);
}

/** The unit of a value as its name or what is `written` beside it says, if they do; the first that one of `units` is. */
export function unitSaid(path: string, written = "", units?: readonly string[]): string | undefined {
  const last = ofValue(parsePath(path)).at(-1);
  const name = last !== undefined && "key" in last ? words(last.key) : [];
  const said = [...unitsWritten(written), ...unitsNamed(name).flatMap(({ units: named }) => named)];
  return said.find((unit) => units?.includes(unit)) ?? said[0];
}

/** The usual names of a signal, for those who look for it. */
export function namesOf(to: string): readonly string[] {
  return NAMES_OF.get(to)?.map(({ name }) => name) ?? [];
}

function guessSteps(steps: readonly PathStep[], written: string): Guess | undefined {
  const named = ofValue(steps);
  const last = named.at(-1);
  const inside = named.slice(0, -1);
  const around = inside.flatMap((step) => ("key" in step ? words(step.key) : []));
  if (last === undefined || "each" in last || isOfOther(inside, around)) return undefined;
  // What stands in the array of readings belongs to one reading, and so comes before what all have in common.
  const depth = named.length + (steps.some((step) => "each" in step) ? 0 : 20);
  const where = { depth, place: formatPath(inside) };
  if ("index" in last) return ofCoordinates(named, where);
  const units = unitsWritten(written);
  if ("where" in last && last.where.toLowerCase() === "spn") {
    return choose([{ to: SPNS.get(last.is) ?? "", rank: 0, name: "" }], units, where);
  }
  return guessName(waysOf(inside, words("key" in last ? last.key : String(last.is))), around, units, where);
}

/** What the first of several names that is known means. */
function guessName(
  ways: readonly Way[],
  around: readonly string[],
  units: readonly string[],
  where: Where,
): Guess | undefined {
  for (const { name, around: before, prefix } of ways) {
    const within = { ...where, place: where.place + prefix, later: prefix === "" ? 0 : STRIPPED_RANK };
    const all = [...around, ...before];
    const whole = candidates(name, all);
    const found = whole.length > 0 ? choose(whole, units, within) : guessUnit(name, all, within);
    if (whole.length > 0 || found !== undefined) return found;
  }
  return undefined;
}

/** Whether a value is about something else; an item of a list is one of many: one wheel, one stop, one fault. */
function isOfOther(inside: readonly PathStep[], around: readonly string[]): boolean {
  return around.some((word) => ELSEWHERE.has(word)) || inside.some((step) => "index" in step);
}

/** What a name means without its last words, which say a unit. */
function guessUnit(name: readonly string[], around: readonly string[], where: Where): Guess | undefined {
  for (const { units, words: count } of unitsNamed(name)) {
    const chosen = choose(candidates(name.slice(0, -count), around), units, where);
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

/** A name that was found only without its first words counts after the others of its depth. */
const STRIPPED_RANK = 50;

/** What a name can be read as. */
interface Way {
  readonly name: readonly string[];
  /** Words that stand before it, and mean what it is a part of. */
  readonly around: readonly string[];
  readonly prefix: string;
}

/** Objects around a value that can be part of its name. */
const PARENTS = 2;

/**
 * The names that a value may have: `battery.voltage` is a battery voltage, nested or as one key, and `location_lat` the
 * latitude of a location. The longest first.
 */
function waysOf(inside: readonly PathStep[], name: readonly string[]): Way[] {
  const ways: Way[] = [];
  for (let count = Math.min(PARENTS, inside.length); count > 0; count--) {
    const parents = inside.slice(-count);
    if (!parents.every((step) => "key" in step)) continue;
    ways.push({ name: [...parents.flatMap(({ key }) => words(key)), ...name], around: [], prefix: "" });
  }
  for (let count = 0; count < name.length; count++) {
    const around = name.slice(0, count);
    if (!around.every((word) => OF_POSITION.has(word) || OF_VEHICLE.has(word))) break;
    ways.push({ name: name.slice(count), around, prefix: around.map((word) => ` ${word}`).join("") });
  }
  return ways;
}

/** The steps up to what has the value: `soc.value` is about `soc`. Other parts of a signal mean nothing. */
function ofValue(steps: readonly PathStep[]): readonly PathStep[] {
  const last = steps.at(-1);
  const before = steps.at(-2);
  const isValue = last !== undefined && "key" in last && VALUE_KEYS.includes(last.key.toLowerCase());
  if (isValue && before !== undefined && ("key" in before || "where" in before)) return steps.slice(0, -1);
  return before !== undefined && "where" in before ? [] : steps;
}

interface Candidate {
  readonly to: string;
  readonly rank: number;
  readonly name: string;
}

function candidates(name: readonly string[], around: readonly string[]): Candidate[] {
  const joined = name.join("");
  const inPosition = around.some((word) => OF_POSITION.has(word));
  if (ONLY_OF_POSITION.has(joined) && !inPosition) return [];
  if (ONLY_OF_DEVICE.has(joined) && !around.every((word) => OF_DEVICE.has(word))) return [];
  const ofVehicle = !inPosition && around.some((word) => OF_VEHICLE.has(word));
  return (BY_NAME.get(joined) ?? []).map(({ to, rank }) => ({
    to: to === "speed" && ofVehicle ? "vehicleSpeed" : to,
    rank,
    name: joined,
  }));
}

/** GeoJSON: longitude first. Source: RFC 7946, 3.1.1. */
function ofCoordinates(steps: readonly PathStep[], { depth, place }: Where): Guess | undefined {
  const [list, item] = steps.slice(-2);
  if (list === undefined || !("key" in list) || list.key.toLowerCase() !== "coordinates") return undefined;
  const to = item !== undefined && "index" in item ? ["longitude", "latitude"][item.index] : undefined;
  return to === undefined ? undefined : { to, unit: "", rank: rankOf(0, depth), place };
}

/** How deep a value stands, and in what; `later` is added to its rank. */
interface Where {
  readonly depth: number;
  readonly place: string;
  readonly later?: number;
}

/** Of two values the one that stands less deep: it is about the vehicle, the other about a part of it. */
function rankOf(rank: number, depth: number): number {
  return depth * 100 + rank;
}

/** The first candidate that can come in one of the units that were said, where some were. */
function choose(
  found: readonly Candidate[],
  units: readonly string[],
  { depth, place, later = 0 }: Where,
): Guess | undefined {
  for (const { to, rank, name } of found) {
    const target = findTarget(to);
    if (target === undefined) continue;
    const unit = units.length === 0 ? unitOfName(name) : units.find((one) => unitsOf(target).includes(one));
    if (unit === undefined) continue;
    const isBattery = units.length === 0 && BATTERY_NAMES.has(name);
    return { to, unit, rank: rankOf(rank, depth) + later, place, ...(isBattery ? { isBattery } : {}) };
  }
  return undefined;
}

/** The unit that goes with a name; empty for the usual one. */
function unitOfName(name: string): string {
  if (MODE_NAMES.has(name)) return GSA_UNIT;
  return LONGITUDE_FIRST.has(name) ? (PAIR_UNITS[1] as string) : "";
}

/** Volts of the battery of a tracker or a vehicle, and percents with a fraction, that cannot be taken for each other. */
const MOST_VOLTS = 20;
const LEAST_VOLTS = 2;
const SURE_PERCENT = 32;

/** What a guess means for a value: a battery of 55 has percents, one of 12.6 volts. */
export function meant<G extends Guess>(guess: G, value: Scalar): G {
  const number = guess.isBattery ? toNumber(value) : undefined;
  if (number === undefined || Number.isInteger(number) || number > SURE_PERCENT) return guess;
  const isVoltage = number >= LEAST_VOLTS && number <= MOST_VOLTS;
  return { ...guess, to: isVoltage ? "batteryVoltage" : "" };
}

/** The words of a name in lower case: `gpsSpeed_kmh` has gps, speed and kmh. */
function words(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
