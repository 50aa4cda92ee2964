import { toHex } from "../../bytes/hex";
import { TrackerError } from "../../errors";
import type { Scalar } from "../../model/message";
import { beyond, LIMITS } from "./limits";
import { appendStep, formatPath, type PathStep, parsePath } from "./path";
import { guess } from "./recognise";
import { ADDRESS_KEYS, NAME_KEYS, VALUE_KEYS } from "./signal-keys";

/** Every value of a reading by its canonical path. Objects and arrays without content are `{}` and `[]`, as text. */
export type Leaves = Map<string, Scalar>;

/**
 * Adds all values of `value` to `leaves`, their paths beginning with `prefix`. Leaves out what stands at the path
 * `without`. Throws `JSON_DEPTH`, `JSON_KEYS_TOO_LONG`, `JSON_TOO_MANY_VALUES` or `JSON_VALUE`, with the path.
 */
export function addLeaves(leaves: Leaves, value: unknown, prefix = "", without?: string): void {
  add(leaves, value, prefix, 0, without);
}

function add(leaves: Leaves, value: unknown, path: string, depth: number, without: string | undefined): void {
  if (path !== "" && path === without) return;
  if (path.length > LIMITS.path) throw beyond("path", path);
  if (typeof value !== "object" || value === null) {
    put(leaves, path, toScalar(value, path));
    return;
  }
  const inside = isContainer(value) ? parts(value) : [];
  if (inside.length === 0) put(leaves, path, isContainer(value) ? emptyText(value) : toScalar(value, path));
  else if (depth >= LIMITS.depth) throw beyond("depth", path);
  for (const [step, item] of inside) add(leaves, item, appendStep(path, step), depth + 1, without);
}

/** What an object or array has inside, each with the step that leads to it. */
function parts(value: object): [PathStep, unknown][] {
  if (!Array.isArray(value)) return Object.entries(value).map(([key, item]) => [{ key }, item]);
  const steps = itemSteps(value, value.length);
  return value.map((item, index) => {
    const step = steps[index] as PathStep;
    if (!("where" in step)) return [step, item];
    // The name is in the path already.
    const { [step.where]: _, ...others } = item as Record<string, unknown>;
    return [step, others];
  });
}

function emptyText(value: object): string {
  return Array.isArray(value) ? "[]" : "{}";
}

function put(leaves: Leaves, path: string, value: Scalar): void {
  if (leaves.size >= LIMITS.leaves) throw beyond("leaves", path);
  leaves.set(path, value);
}

/** Whether a value is an object or an array as JSON has them; bytes, times, a Map or a Set are not. */
export function isContainer(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === "object" && value !== null && kindOf(value) === "Object");
}

/** `Map`, `Date` …, also of objects of another context. */
function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** Also what only objects of a flow can have, since JSON cannot: nothing of it is lost, or it is refused. */
function toScalar(value: unknown, path: string): Scalar {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return value.toString();
    case "undefined":
      return null;
    case "object":
      if (value === null) return null;
      if (ArrayBuffer.isView(value))
        return toHex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      if (isDate(value)) return dateText(value);
      throw noValue(kindOf(value), path);
    default:
      throw noValue(typeof value, path);
  }
}

function noValue(kind: string, path: string): TrackerError {
  return new TrackerError({ code: "JSON_VALUE", path, message: `a ${kind} is no value` });
}

/** Also a date of another context, and nothing that only calls itself one. */
function isDate(value: object): value is Date {
  return kindOf(value) === "Date" && typeof (value as Date).getTime === "function";
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}

/** Whether the items of an array are signals, each with its name and its value. */
export function isSignalList(items: readonly unknown[]): boolean {
  return signalKey(items) !== undefined;
}

