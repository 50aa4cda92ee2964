import type { Scalar } from "../../model/message";
import { toNumber } from "./numbers";

/** Ways to write a time, by the name a person reads; the first takes whichever of the others it must be. */
export const TIME_UNITS = ["recognised", "s", "ms", "µs", "ns", "ISO 8601"] as const;

/** The beginning of GPS time, before which no clock of a tracker stands, and 2100-01-01. */
const EARLIEST = 315_964_800_000;
const LATEST = 4_102_444_800_000;
/** 2000-01-01. What is said to be before it is believed only where a rolled over GPS week explains it. */
export const EARLIEST_BELIEVED = 946_684_800_000;

const TO_MS: Readonly<Record<string, (value: number) => number>> = {
  s: (value) => value * 1000,
  ms: (value) => value,
  µs: (value) => value / 1000,
  ns: (value) => value / 1e6,
};
const ALL_UNITS: readonly string[] = Object.keys(TO_MS);
/** .NET counts 100 ns since the year 1, which no other unit gives for the time after 2000. */
const fromTicks = (value: number): number => value / 1e4 - 62_135_596_800_000;

/**
 * A time as epoch milliseconds, from GPS time's beginning to 2100; undefined for what is none. Text without a time zone is
 * UTC. A day and a month that are only numbers are read in the orders year, month, day and (with dots) day, month, year:
 * all others can be meant both ways. Sources: RFC 3339, RFC 5322, ISO 8601.
 */
export function readTime(value: Scalar, unit: string): number | undefined {
  const isRecognised = unit === "recognised";
  const number = unit === "ISO 8601" ? undefined : toTimeNumber(value);
  const time = number === undefined ? undefined : fromNumber(number, isRecognised ? ALL_UNITS : [unit]);
  if (time !== undefined || !(isRecognised || unit === "ISO 8601")) return time;
  return typeof value === "string" || typeof value === "number"
    ? fromText(String(value), !isRecognised)
    : undefined;
}

function fromNumber(value: number, units: readonly string[]): number | undefined {
  let doubtful: number | undefined;
  for (const unit of units) {
    const time = Math.round(TO_MS[unit]?.(value) ?? Number.NaN);
    if (!isUsable(time)) continue;
    if (time >= EARLIEST_BELIEVED) return time;
    doubtful ??= time;
  }
  const ofTicks = units.length > 1 ? Math.round(fromTicks(value)) : Number.NaN;
  return isUsable(ofTicks) && ofTicks >= EARLIEST_BELIEVED ? ofTicks : doubtful;
}

/** Also more digits than a number holds, as nanoseconds have. */
function toTimeNumber(value: Scalar): number | undefined {
  const digits = typeof value === "string" ? value.trim() : "";
  return /^\d{16,19}$/.test(digits) ? Number(digits) : toNumber(value);
}

function isUsable(time: number): boolean {
  return time >= EARLIEST && time < LATEST;
}

/** Longer than any time is written; what is longer is not looked at. */
const MAX_LENGTH = 100;
const MONTHS = "january february march april may june july august september october november december".split(
  " ",
);

const DATES = [
  String.raw`(?<y>\d{4})[-/.](?<m>\d\d?)[-/.](?<d>\d\d?)`,
  String.raw`(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)`,
  String.raw`(?<d>\d\d?)\.(?<m>\d\d?)\.(?<y>\d{4})`,
  String.raw`(?:[a-z]{3,9},? )?(?<d>\d\d?)[ /-](?<m>[a-z]{3,9})\.?[ /-](?<y>\d{4}|\d\d)`,
  String.raw`(?:[a-z]{3,9},? )?(?<m>[a-z]{3,9})\.? (?<d>\d\d?),? (?<y>\d{4})`,
];
const CLOCKS = [
  String.raw`(?<h>\d\d?):(?<min>\d\d)(?::(?<s>\d\d)(?:[.,](?<f>\d{1,15}))?)?(?: ?(?<half>[ap])m)?`,
  String.raw`(?<h>\d\d)(?<min>\d\d)(?:(?<s>\d\d)(?:[.,](?<f>\d{1,15}))?)?`,
];
const ZONE = String.raw`(?: ?(?:(?<z>z|utc|gmt|ut)|(?:utc|gmt)?(?<sign>[+-])(?<zh>\d\d?)(?::?(?<zm>\d\d))?))?`;
/** The name of a zone, which the offset before it says already. */
const REMARK = String.raw`(?: ?(?:\[(?<name>[a-z0-9_/+-]{1,40})\]|\([^()]{1,60}\)))?`;
const BETWEEN = "(?:,? |t|:)";

