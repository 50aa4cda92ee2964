const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Up to which distance a unit is used; further away the date itself says more. */
const UNITS: readonly [unit: Intl.RelativeTimeFormatUnit, length: number, upTo: number][] = [
  ["second", SECOND, MINUTE],
  ["minute", MINUTE, HOUR],
  ["hour", HOUR, DAY],
  ["day", DAY, 14 * DAY],
];

const formats = new Map<string, Intl.RelativeTimeFormat>();

/** How long ago a time is, short, in a language: "now", "3 min. ago", "vor 3 Min.", or the date after two weeks. */
export function ageText(time: number, now: number, language: string): string {
  const distance = time - now;
  if (!Number.isFinite(distance)) return "";
  // The two clocks differ by a moment: what has come cannot be in the future because of that.
  if (distance > 0 && distance < 5 * SECOND) return ageText(now, now, language);
  const found = UNITS.find(([, , upTo]) => Math.abs(distance) < upTo);
  if (found === undefined) return dateText(time, language);
  const [unit, length] = found;
  return formatOf(language).format(Math.trunc(distance / length) || 0, unit);
}

function dateText(time: number, language: string): string {
  return Math.abs(time) > 8.64e15
    ? ""
    : new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(time);
}

function formatOf(language: string): Intl.RelativeTimeFormat {
  let format = formats.get(language);
  if (format === undefined) {
    format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
    formats.set(language, format);
  }
  return format;
}
