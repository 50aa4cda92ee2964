import { type Problem, shownText, TrackerError } from "../../src/errors";

/** Whatever was thrown, as a problem; what is not one of ours is `INTERNAL`. */
export function toProblem(error: unknown): Problem {
  return error instanceof TrackerError ? error : { code: "INTERNAL", message: messageOf(error) };
}

/** Not everything that can be thrown can be written as text. */
function messageOf(error: unknown): string {
  try {
    return shownText(error instanceof Error ? error.message : String(error));
  } catch {
    return "something was thrown that is no error";
  }
}

type Attempt<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: Problem };

/** What came of some work, or the problem it threw. */
export function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work() };
  } catch (error) {
    return { problem: toProblem(error) };
  }
}

/** `IOTM_CHECKSUM: checksum 3 instead of 4 (byte 57, topic BCE/D)` */
export function describe(problem: Problem, topic?: unknown): string {
  return `${problem.code}: ${withPlace(problem, topic)}`;
}

/** An error as a Catch node shows it: `error.code`, and `error.cause` with offset, field and topic. */
export function catchable(problem: Problem, topic: unknown): Error {
  const { code, offset, path } = problem;
  const error = new Error(withPlace(problem, topic), { cause: { code, offset, path, topic } });
  error.name = code;
  return Object.assign(error, { code });
}

/** The sentence of a problem with the place it speaks of. */
function withPlace({ offset, path, message }: Problem, topic: unknown): string {
  const place = [
    offset === undefined ? "" : `byte ${offset}`,
    path ?? "",
    typeof topic === "string" && topic !== "" ? `topic ${shownText(topic)}` : "",
  ].filter(Boolean);
  return place.length === 0 ? message : `${message} (${place.join(", ")})`;
}
