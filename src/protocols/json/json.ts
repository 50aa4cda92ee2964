import { toHex } from "../../bytes/hex";
import { type Problem, TrackerError } from "../../errors";
import { beyond, LIMITS } from "./limits";
import { mendValues } from "./mend-values";

/** Digits of an integer that may be beyond 2^53. */
const MANY_DIGITS = 16;

type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context?: { readonly source?: string }) => unknown,
) => unknown;

/**
 * Reads JSON. Numbers that a double cannot hold stay as they were written, as text: integers beyond
 * ±(2^53 − 1), and what would become infinite. What is no JSON where a value stands (`nan`, `Infinity`) is text, too, so
 * that it spoils only itself. Throws `JSON_DEPTH` or `JSON_SYNTAX`.
 */
export function parseJson(text: string): unknown {
  try {
    return parseStrictly(text);
  } catch (error) {
    const mended = (error as TrackerError).code === "JSON_SYNTAX" ? mendValues(text) : undefined;
    if (mended === undefined || mended === text) throw error;
    try {
      return parseStrictly(mended);
    } catch {
      throw error;
    }
  }
}

function parseStrictly(text: string): unknown {
  try {
    if (!mayHaveLongNumber(text)) return JSON.parse(text);
    // A reviver goes as deep as the text does.
    checkDepth(text);
    return (JSON.parse as ParseWithSource)(text, keepDigits);
  } catch (error) {
    if (error instanceof TrackerError) throw error;
    throw new TrackerError({ code: "JSON_SYNTAX", message: `not JSON: ${(error as Error).message}` });
  }
}

/**
 * Whether there may be an integer beyond 2^53 or a number beyond the range of a double, which costs only time if not: 16
 * digits, or an exponent that is not negative. Character by character: a pattern would take half as
 * long as parsing.
 */
function mayHaveLongNumber(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      if (++digits >= MANY_DIGITS) return true;
      continue;
    }
    if (digits > 0 && (code | LOWER_CASE) === E) {
      const next = text.charCodeAt(at + 1) === PLUS ? at + 2 : at + 1;
      if (isDigit(text.charCodeAt(next))) return true;
    }
    digits = 0;
  }
  return false;
}

const [E, PLUS, LOWER_CASE] = [0x65, 0x2b, 0x20];

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
    ? value
    : context.source;
}

/** Throws where a text has more parts than any message: to parse it would take long, and all of it would be too much. */
function checkParts(text: string): void {
  if (text.length <= LIMITS.parts) return;
  let parts = 0;
  for (let at = 0; at < text.length; at++) {
    if (!PARTS.has(text.charCodeAt(at))) continue;
    if (++parts > LIMITS.parts) throw beyond("parts");
  }
}

/** Comma, opening bracket and brace. */
const PARTS: ReadonlySet<number> = new Set([0x2c, 0x5b, 0x7b]);

function checkDepth(text: string): void {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (inText && character === "\\") at++;
    else if (character === '"') inText = !inText;
    else if (!inText) depth += LEVELS.get(character) ?? 0;
    if (depth > LIMITS.depth) throw beyond("depth", at);
  }
}

const LEVELS: ReadonlyMap<string, number> = new Map([
  ["[", 1],
  ["{", 1],
  ["]", -1],
  ["}", -1],
]);

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
  checkParts(text);
  if (text.trim() === "") throw new TrackerError({ code: "JSON_EMPTY", message: "the payload is empty" });
  try {
    return { documents: [{ value: parseJson(text), place: "" }], problem: undefined };
  } catch (error) {
    const read = readLines(text);
    if (read === undefined) throw error;
    return read;
  }
}

/** The lines as values of their own; undefined where not even one is an object. */
function readLines(text: string): { documents: Document[]; problem: Problem | undefined } | undefined {
  const lines = text.split("\n", LIMITS.readings + 1).slice(0, LIMITS.readings);
  const documents: Document[] = [];
  const problems: Problem[] = [];
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    const place = `line ${index + 1}`;
    try {
      documents.push({ value: parseJson(line), place });
    } catch (error) {
      const { code, message } = error as TrackerError;
      problems.push({ code, message, path: place });
    }
  });
  if (!documents.some(({ value }) => typeof value === "object" && value !== null)) return undefined;
  const isAll = lines.reduce((sum, line) => sum + line.length + 1, 0) >= text.length;
  return { documents, problem: problems[0] ?? (isAll ? undefined : beyond("readings")) };
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
