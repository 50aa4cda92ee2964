import { checkImei } from "../../model/imei";
import type { Scalar } from "../../model/message";
import { convertLinear, UNITS } from "../../model/units";
import type { Target } from "./targets";

/** Ways to write a time, by the name a person reads; the first takes whichever of the others it must be. */
export const TIME_UNITS = ["recognised", "s", "ms", "µs", "ISO 8601"] as const;
/** Bits of a whole number that has a yes or no in each; bit 0 is the lowest. */
const BITS: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 32 }, (_, bit) => [`bit ${bit}`, bit] as const),
);
/** Yes/no values as they are, the other way round, or one bit of a number. */
export const BOOLEAN_UNITS: readonly string[] = ["", "inverted", ...BITS.keys()];

/** Whether a unit takes only a bit of a value, so that its other bits can be other signals. */
export function isBit(unit: string | undefined): boolean {
  return unit !== undefined && BITS.has(unit);
}

/** The units that a value of a target can come in, its usual one first; none where there is nothing to choose. */
export function unitsOf({ type, unit }: Pick<Target, "type" | "unit">): readonly string[] {
  if (type === "time") return TIME_UNITS;
  if (type === "boolean") return BOOLEAN_UNITS;
  return type === "number" ? Object.keys(UNITS[unit] ?? {}) : [];
}

/**
 * A value of the payload in the type and unit of its target; undefined where it does not fit. `unit` is one of
 * {@link unitsOf}, or empty for the usual one.
 */
export function convert(value: Scalar, target: Pick<Target, "type" | "unit">, unit = ""): Scalar | undefined {
  return CONVERT[target.type](value, unit, target.unit);
}

type Convert = (value: Scalar, unit: string, own: string) => Scalar | undefined;

const CONVERT: Readonly<Record<Target["type"], Convert>> = {
  number: (value, unit, own) => {
    const number = toNumber(value);
    if (number === undefined) return undefined;
    const linear = unit === "" || unit === own ? undefined : UNITS[own]?.[unit];
    const converted = linear === undefined ? number : convertLinear(number, linear);
    return Number.isFinite(converted) ? converted : undefined;
  },
  boolean: (value, unit) => {
    const bit = BITS.get(unit);
    if (bit !== undefined) return bitOf(value, bit);
    const yes = YES_NO.get(typeof value === "string" ? value.trim().toLowerCase() : value);
    return yes === undefined ? undefined : yes !== (unit === "inverted");
  },
  text: (value) => (value === null || value === "" ? undefined : String(value)),
  id64: (value) => {
    const digits =
      typeof value === "string" ? /^(?:0x)?([0-9a-f]{1,16})$/i.exec(value.trim())?.[1] : undefined;
    return digits?.toLowerCase().padStart(16, "0");
  },
  time: (value, unit) => toTime(value, unit || "recognised"),
  imei: (value) => {
    const digits = String(value).trim();
    const wrong = checkImei(digits)?.code;
    return (wrong === undefined || wrong === "IMEI_CHECK_DIGIT") && !/^0+$/.test(digits) ? digits : undefined;
  },
  event: (value) => (value === null || value === "" ? undefined : String(value)),
  ignore: (value) => value,
};

const YES_NO: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 1, "1", "true", "on", "yes", "y", "open", "active"].map((yes) => [yes, true] as const),
  ...[false, 0, "0", "false", "off", "no", "n", "closed", "inactive"].map((no) => [no, false] as const),
]);

const HEX_TEXT = /^\s*0x[0-9a-f]{1,13}\s*$/i;

/** A bit of a whole number, also of one written as text, decimal or as 0x…. */
function bitOf(value: Scalar, bit: number): boolean | undefined {
  const number = typeof value === "string" && HEX_TEXT.test(value) ? Number(value) : toNumber(value);
  if (number === undefined || !Number.isSafeInteger(number) || number < 0) return undefined;
  return Math.floor(number / 2 ** bit) % 2 === 1;
}

/** No two parts of it can take the same digits, or a long text of them would hold up the runtime for minutes. */
const NUMBER_TEXT = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

/** Also numbers written as text; not those that have more digits than a number holds. */
function toNumber(value: Scalar): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !NUMBER_TEXT.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
    ? number
    : undefined;
}

/** 2000-01-01 and 2100-01-01: before and after it, a time is a mistake. */
const EARLIEST = 946_684_800_000;
const LATEST = 4_102_444_800_000;

const PER_MS: Readonly<Record<string, (value: number) => number>> = {
  s: (value) => value * 1000,
  ms: (value) => value,
  µs: (value) => value / 1000,
};

/** A time as epoch milliseconds. Text without a time zone is UTC. The three number units cannot be confused. */
function toTime(value: Scalar, unit: string): number | undefined {
  const number = toNumber(value);
  if (number !== undefined && unit !== "ISO 8601") {
    const tried = unit === "recognised" ? Object.keys(PER_MS) : [unit];
    return tried.map((one) => Math.round(PER_MS[one]?.(number) ?? Number.NaN)).find(isUsable);
  }
  if (typeof value !== "string" || (unit !== "recognised" && unit !== "ISO 8601")) return undefined;
  const iso =
    /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(z|[+-]\d\d:?\d\d)?)?\s*$/i.exec(value);
  if (iso === null) return undefined;
  const [, date, clock = "00:00", zone = "Z"] = iso;
  // Beside a date alone stands its time of day; and there is no 30th of February, which Date takes for a day in March.
  if ((iso[2] === undefined && unit === "recognised") || !isDay(date as string)) return undefined;
  const time = Date.parse(
    `${date}T${clock.replace(",", ".")}${zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2").toUpperCase()}`,
  );
  return isUsable(time) ? time : undefined;
}

function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

function isUsable(time: number): boolean {
  return time >= EARLIEST && time < LATEST;
}
