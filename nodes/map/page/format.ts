import { ageText as ageIn } from "../../../src/age-text";
import type { PageConfig } from "../../../src/map/wire";
import { windOf } from "../../../src/model/near-place";
import { pageLocale, pageText } from "./texts";

const KM_PER_MILE = 1.609344;
const DIRECTIONS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

let units: PageConfig["units"] = "metric";

export function useUnits(wanted: PageConfig["units"]): void {
  units = wanted;
}

const formats = new Map<string, Intl.NumberFormat>();

export function pageNumber(value: number, digits: number): string {
  const key = `${pageLocale()} ${digits}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(pageLocale(), { maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}

/** How long ago a time is: "3 min. ago", or the date after two weeks. Both in epoch milliseconds. */
export function pageAge(time: number, now: number): string {
  // The device's clock may be ahead a little.
  return ageIn(Math.min(time, now), now, pageLocale());
}

export function pageTime(time: number, now: number): string {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  const style: Intl.DateTimeFormatOptions = isToday
    ? { timeStyle: "short" }
    : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(pageLocale(), style).format(time);
}

/** A moment to the second, with its day. */
export function momentText(time: number): string {
  return new Intl.DateTimeFormat(pageLocale(), { dateStyle: "short", timeStyle: "medium" }).format(time);
}

/** How long something took: "25 min", "3 h 10 min". */
export function durationText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const hours = Math.floor(minutes / 60);
  const rest = hours > 0 && minutes % 60 === 0 ? "" : `${minutes % 60}\u00a0min`;
  return [hours > 0 ? `${pageNumber(hours, 0)}\u00a0h` : "", rest].filter(Boolean).join("\u00a0");
}

export function speedText(kmh: number): string {
  return units === "imperial"
    ? `${pageNumber(kmh / KM_PER_MILE, 0)}\u00a0mph`
    : `${pageNumber(kmh, 0)}\u00a0km/h`;
}

export function distanceText(metres: number): string {
  const [value, unit] = units === "imperial" ? [metres / 1000 / KM_PER_MILE, "mi"] : [metres / 1000, "km"];
  return `${pageNumber(value, value < 10 ? 1 : 0)}\u00a0${unit}`;
}

/** A value with its unit; miles where these are wanted. */
export function measureText(value: number, unit: string): string {
  if (unit === "km/h") return speedText(value);
  if (unit === "km" && units === "imperial") return `${pageNumber(value / KM_PER_MILE, 1)}\u00a0mi`;
  return `${pageNumber(value, Math.abs(value) < 100 ? 3 : 1)}${unit === "" ? "" : `\u00a0${unit}`}`;
}

/** The direction of a course in degrees: "NE", "NO". */
export function directionText(course: number): string {
  return pageText(windOf(course, DIRECTIONS));
}
