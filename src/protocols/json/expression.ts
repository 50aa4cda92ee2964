import { TrackerError } from "../../errors";
import type { Scalar } from "../../model/message";

/** All expressions of one message together may take this long. */
export const EXPRESSION_LIMIT_MS = 250;

/** When what runs now has to be finished, by `performance.now()`. */
export interface Deadline {
  at: number;
}

interface Assignable {
  assign(name: string | symbol, value: unknown): void;
}

/**
 * The names under which JSONata calls back at every step of an evaluation: of its versions up to and from 2.1.
 * Source: the engine's source, `evaluate` in jsonata.js.
 */
const AT_EVERY_STEP = ["__evaluate_entry", Symbol.for("jsonata.__evaluate_entry")];

/** Makes a JSONata expression throw `EXPRESSION_TIME` at its first step after the deadline. */
export function withDeadline<E>(expression: E, deadline: Deadline): E {
  const check = (): void => {
    if (performance.now() < deadline.at) return;
    const message = `the expressions took longer than ${EXPRESSION_LIMIT_MS} ms and were cut off`;
    throw new TrackerError({ code: "EXPRESSION_TIME", message });
  };
  for (const name of AT_EVERY_STEP) (expression as Assignable).assign(name, check);
  return expression;
}

/** A result as a rule can use it: undefined for none or no finite number, JSON text for an object or a list. */
export function resultOf(value: unknown): Scalar | undefined {
  if (value === undefined || value === null || typeof value === "boolean" || typeof value === "string") {
    return value;
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return JSON.stringify(value);
}
