import { TrackerError } from "../../errors";

/**
 * What is read of one message at most: far more than a device sends, and so little that no message holds up Node-RED
 * for more than a moment (docs/performance.md).
 */
export const LIMITS = {
  /** Objects and arrays inside each other. */
  depth: 32,
  /** Characters of a path, so that long keys around many values cannot fill the memory. */
  path: 1000,
  /** Values of a reading. */
  leaves: 2000,
  /** Readings of a message, also lines and items that may be some. */
  readings: 1000,
  /** Values of all readings of a message together. */
  values: 20_000,
  /** Paths of all values of a message that differ: each has to be looked at for what it means. */
  paths: 4000,
  /** Commas and brackets, before anything is parsed. */
  parts: 60_000,
} as const;

const BEYOND: Readonly<Record<keyof typeof LIMITS, readonly [code: string, message: string]>> = {
  depth: ["JSON_DEPTH", "objects or arrays inside each other"],
  path: ["JSON_KEYS_TOO_LONG", "characters in the keys that lead to a value"],
  leaves: ["JSON_TOO_MANY_VALUES", "values in one reading"],
  readings: ["JSON_TOO_MANY_READINGS", "readings in one message"],
  values: ["JSON_TOO_MANY_VALUES", "values in one message"],
  paths: ["JSON_TOO_MANY_VALUES", "values with names of their own in one message"],
  parts: ["JSON_TOO_MANY_VALUES", "commas and brackets in one message"],
};

/** The problem of a payload that goes beyond a limit, at a path or a character. */
export function beyond(limit: keyof typeof LIMITS, place: string | number = ""): TrackerError {
  const [code, what] = BEYOND[limit];
  const message = `more than ${LIMITS[limit]} ${what}`;
  if (typeof place === "number") return new TrackerError({ code, message, offset: place });
  return new TrackerError({ code, message, ...(place === "" ? {} : { path: place.slice(0, 200) }) });
}
