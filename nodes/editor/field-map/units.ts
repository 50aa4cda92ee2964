import type { Scalar } from "../../../src/model/message";
import { type Linear, parseLinear } from "../../../src/model/units";
import { convert, isBit, unitsOf } from "../../../src/protocols/json/convert";
import { isScalable, type Rule } from "../../../src/protocols/json/field-map";
import { findTarget, type Target } from "../../../src/protocols/json/targets";
import { isBlank } from "../../../src/saved";

const LIMITS: Readonly<Record<string, number>> = { latitude: 90, longitude: 180, heading: 360 };

/** The other half of a position, which is written like the one. */
export const OTHER_HALF: Readonly<Record<string, string>> = {
  latitude: "longitude",
  longitude: "latitude",
};

const FIRST_BIT = "bit 0";

/** What is known of a value's unit. */
export interface UnitHints {
  /** What its name says, or the payload beside it. */
  readonly said?: string | undefined;
  /** The unit of the other half of the position; empty for degrees, undefined where it has none yet. */
  readonly otherHalf?: string | undefined;
  /** Where the value is known to be one of bits: the one to take. */
  readonly bit?: string | undefined;
}

/**
 * The unit to begin with for a value that becomes a target; empty for the usual one. What was said counts, then the
 * other coordinate. A number that is no yes or no is one of bits. A coordinate beyond the world, or a heading beyond the
 * circle, is written in fractions of a degree, in which the largest that fits is the likeliest.
 */
export function startUnit(to: string, value: Scalar, { said, otherHalf, bit }: UnitHints = {}): string {
  const target = findTarget(to);
  if (target === undefined) return "";
  const usual = (unit: string) => (unit === target.unit ? "" : unit);
  if (said !== undefined && unitsOf(target).includes(said)) return usual(said);
  if (target.type === "boolean" || target.type === "fix")
    return bit ?? (isMask(value, target) ? FIRST_BIT : "");
  const limit = LIMITS[to];
  if (limit === undefined) return "";
  const fitting = unitsOf(target).flatMap((unit) => {
    const converted = Math.abs(Number(convert(value, target, unit)));
    return converted <= limit ? [{ unit, converted }] : [];
  });
  if (otherHalf !== undefined && fitting.some(({ unit }) => usual(unit) === otherHalf)) return otherHalf;
  const [best] = fitting.toSorted((a, b) => b.converted - a.converted);
  return best === undefined ? "" : usual(best.unit);
}

function isMask(value: Scalar, target: Target): boolean {
  return convert(value, target) === undefined && convert(value, target, FIRST_BIT) !== undefined;
}

/** Whether a person should look at the unit before they go on: there are several that cannot be told apart. */
export function isUnitOpen(target: Target | undefined, unit: string): boolean {
  if (target === undefined || target.type === "event" || isBit(unit)) return true;
  return isScalable(target) && unitsOf(target).length > 1 && (target.unit !== "°" || unit !== "");
}

/** The scale that a rule brings numbers on; undefined for none, and for one that is not a number yet. */
export function linearOfUnit({ factor, offset }: Rule): Linear | undefined {
  const parts = [factor, offset].filter((part) => !isBlank(part));
  return parts.length === 0 || !parts.every((part) => Number.isFinite(Number(part)))
    ? undefined
    : parseLinear(factor, offset);
}
