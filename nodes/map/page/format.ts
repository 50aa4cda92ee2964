import type { PageConfig } from "../../../src/map/wire";
import { pageLocale, text } from "./texts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Up to which distance a unit is used; further away the date itself says more. */
const AGES: readonly [unit: Intl.RelativeTimeFormatUnit, length: number, upTo: number][] = [
  ["second", SECOND, MINUTE],
  ["minute", MINUTE, HOUR],
  ["hour", HOUR, DAY],
  ["day", DAY, 14 * DAY],
];

const KM_PER_MILE = 1.609344;
const DIRECTIONS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

let units: PageConfig["units"] = "metric";

export function useUnits(wanted: PageConfig["units"]): void {
  units = wanted;
}

const formats = new Map<string, Intl.NumberFormat>();

export function numberText(value: number, digits: number): string {
  const key = `${pageLocale()} ${digits}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(pageLocale(), { maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}

let relative: { readonly language: string; readonly format: Intl.RelativeTimeFormat } | undefined;

/** How long ago a time is: "3 min. ago", "vor 3 Min.", or the date after two weeks. Both in epoch milliseconds. */
export function ageText(time: number, now: number): string {
  // The device's clock may be ahead a little.
  const distance = Math.min(0, time - now);
  const found = AGES.find(([, , upTo]) => -distance < upTo);
  if (found === undefined) return dateText(time);
  if (relative?.language !== pageLocale()) {
    const format = new Intl.RelativeTimeFormat(pageLocale(), { numeric: "auto", style: "short" });
    relative = { language: pageLocale(), format };
  }
  const [unit, length] = found;
  return relative.format.format(Math.trunc(distance / length) || 0, unit);
}

function dateText(time: number): string {
  return new Intl.DateTimeFormat(pageLocale(), { dateStyle: "medium" }).format(time);
}

export function timeText(time: number, now: number): string {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  const style: Intl.DateTimeFormatOptions = isToday
    ? { timeStyle: "short" }
    : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(pageLocale(), style).format(time);
}

export function speedText(kmh: number): string {
  return units === "imperial"
    ? `${numberText(kmh / KM_PER_MILE, 0)}\u00a0mph`
    : `${numberText(kmh, 0)}\u00a0km/h`;
}

export function distanceText(metres: number): string {
  const [value, unit] = units === "imperial" ? [metres / 1000 / KM_PER_MILE, "mi"] : [metres / 1000, "km"];
  return `${numberText(value, value < 10 ? 1 : 0)}\u00a0${unit}`;
}

/** A value with its unit; miles where these are wanted. */
export function measureText(value: number, unit: string): string {
  if (unit === "km/h") return speedText(value);
  if (unit === "km" && units === "imperial") return `${numberText(value / KM_PER_MILE, 1)}\u00a0mi`;
  return `${numberText(value, Math.abs(value) < 100 ? 3 : 1)}${unit === "" ? "" : `\u00a0${unit}`}`;
}

/** The direction of a course in degrees: "NE", "NO". */
export function directionText(course: number): string {
  return text(DIRECTIONS[((Math.round(course / 45) % 8) + 8) % 8] as string);
}
