import { AUTO } from "./field-map";
import { addLeaves, isContainer, isSignalList, type Leaves } from "./leaves";
import { beyond, LIMITS } from "./limits";
import { appendStep, parsePath } from "./path";
import { guess } from "./recognise";

/** How deep an array of readings is looked for. */
const SEARCH_DEPTH = 3;

/** One reading of a message. */
export interface RawReading {
  readonly leaves: Leaves;
  /** What an expression is asked about: the item, or the whole document where it is one reading. */
  readonly root: unknown;
  /** The whole document, for indices in paths. */
  readonly document: object;
}

/** A reading, and where it stands in the payload: `line 3`, `[2]`, or empty. */
export interface PlacedReading extends RawReading {
  readonly place: string;
}

/**
 * The readings in an object: the items of the array at `path`, each with what stands around the array, or the object
 * itself where there are none; nothing where that is empty. Throws as {@link addLeaves}, or `JSON_TOO_MANY_READINGS`.
 * Items that are beyond a limit are left out and told to `failed`.
 */
export function splitReadings(
  document: object,
  path: string,
  failed: (error: unknown) => void = rethrow,
): RawReading[] {
  const names = Object.keys(document).length;
  if (names === 0) return [];
  // Too many even to look for the readings in it.
  if (names > LIMITS.leaves) throw beyond("leaves");
  const at = path === AUTO ? findReadings(document) : path;
  const items = at === "" ? undefined : valueAt(document, at);
  if (!Array.isArray(items) || items.length === 0) {
    const leaves: Leaves = new Map();
    addLeaves(leaves, document);
    return [{ leaves, root: document, document }];
  }
  if (items.length > LIMITS.readings) throw beyond("readings", at);
  const common: Leaves = new Map();
  addLeaves(common, document, "", at);
  if (items.length * common.size > LIMITS.values) throw beyond("values", at);
  const prefix = appendStep(at, { each: true });
  return items.flatMap((item): RawReading[] => {
    const leaves: Leaves = new Map();
    try {
      addLeaves(leaves, item, prefix);
    } catch (error) {
      failed(error);
      return [];
    }
    for (const [key, value] of common) leaves.set(key, value);
    return [{ leaves, root: item, document }];
  });
}

function rethrow(error: unknown): never {
  throw error;
}

function valueAt(document: object, path: string): unknown {
  return parsePath(path).reduce<unknown>(
    (value, step) =>
      isContainer(value) && "key" in step && Object.hasOwn(value, step.key)
        ? (value as Record<string, unknown>)[step.key]
        : undefined,
    document,
  );
}

/**
 * The path of the array that holds the readings of an object, or "" where it is a reading itself: the items have a
 * position and the object has none, or they have a time and the object has neither.
 */
export function findReadings(document: object): string {
  if (!hasArray(document, 0)) return "";
  const own = meaningsOf(document);
  if (own.has("latitude")) return "";
  for (const { path, items } of arrays(document, "", 0)) {
    const meanings = meaningsOf(items[0] as object, appendStep(path, { each: true }));
    if (meanings.has("latitude") || (meanings.has("time") && !own.has("time"))) return path;
  }
  return "";
}

/** Paths of the arrays in an object that may hold its readings, the outer ones first. */
export function arraysOfObjects(document: object): string[] {
  return arrays(document, "", 0).map(({ path }) => path);
}

function hasArray(value: object, depth: number): boolean {
  for (const key in value) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof item !== "object" || item === null) continue;
    if (Array.isArray(item) || (depth < SEARCH_DEPTH && hasArray(item, depth + 1))) return true;
  }
  return false;
}

/** Arrays of objects that are no lists of signals, the outer ones first. */
function arrays(value: object, path: string, depth: number): { path: string; items: unknown[] }[] {
  if (Array.isArray(value) || depth >= SEARCH_DEPTH) return [];
  const entries = Object.entries(value).map(([key, item]) => ({ path: appendStep(path, { key }), item }));
  const here = entries.flatMap((entry) =>
    isListOfObjects(entry.item) ? [{ path: entry.path, items: entry.item }] : [],
  );
  const inside = entries.flatMap((entry) =>
    isContainer(entry.item) ? arrays(entry.item, entry.path, depth + 1) : [],
  );
  return [...here, ...inside];
}

function isListOfObjects(value: unknown): value is unknown[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    !isSignalList(value) &&
    value.every((item) => isContainer(item) && !Array.isArray(item))
  );
}

/** What the values of an object mean by their names, arrays left out. */
function meaningsOf(value: object, path = "", depth = 0, found = new Set<string>()): Set<string> {
  for (const [key, item] of Object.entries(value)) {
    const at = appendStep(path, { key });
    if (!isContainer(item)) found.add(guess(at)?.to ?? "");
    else if (!Array.isArray(item) && depth < SEARCH_DEPTH) meaningsOf(item, at, depth + 1, found);
    else if (guess(`${at}[1]`)?.to === "latitude") found.add("latitude");
  }
  return found;
}
