import { imeiIn } from "../../model/imei";
import type { Scalar } from "../../model/message";
import { convertLinear, type Linear, UNITS } from "../../model/units";
import { isInRange } from "../../model/vocabulary";
import { COORDINATE_UNITS, PAIR_UNITS, readCoordinate, readHemisphere, readPair } from "./coordinates";
import { GSA_UNIT, readFix } from "./gnss-fix";
import { toNumber } from "./numbers";
import type { Target } from "./targets";
import { readTime, TIME_UNITS } from "./time";

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
export function unitsOf({ type, unit }: ValueKind): readonly string[] {
  return type === "number" ? Object.keys(UNITS[unit] ?? {}) : (UNITS_OF_TYPE[type] ?? []);
}

const UNITS_OF_TYPE: Partial<Record<Target["type"], readonly string[]>> = {
  time: TIME_UNITS,
  boolean: BOOLEAN_UNITS,
  fix: [...BOOLEAN_UNITS.slice(0, 2), GSA_UNIT, ...BITS.keys()],
  latitude: COORDINATE_UNITS,
  longitude: COORDINATE_UNITS,
  pair: PAIR_UNITS,
};

/** What a value is converted to. */
type ValueKind = Pick<Target, "type" | "unit" | "range" | "values">;

/**
 * A value of the payload in the type and unit of its target; undefined where it does not fit, or lies outside what the
 * target can be. `unit` is one of {@link unitsOf}, or empty for the usual one. Numbers are brought on the scale of the
 * unit by `linear` first.
 */
export function convert(value: Scalar, target: ValueKind, unit = "", linear?: Linear): Scalar | undefined {
  const scaled = linear === undefined ? value : rescale(value, linear);
  const converted = scaled === undefined ? undefined : CONVERT[target.type](scaled, unit, target.unit);
  if (typeof converted === "number") return isInRange(converted, target.range) ? converted : undefined;
  return target.values === undefined ? converted : oneOf(target.values, converted);
}

/** The word that a value is, however its letters are written. */
function oneOf(values: readonly string[], value: Scalar | undefined): string | undefined {
  const word = String(value).trim().toLowerCase();
  return values.find((one) => one === word);
}

/** A number on another scale; undefined for what is none. */
export function rescale(value: Scalar, linear: Linear): number | undefined {
  const number = toNumber(value);
  return number === undefined ? undefined : convertLinear(number, linear);
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
  latitude: (value, unit) => readCoordinate(value, "latitude", unit),
  longitude: (value, unit) => readCoordinate(value, "longitude", unit),
  latitudeHemisphere: (value) => readHemisphere(value, "latitude"),
  longitudeHemisphere: (value) => readHemisphere(value, "longitude"),
  pair: (value, unit) => readPair(value, unit)?.join(", "),
  fix: (value, unit) => {
    const bit = BITS.get(unit);
    return bit === undefined ? readFix(value, unit) : bitOf(value, bit);
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
  time: (value, unit) => readTime(value, unit || "recognised"),
  imei: (value) => imeiIn(value).imei,
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
