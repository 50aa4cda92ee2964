import type { Problem } from "../../../src/errors";

/** Anything that was thrown, as a problem that can be shown. */
export function asProblem(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error)
    return error as Problem;
  return { code: "INTERNAL", message: String(error) };
}
