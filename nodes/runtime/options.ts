import { shown, TrackerError } from "../../src/errors";
import { isBlank, readBetween, readCount, readPositive, readWhole } from "../../src/saved";

/** One setting of a node: its default, and how a value from a dialog, a message or `${ENV}` is read. */
export interface Option<T> {
  readonly default: T;
  /** Returns undefined for a value that is not acceptable. */
  readonly read: (value: unknown) => T | undefined;
  /** What would be acceptable, for the error: "a whole number above 0". */
  readonly wanted: string;
  /** All values, where these are few texts. */
  readonly choices?: readonly T[];
}
export type OptionTable<T> = { readonly [K in keyof T]: Option<T[K]> };

export const flag = (preset: boolean): Option<boolean> => ({
  default: preset,
  read: (value) =>
    value === true || value === "true" ? true : value === false || value === "false" ? false : undefined,
  wanted: "true or false",
});

export const choice = <T extends string>(preset: T, ...others: T[]): Option<T> => ({
  default: preset,
  read: (value) => [preset, ...others].find((known) => known === value),
  choices: [preset, ...others],
  wanted: `one of ${[preset, ...others].map((known) => JSON.stringify(known)).join(", ")}`,
});

export const count = (preset: number, max: number): Option<number> => ({
  default: preset,
  read: (value) => readCount(value, max),
  wanted: `a whole number from 1 to ${max}`,
});

export const whole = (preset: number, max: number): Option<number> => ({
  default: preset,
  read: (value) => readWhole(value, max),
  wanted: `a whole number from 0 to ${max}`,
});

export const positive = (preset: number, max: number): Option<number> => ({
  default: preset,
  read: (value) => readPositive(value, max),
  wanted: `a number above 0 and at most ${max}`,
});

export const between = (preset: number, min: number, max: number): Option<number> => ({
  default: preset,
  read: (value) => readBetween(value, min, max),
  wanted: `a number from ${min} to ${max}`,
});

export const anyText = (preset: string): Option<string> => ({
  default: preset,
  read: (value) => (typeof value === "string" && value.trim() !== "" ? value.trim() : undefined),
  wanted: "a text that is not empty",
});

/**
 * Reads a node's settings; those that are absent or empty come from `base`, or are their defaults.
 * Throws `OPTION` with the setting's name. `prefix`, such as `msg.decoder.`, says where they stand if not in a
 * saved node; only there are unknown names refused, since a saved node has more than settings.
 */
export function readOptions<T extends object>(
  table: OptionTable<T>,
  given: Readonly<Record<string, unknown>>,
  base?: T,
  prefix = "",
): T {
  const names = Object.keys(table) as (keyof T & string)[];
  const unknown = prefix === "" ? undefined : Object.keys(given).find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) {
    throw new TrackerError({
      code: "OPTION",
      path: `${prefix}${unknown}`,
      message: `there is no such setting; there are ${names.join(", ")}`,
    });
  }
  return Object.fromEntries(
    names.map((name) => {
      const option = table[name];
      const value = given[name];
      if (isBlank(value)) {
        return [name, base?.[name] ?? option.default];
      }
      const read = option.read(value);
      if (read === undefined) {
        throw new TrackerError({
          code: "OPTION",
          path: `${prefix}${name}`,
          message: `${shown(value)} is not ${option.wanted}`,
        });
      }
      return [name, read];
    }),
  ) as T;
}
