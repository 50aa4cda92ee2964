/** How values of a saved config are read. They may come from a dialog, a file or `${ENV}`, which brings text. */

/** Absent, empty or only spaces. What is no text is not turned into one: not every object can be. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** A number, also one written as text. */
function readNumber(value: unknown, fits: (value: number) => boolean): number | undefined {
  const read = typeof value === "string" && !isBlank(value) ? Number(value) : value;
  return typeof read === "number" && fits(read) ? read : undefined;
}

/** A whole number from 1 to `max`. */
export function readCount(value: unknown, max: number): number | undefined {
  return readNumber(value, (read) => Number.isInteger(read) && read >= 1 && read <= max);
}

/** A whole number from 0 to `max`. */
export function readWhole(value: unknown, max: number): number | undefined {
  return readNumber(value, (read) => Number.isInteger(read) && read >= 0 && read <= max);
}

/** A number above 0 and at most `max`. */
export function readPositive(value: unknown, max: number): number | undefined {
  return readNumber(value, (read) => read > 0 && read <= max);
}

/** A number from `min` to `max`. */
export function readBetween(value: unknown, min: number, max: number): number | undefined {
  return readNumber(value, (read) => read >= min && read <= max);
}
