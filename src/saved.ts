/** How values of a saved config are read. They may come from a dialog, a file or `${ENV}`, which brings text. */

/** Absent, empty or only spaces. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || String(value).trim() === "";
}

export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
