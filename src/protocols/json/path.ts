import { shown, TrackerError } from "../../errors";

/**
 * A step of a path: a key, an index of an array, `[]` for each item of the array that holds the readings, or the
 * item of a list of signals that has a value under a key (`[name="soc"]`).
 */
export type PathStep =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly each: true }
  | { readonly where: string; readonly is: string | number };

/** A key that needs no quotes: no character that means something in a path, no space at its ends. */
const BARE = /^[^.[\]"=\s](?:[^.[\]"=\p{C}]*[^.[\]"=\s\p{C}])?$/u;

/** `gps.lat`, `["odd.key"].x`, `axles[2].weight`, `signals[name="soc"].value`, `readings[].lat` */
export function formatPath(steps: readonly PathStep[]): string {
  return steps.reduce(appendStep, "");
}

/** A path with one more step. */
export function appendStep(path: string, step: PathStep): string {
  if ("key" in step) return appendKey(path, step.key);
  if ("index" in step) return `${path}[${step.index}]`;
  if ("each" in step) return `${path}[]`;
  return `${path}[${bareOrQuoted(step.where)}=${JSON.stringify(step.is)}]`;
}

/** Tells of canonical paths whether they are a path or lead on from it. */
export function within(path: string): (other: string) => boolean {
  // Made once: there may be many rules, and very many values.
  const [key, item] = [`${path}.`, `${path}[`];
  return (other) => other === path || other.startsWith(key) || other.startsWith(item);
}

/** Keys are remembered with their quotes; made-up ones must not fill the memory. */
const MAX_KNOWN = 5000;
const MAX_KNOWN_LENGTH = 100;
const known = new Map<string, string>();

function appendKey(path: string, key: string): string {
  let written = known.get(key);
  if (written === undefined) {
    written = bareOrQuoted(key);
    if (known.size < MAX_KNOWN && key.length <= MAX_KNOWN_LENGTH) known.set(key, written);
  }
  if (written.startsWith('"')) return `${path}[${written}]`;
  return path === "" ? written : `${path}.${written}`;
}

/** `__proto__` never stands as such, because objects are filled by paths. */
function bareOrQuoted(key: string): string {
  return BARE.test(key) && key !== "__proto__" ? key : JSON.stringify(key);
}

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const BARE_IN_BRACKETS = String.raw`[^.[\]"=]+`;

/** What can stand at a place of a path, each with what it means. */
const STEPS: readonly [RegExp, (match: RegExpExecArray) => PathStep][] = [
  [/\[\]/y, () => ({ each: true })],
  [/\[(\d{1,9})\]/y, ([, index]) => ({ index: Number(index) })],
  [new RegExp(String.raw`\[(${QUOTED})\]`, "y"), ([, key]) => ({ key: unquote(key) })],
  [
    new RegExp(String.raw`\[(${QUOTED}|${BARE_IN_BRACKETS})=(${QUOTED}|${NUMBER})\]`, "y"),
    ([, where = "", is]) => ({
      where: where.startsWith('"') ? unquote(where) : where.trim(),
      is: JSON.parse(is as string),
    }),
  ],
  [/\.?([^.[\]"=]+)/y, ([, key = ""]) => ({ key: key.trim() })],
];

/** Reads a path; formatting it again gives its one canonical form. Throws `PATH` with the character. */
export function parsePath(text: string): PathStep[] {
  const path = text.trim();
  const steps: PathStep[] = [];
  let at = 0;
  while (at < path.length) {
    const step = stepAt(path, at);
    if (step === undefined || (at === 0 && path.startsWith("."))) throw notAPath(text, at);
    steps.push(step.step);
    at = step.end;
  }
  if (steps.length === 0) throw notAPath(text, 0);
  return steps;
}

function stepAt(path: string, at: number): { step: PathStep; end: number } | undefined {
  for (const [pattern, make] of STEPS) {
    pattern.lastIndex = at;
    const match = pattern.exec(path);
    if (match === null) continue;
    try {
      return { step: make(match), end: pattern.lastIndex };
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function unquote(text: string | undefined): string {
  return JSON.parse(text as string);
}

function notAPath(text: string, offset: number): TrackerError {
  const message = `${shown(text)} is not a path, from character ${offset + 1} on`;
  return new TrackerError({ code: "PATH", offset, message });
}
