/** How values of a saved config are read. They may come from a dialog, a file or `${ENV}`, which brings text. */

/** Absent, empty or only spaces. What is no text is not turned into one: not every object can be. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
