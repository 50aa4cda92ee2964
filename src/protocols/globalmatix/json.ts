import { toHex } from "../../bytes/hex";
import { type Problem, TrackerError } from "../../errors";

/** Something that may be an integer beyond 2^53 or a number beyond the range of a double; costs only time if not. */
const LONG_NUMBER = /\d{16}|\d[eE]\+?\d/;
/** Levels of objects and arrays inside each other. */
export const MAX_DEPTH = 32;

type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context?: { readonly source?: string }) => unknown,
) => unknown;

/**
 * Reads JSON. Numbers that a double cannot hold stay as they were written, as text: integers beyond
 * ±(2^53 − 1), and what would become infinite. Throws `JSON_DEPTH` or `JSON_SYNTAX`.
 */
export function parseJson(text: string): unknown {
  try {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text);
    // A reviver goes as deep as the text does.
    checkDepth(text);
    return (JSON.parse as ParseWithSource)(text, keepDigits);
  } catch (error) {
    if (error instanceof TrackerError) throw error;
    throw new TrackerError({ code: "JSON_SYNTAX", message: `not JSON: ${(error as Error).message}` });
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
    ? value
    : context.source;
}

function checkDepth(text: string): void {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (inText && character === "\\") at++;
    else if (character === '"') inText = !inText;
    else if (!inText) depth += LEVELS.get(character) ?? 0;
    if (depth > MAX_DEPTH) throw tooDeep({ offset: at });
  }
}

const LEVELS: ReadonlyMap<string, number> = new Map([
  ["[", 1],
  ["{", 1],
  ["]", -1],
  ["}", -1],
]);

/** Where a value has more levels than {@link MAX_DEPTH}. */
export function tooDeep(place: { readonly offset: number } | { readonly path: string }): TrackerError {
  const message = `more than ${MAX_DEPTH} objects or arrays inside each other`;
  return new TrackerError({ code: "JSON_DEPTH", message, ...place });
}

/** A JSON value of a payload, and where it stands in it: a line, an item, or the whole (empty). */
export interface Document {
  readonly value: unknown;
  readonly place: string;
}

/**
 * The JSON values of a payload: one, or one a line. A line that is not JSON does not spoil the others; the first
 * such problem is returned. Throws where there is nothing to read (`JSON_EMPTY`) or the whole is not JSON.
 */
export function readDocuments(text: string): { documents: Document[]; problem: Problem | undefined } {
  const trimmed = text.replace(/^\ufeff/, "");
  if (trimmed.trim() === "") throw new TrackerError({ code: "JSON_EMPTY", message: "the payload is empty" });
  const lines = trimmed.split(/\r?\n/);
  const filled = lines.flatMap((line, index) => (line.trim() === "" ? [] : [{ line, number: index + 1 }]));
  try {
    return { documents: [{ value: parseJson(trimmed), place: "" }], problem: undefined };
  } catch (error) {
    // Several lines of which none begins in the middle of something: one object a line.
    const mayBeLines = filled.length > 1 && filled.some(({ line }) => isJson(line));
    if (!mayBeLines) throw error;
  }
  const documents: Document[] = [];
  let problem: Problem | undefined;
  for (const { line, number } of filled) {
    try {
      documents.push({ value: parseJson(line), place: `line ${number}` });
    } catch (error) {
      const { code, message } = error as TrackerError;
      problem ??= { code, message, path: `line ${number}` };
    }
  }
  return { documents, problem };
}

function isJson(line: string): boolean {
  try {
    const value = parseJson(line);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

const SHOWN_BYTES = 16;

/** A problem with the first bytes of the payload that has it, in hex. */
export function withFirstBytes(problem: Problem, bytes: Uint8Array): Problem {
  const shown = toHex(bytes.subarray(0, SHOWN_BYTES)).replace(/..(?=.)/g, "$& ");
  const more = bytes.length > SHOWN_BYTES ? " …" : "";
  const { code, message, offset, path } = problem;
  return {
    code,
    message: bytes.length === 0 ? message : `${message}; the payload begins with ${shown}${more}`,
    ...(offset === undefined ? {} : { offset }),
    ...(path === undefined ? {} : { path }),
  };
}
