/**
 * What is wrong with some input, and where.
 *
 * `code` is stable and for programs; `message` is one plain English sentence for people.
 * `offset` is a byte offset from the start of the payload (or a character index for text),
 * `path` the name of the field; a problem has the one that applies.
 */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly offset?: number;
  readonly path?: string;
}

/** Characters that a problem repeats of what was sent, and those of a whole message or path. */
const MAX_SHOWN = 100;
const MAX_MESSAGE = 1000;
const MAX_PATH = 200;

/** A value that was sent, as a message shows it: as JSON, and only its beginning where it is long. */
export function shown(value: unknown): string {
  return shownText(jsonOf(value));
}

/** The beginning of a text that was sent, without quotation marks around it. */
export function shownText(text: string): string {
  return cut(text, MAX_SHOWN);
}

/** Not every value can be written as JSON, and a long text need not be as a whole. */
function jsonOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, MAX_SHOWN + 1));
  if (value === undefined) return "nothing";
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}

/** The one error class of the core: a {@link Problem} that can be thrown. */
export class TrackerError extends Error implements Problem {
  readonly code: string;
  readonly offset?: number;
  readonly path?: string;

  constructor(problem: Problem) {
    super(cut(problem.message, MAX_MESSAGE));
    this.name = "TrackerError";
    this.code = problem.code;
    if (problem.offset !== undefined) this.offset = problem.offset;
    if (problem.path !== undefined) this.path = cut(problem.path, MAX_PATH);
  }
}