const TEXTS: readonly RegExp[] = [
  ...DATES.flatMap((date) =>
    CLOCKS.map((clock) => new RegExp(`^${date}${BETWEEN}${clock}${ZONE}${REMARK}$`)),
  ),
  // 20261120163000; and as C writes it: Fri Nov 20 16:30:00 2026.
  new RegExp(`^${DATES[1]}${CLOCKS[1]}${ZONE}$`),
  new RegExp(String.raw`^[a-z]{3} (?<m>[a-z]{3}) (?<d>\d\d?) ${CLOCKS[0]} (?<y>\d{4})$`),
];
const DATES_ALONE: readonly RegExp[] = DATES.map((date) => new RegExp(`^${date}$`));
/** As .NET and JavaScript write it; the offset does not change which moment it is. */
const SERIALIZED = /^\/?(?:new )?date\((\d{9,15})(?:[+-]\d{4})?\)\/?$/;

function fromText(text: string, mayBeDate: boolean): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = text.trim().toLowerCase().replace(/\s+/g, " ").replace("−", "-");
  const serialized = SERIALIZED.exec(plain)?.[1];
  if (serialized !== undefined) return [Number(serialized)].find(isUsable);
  for (const pattern of mayBeDate ? [...TEXTS, ...DATES_ALONE] : TEXTS) {
    const groups = pattern.exec(plain)?.groups;
    const time = groups === undefined ? undefined : momentOf(groups);
    if (time !== undefined && isUsable(time)) return time;
  }
  return undefined;
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Undefined where there is no such day or hour. A 60th second is the first of the next minute: days have them. */
function momentOf(groups: Groups): number | undefined {
  const { y = "", d, h, min, s, f = "0", half } = groups;
  const year = y.length === 2 ? 2000 + Number(y) : Number(y);
  const month = monthOf(groups.m ?? "");
  const day = Date.UTC(year, month - 1, Number(d));
  const isDay = month >= 1 && month <= 12 && new Date(day).getUTCDate() === Number(d);
  const [hour, minute, second] = [hourOf(Number(h ?? 0), half), Number(min ?? 0), Number(s ?? 0)];
  const isClock = minute < 60 && second <= 60 && (hour < 24 || (hour === 24 && minute + second === 0));
  const offset = offsetOf(groups);
  if (!isDay || !isClock || offset === undefined) return undefined;
  const clock = ((hour * 60 + minute - offset) * 60 + second) * 1000;
  return day + clock + Math.round(Number(`0.${f}`) * 1000);
}

function monthOf(text: string): number {
  if (/^\d/.test(text)) return Number(text);
  return MONTHS.findIndex((month) => month.startsWith(text)) + 1;
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return hour < 1 || hour > 12 ? Number.NaN : (hour % 12) + (half === "p" ? 12 : 0);
}

/** Minutes east of Greenwich; undefined where a zone is only named. */
function offsetOf({ z, sign, zh, zm, name }: Groups): number | undefined {
  if (sign === undefined) return z !== undefined || isGreenwich(name) ? 0 : undefined;
  const [hours, minutes] = [Number(zh), Number(zm ?? 0)];
  if (hours > 14 || minutes > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (hours * 60 + minutes);
}

function isGreenwich(name: string | undefined): boolean {
  return name === undefined || ["utc", "gmt", "z", "etc/utc", "etc/gmt"].includes(name);
}
