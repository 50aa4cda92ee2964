/** Text of a file: UTF-8, or what Windows programs write where it is not. */
export function decodeText(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Name of an export of this day, by the clock on the wall. */
export function exportName(day: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `trackers-${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}.csv`;
}
