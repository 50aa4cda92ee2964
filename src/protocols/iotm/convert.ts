import { toHex } from "../../bytes/hex";
import type { Position, Scalar } from "../../model/message";
import { isNullIsland } from "../../model/position";
import type { Linear } from "../../model/units";
import { isInRange } from "../../model/vocabulary";
import type { Mapping } from "./mapping";
import { type Gnss, isGnss, type WireValue } from "./values";

/**
 * A fix is valid with at least one satellite and coordinates that exist and are not 0, 0; no-fix readings have no
 * satellites, or no coordinates.
 */
export function toPosition(gnss: Gnss): Position {
  const { latitude, longitude } = gnss;
  const inRange = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return {
    valid: gnss.satellites > 0 && inRange && !isNullIsland(latitude, longitude),
    latitude: coordinate(latitude),
    longitude: coordinate(longitude),
    altitude: gnss.altitude,
    speed: gnss.speed,
    course: gnss.course,
    hdop: gnss.hdop10 / 10,
    satellites: gnss.satellites,
  };
}

/** Degrees to 6 decimals: 0.1 m, which is all that an f32 holds. */
function coordinate(degrees: number): number | null {
  // Zero has no sign.
  return Number.isFinite(degrees) ? Math.round(degrees * 1e6) / 1e6 + 0 : null;
}

/** The shortest decimal that is still the same f32: 23.4 instead of 23.399999618530273. */
export function shortestF32(value: number): number {
  if (Math.abs(value) < 1000) {
    // So many digits are of one f32 alone.
    const short = Math.round(value * 1000) / 1000;
    if (Math.fround(short) === value) return short + 0;
  }
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}

/** A decimal without the dust of binary fractions: 15 digits are all that every f64 holds. */
export function withoutDust(value: number): number {
  if (!Number.isFinite(value) || Number.isInteger(value)) return value;
  // It has no more digits already, and writing them costs more than all the rest.
  const parts = Math.abs(value) < 1e6 ? 1e9 : 1e6;
  if (Math.abs(value) < 1e9 && Math.round(value * parts) / parts === value) return value;
  return Number(value.toPrecision(15));
}

/** A value in the type, unit and range of its mapping; undefined where it does not fit. */
export function fitting(wire: WireValue, mapping: Mapping): Scalar | undefined {
  const value = CONVERT[mapping.type](wire, mapping);
  return typeof value === "number" && !isInRange(value, mapping.range) ? undefined : value;
}

type Convert = (wire: WireValue, mapping: Mapping) => Scalar | undefined;

/**
 * Brings a wire value into a mapping's type and unit; undefined where it does not fit, null where it fits and says nothing of
 * this name.
 */
const CONVERT: Readonly<Record<Mapping["type"], Convert>> = {
  boolean: (wire) => (typeof wire === "boolean" ? wire : YES_NO.get(toScalar(wire))),
  number: (wire, mapping) => scale(toScalar(wire), mapping),
  text: (wire, { codes, isOpen, pattern }) => {
    if (codes !== undefined) {
      const number = toScalar(wire);
      if (typeof number !== "number") return undefined;
      return codes[number] === undefined && isOpen ? null : codes[number];
    }
    const isText = typeof wire === "string" || typeof wire === "bigint" || Number.isFinite(wire);
    const text = wire instanceof Uint8Array ? toHex(wire) : isText ? String(wire) : undefined;
    return text === undefined || pattern === undefined || pattern.test(text) ? text : null;
  },
  id64: (wire) => {
    if (typeof wire !== "bigint" && !Number.isInteger(wire)) return undefined;
    const id = BigInt(wire as bigint | number);
    return id === BigInt.asUintN(64, id) ? id.toString(16).padStart(16, "0") : undefined;
  },
  any: (wire, mapping) => {
    const value = toScalar(wire);
    if (isPosition(value)) return undefined;
    return isScaled(mapping) && typeof wire !== "string" ? scale(value, mapping) : value;
  },
};

/** Numbers that stand for no and yes, where a device sends a yes/no sensor as a number. */
const YES_NO: ReadonlyMap<unknown, boolean> = new Map([
  [0, false],
  [1, true],
]);

function isPosition(value: Scalar | Position): value is Position {
  return typeof value === "object" && value !== null;
}

export function isScaled({ multiply, add, divide }: Linear): boolean {
  return multiply !== 1 || add !== 0 || divide !== 1;
}

/** The number on its mapping's scale; undefined for what is no number or becomes none. */
function scale(
  value: Scalar | Position,
  { multiply, add, divide, negative }: Linear & Pick<Mapping, "negative">,
): number | undefined {
  if (typeof value !== "number") return undefined;
  const whole = (value * multiply + add) / divide;
  const scaled = Number.isInteger(value) ? whole : withoutDust(whole);
  // Zero has no sign.
  return Number.isFinite(scaled) ? (negative ? -Math.abs(scaled) : scaled) + 0 : undefined;
}

/** A wire value as JSON can hold it, without loss: large integers as decimal text, bytes as hex text. */
export function toScalar(wire: WireValue): Scalar | Position {
  switch (typeof wire) {
    case "bigint": {
      const number = Number(wire);
      return Number.isSafeInteger(number) ? number : wire.toString();
    }
    case "number":
      return Number.isFinite(wire) ? wire : null;
    case "object":
      if (wire === null) return null;
      return isGnss(wire) ? toPosition(wire) : toHex(wire);
    default:
      return wire;
  }
}
