import type { Scalar } from "../../model/message";
import type { Leaves } from "./leaves";
import { appendStep, formatPath, type PathStep, parsePath } from "./path";
import { unitPaths } from "./recognise";

/** What a payload writes beside a value and belongs to it, and where. */
export interface Written {
  readonly text: string;
  readonly path: string;
}

/** The unit beside a value: `{"value": 71, "unit": "%"}`. */
export function unitBeside(path: string, leaves: Leaves): Written | undefined {
  return firstText(unitPaths(path), leaves);
}

const UNIT_ENDS = ["_unit", "_units", "Unit", "Units", "_uom", ".unit"];

/** The unit under a key of its own: `{"speed": 54, "speed_unit": "kn"}`. */
export function unitOfKey(path: string, leaves: Leaves): Written | undefined {
  const { inside, key } = placeOf(path);
  if (key === undefined) return undefined;
  return firstText(
    UNIT_ENDS.map((end) => appendStep(inside, { key: `${key}${end}` })),
    leaves,
  );
}

function firstText(paths: readonly string[], leaves: Leaves): Written | undefined {
  for (const path of paths) {
    const text = leaves.get(path);
    if (typeof text === "string") return { text, path };
  }
  return undefined;
}

const SECONDS = ["seconds", "_seconds", "sec", "secs"];
const NANOS = ["nanos", "nanoseconds", "_nanoseconds", "nsec", "nsecs", "nano"];

/** What is to be added to a time in seconds: `{"seconds": 1795192200, "nanos": 5000000}`, as protobuf writes it. */
export function nanosBeside(path: string, leaves: Leaves): { ms: number; path: string } | undefined {
  const { inside, key } = placeOf(path);
  if (key === undefined || !SECONDS.includes(key)) return undefined;
  for (const name of NANOS) {
    const at = appendStep(inside, { key: name });
    const nanos = leaves.get(at);
    if (isNanos(nanos)) return { ms: Math.round(Number(nanos) / 1e6), path: at };
  }
  return undefined;
}

/** Whether {@link nanosBeside} may find something, by the paths that there are. */
export function mayHaveNanos(path: string, has: (path: string) => boolean): boolean {
  const { inside, key } = placeOf(path);
  return (
    key !== undefined && SECONDS.includes(key) && NANOS.some((name) => has(appendStep(inside, { key: name })))
  );
}

function isNanos(value: Scalar | undefined): boolean {
  return /^\d{1,9}$/.test(String(value));
}

/** Whether a value is the fraction of a time whose seconds stand beside it, and so no time by itself. */
export function isFraction(path: string, leaves: Leaves): boolean {
  const { inside, key } = placeOf(path);
  return (
    key !== undefined &&
    NANOS.includes(key) &&
    SECONDS.some((name) => leaves.has(appendStep(inside, { key: name })))
  );
}

/** Whether two values stand in the same object. */
export function areTogether(one: string, other: string): boolean {
  return placeOf(one).inside === placeOf(other).inside;
}

function placeOf(path: string): { inside: string; key: string | undefined } {
  const steps = parsePath(path);
  const last = steps.at(-1) as PathStep;
  return { inside: formatPath(steps.slice(0, -1)), key: "key" in last ? last.key : undefined };
}