/** The key under which the items of a list of signals have their names; undefined where it is no such list. */
function signalKey(items: readonly unknown[]): string | undefined {
  const [first] = items;
  if (!isContainer(first) || !VALUE_KEYS.some((key) => Object.hasOwn(first, key))) return undefined;
  // Points of a track have names and values, too.
  if (Object.keys(first).some((key) => guess(appendStep("", { key }))?.to === "latitude")) return undefined;
  const keys = NAME_KEYS.filter((key) => items.every((item) => nameOf(item, key) !== undefined));
  const tellsApart = (key: string) => new Set(items.map((item) => nameOf(item, key))).size === items.length;
  return keys.find(tellsApart) ?? keys[0];
}

function nameOf(item: unknown, key: string): string | number | undefined {
  if (!isContainer(item) || !Object.hasOwn(item, key)) return undefined;
  const name = (item as Record<string, unknown>)[key];
  return typeof name === "string" || Number.isSafeInteger(name) ? (name as string | number) : undefined;
}

/** A signal by its name, the second of one name and everything else by its index. */
function itemStep(item: unknown, index: number, nameKey: string | undefined, taken: Set<unknown>): PathStep {
  const name = nameKey === undefined ? undefined : nameOf(item, nameKey);
  if (nameKey === undefined || name === undefined || taken.has(name)) return { index };
  taken.add(name);
  return { where: nameKey, is: name };
}

/**
 * The canonical path of what stands at a path, which may name an item of any list by its place or by one of its values;
 * undefined where there is nothing. `root` is the item that `[]` stands for.
 */
export function canonicalPath(place: Place, steps: readonly PathStep[]): string | undefined {
  let value = place.document;
  let path = "";
  for (const step of steps) {
    const found = isContainer(value) ? stepInto(value, step, place.root) : undefined;
    if (found === undefined) return undefined;
    value = found.value;
    path = appendStep(path, found.step);
  }
  return path;
}

/** Where a path leads: the whole document, and the reading in it. */
interface Place {
  readonly document: unknown;
  readonly root: unknown;
}

/** What a step leads to, with the step as leaves have it; undefined where it leads nowhere. */
function stepInto(
  value: object,
  step: PathStep,
  root: unknown,
): { value: unknown; step: PathStep } | undefined {
  if (Array.isArray(value)) {
    if ("each" in step) return { value: root, step };
    const index = indexOf(value, step);
    return index === undefined
      ? undefined
      : { value: value[index], step: itemSteps(value, index + 1)[index] as PathStep };
  }
  return "key" in step && Object.hasOwn(value, step.key)
    ? { value: (value as Record<string, unknown>)[step.key], step }
    : undefined;
}

function indexOf(items: readonly unknown[], step: PathStep): number | undefined {
  if ("index" in step) return step.index < items.length ? step.index : undefined;
  if (!("where" in step)) return undefined;
  const index = items.findIndex((item) => nameOf(item, step.where) === step.is);
  return index < 0 ? undefined : index;
}

/** The steps to the first items of a list. */
function itemSteps(items: readonly unknown[], count: number): PathStep[] {
  const nameKey = signalKey(items);
  const taken = new Set<unknown>();
  return items.slice(0, count).map((item, index) => itemStep(item, index, nameKey, taken));
}

/**
 * A canonical path that says which items of lists it is about by a name or number that each item has, where there is
 * one, so that a rule still means the same item where the list has another order.
 */
export function addressOf({ document, root }: Place, path: string): string {
  let value = document;
  const steps = parsePath(path).map((step): PathStep => {
    const around = value;
    value = isContainer(around) ? stepInto(around, step, root)?.value : undefined;
    const key = "index" in step && Array.isArray(around) ? addressKey(around) : undefined;
    return key === undefined ? step : { where: key, is: nameOf(value, key) as string | number };
  });
  return formatPath(steps);
}

/** The key by which the items of a list can be told apart: the first that has another value in each. */
function addressKey(items: readonly unknown[]): string | undefined {
  return ADDRESS_KEYS.find((key) => {
    const names = items.map((item) => nameOf(item, key));
    return names.every((name) => name !== undefined) && new Set(names).size === items.length;
  });
}
