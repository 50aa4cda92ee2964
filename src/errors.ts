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

/** The one error class of the core: a {@link Problem} that can be thrown. */
export class TrackerError extends Error implements Problem {
  readonly code: string;
  readonly offset?: number;
  readonly path?: string;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = "TrackerError";
    this.code = problem.code;
    if (problem.offset !== undefined) this.offset = problem.offset;
    if (problem.path !== undefined) this.path = problem.path;
  }
}
