/** Name of an export of this day, by the clock on the wall. */
export function exportName(day: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `trackers-${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}.csv`;
}
