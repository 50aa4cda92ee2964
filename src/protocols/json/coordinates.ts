import type { Scalar } from "../../model/message";
import { convertLinear, UNITS } from "../../model/units";
import { toNumber } from "./numbers";

/** What tells the two coordinates apart. */
interface Axis {
  /** The letters of its hemispheres: the first for positive values. */
  readonly letters: readonly [string, string];
  /** Degrees at most. */
  readonly limit: number;
  /** Digits of whole degrees in NMEA 0183. */
  readonly digits: number;
}

export const AXES: Readonly<Record<"latitude" | "longitude", Axis>> = {
  latitude: { letters: ["N", "S"], limit: 90, digits: 2 },
  longitude: { letters: ["E", "W"], limit: 180, digits: 3 },
};
export type AxisName = keyof typeof AXES;

/** Degrees and minutes in one number. Source: NMEA 0183, GGA. */
export const NMEA_UNIT = "ddmm.mmmm";
export const COORDINATE_UNITS: readonly string[] = [...Object.keys(UNITS["°"] ?? {}), NMEA_UNIT];
/** Which of the two in one text comes first. */
export const PAIR_UNITS: readonly string[] = ["lat, lon", "lon, lat"];

const MAX_LENGTH = 60;
const LETTERS: readonly [RegExp, string][] = [
  [/NORTH/, "N"],
  [/SOUTH/, "S"],
  [/EAST/, "E"],
  [/WEST/, "W"],
];
const DECIMAL = /^([NSEW])?([+-]?\d{1,10}(?:\.\d{1,15})?)°?([NSEW])?$/;
const SEXAGESIMAL =
  /^([NSEW])?([+-]?\d{1,3})°(\d{1,2}(?:\.\d{1,12})?)['′](?:(\d{1,2}(?:\.\d{1,12})?)(?:["″]|''))?([NSEW])?$/;

/**
 * A latitude or a longitude in degrees, also beyond the world; undefined for what is no number. Text may have a hemisphere
 * (`54.68 N`, `S 33.9`, `4807.038,N` as NMEA 0183 has it) or be in degrees, minutes and seconds (`54°41'13.8"N`).
 */
export function readCoordinate(value: Scalar, axis: AxisName, unit: string): number | undefined {
  const said = typeof value === "string" ? readText(value, AXES[axis], unit) : undefined;
  if (said !== undefined) return said;
  const number = toNumber(value);
  return number === undefined ? undefined : inUnit(number, unit);
}

function readText(value: string, axis: Axis, unit: string): number | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const plain = LETTERS.reduce((text, [word, letter]) => text.replace(word, letter), value.toUpperCase())
    .replace(/\s/g, "")
    .replace("−", "-")
    .replace("º", "°")
    .replace("’", "'")
    .replace(/(\d),(\d)/, "$1.$2")
    .replace(",", "");
  return readSexagesimal(plain, axis) ?? readDecimal(plain, axis, unit);
}

function readSexagesimal(plain: string, axis: Axis): number | undefined {
  const [, before, degrees = "", minutes = "60", seconds = "0", after] = SEXAGESIMAL.exec(plain) ?? [];
  if (Number(minutes) >= 60 || Number(seconds) >= 60) return undefined;
  const parts = rounded(Math.abs(Number(degrees)) + Number(minutes) / 60 + Number(seconds) / 3600);
  return signed(degrees.startsWith("-") ? -parts : parts, axis, before, after);
}

/** Only what says that it is a coordinate; a plain number is read as numbers are. */
function readDecimal(plain: string, axis: Axis, unit: string): number | undefined {
  const [, before, number, after] = DECIMAL.exec(plain) ?? [];
  if (number === undefined || !/[NSEW°]/.test(plain)) return undefined;
  const inDegrees = inUnit(Number(number), unit === "" && hasNmeaDigits(number, axis) ? NMEA_UNIT : unit);
  return inDegrees === undefined ? undefined : signed(inDegrees, axis, before, after);
}

function inUnit(value: number, unit: string): number | undefined {
  if (unit === NMEA_UNIT) return fromNmea(value);
  const linear = UNITS["°"]?.[unit];
  return linear === undefined ? value : convertLinear(value, linear);
}

function hasNmeaDigits(number: string, { digits, limit }: Axis): boolean {
  return /\d+/.exec(number)?.[0].length === digits + 2 || Math.abs(Number(number)) > limit;
}

/** With the sign of the hemisphere; undefined where the letter is of the other axis, or says another thing than the sign. */
function signed(degrees: number, axis: Axis, before?: string, after?: string): number | undefined {
  const letter = before ?? after;
  if (letter === undefined) return degrees;
  const isBoth = before !== undefined && after !== undefined;
  if (isBoth || !axis.letters.includes(letter)) return undefined;
  if (letter === axis.letters[0]) return degrees < 0 ? undefined : degrees;
  return -Math.abs(degrees);
}

function fromNmea(value: number): number | undefined {
  const degrees = Math.floor(Math.abs(value) / 100);
  const minutes = Math.abs(value) - degrees * 100;
  if (minutes >= 60) return undefined;
  return Math.sign(value) * rounded(degrees + minutes / 60);
}

/** To 8 decimals, which is 1 mm. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e8) / 1e8;
}

/** The letter of a hemisphere, also of one that is written out. */
export function readHemisphere(value: Scalar, axis: AxisName): string | undefined {
  if (typeof value !== "string" || !/^\s?(?:[nsew]|north|south|east|west)\s?$/i.test(value)) return undefined;
  const letter = value.trim()[0]?.toUpperCase();
  return AXES[axis].letters.find((one) => one === letter);
}

/** Whether a coordinate must be in degrees and minutes, as NMEA 0183 has it, where nothing says its unit. */
export function isSurelyNmea(value: Scalar, axis: AxisName): boolean {
  const text = String(value);
  return (
    toNumber(value) !== undefined &&
    (text.includes(".") || typeof value === "number") &&
    hasNmeaDigits(text, AXES[axis])
  );
}

const SEPARATORS = [";", "|", ", ", ",", " "];
/** A coordinate that a device writes has decimals or says that it is one: `2, 3` may be anything. */
const IS_COORDINATE = /\.\d|\d,\d|[°ºNSEW]/i;

/** A latitude and a longitude that stand in one text, in degrees; undefined where it is something else. */
export function readPair(value: Scalar, unit: string): readonly [number, number] | undefined {
  if (typeof value !== "string" || value.length > 2 * MAX_LENGTH) return undefined;
  const text = value
    .trim()
    .replace(/^geo:|^[([{]/i, "")
    .replace(/[)\]}]$/, "")
    .replace(/\s+/g, " ");
  for (const separator of SEPARATORS) {
    const parts = text.split(separator).map((part) => part.trim());
    if (parts.length !== 2 || !parts.every((part) => IS_COORDINATE.test(part))) continue;
    const [one = "", two = ""] = unit === PAIR_UNITS[1] ? parts.toReversed() : parts;
    const latitude = readCoordinate(one, "latitude", "");
    const longitude = readCoordinate(two, "longitude", "");
    if (latitude !== undefined && longitude !== undefined) return [latitude, longitude];
  }
  return undefined;
}
