import { toHex } from "../../../bytes/hex";
import type { Position, Scalar } from "../../../model/message";
import { POSITION_RANGES } from "../../../model/position";
import { fitting, toScalar, withoutDust } from "../convert";
import type { Mapping } from "../mapping";
import type { WireValue } from "../values";
import type { ReadValue } from "./wire";

/** What becomes of a value. */
export type How =
  | "raw"
  | "position"
  | "number"
  | "boolean"
  /** As its mapping says, in one of the rarer ways. */
  | "mapped"
  /** The name has its value already; of yes and no, yes wins. */
  | "second";

/** A value as a record has it; undefined where it does not fit. */
export type Kept = Scalar | Position | undefined;

/** What becomes of the values of a sensor or of a name: the same for all layouts, so that it is at hand whichever comes. */
export class ValueRule {
  readonly multiply: number;
  readonly add: number;
  readonly divide: number;
  readonly least: number;
  readonly most: number;

  constructor(
    readonly how: How,
    readonly mapping?: Mapping,
  ) {
    const { multiply = 1, add = 0, divide = 1, range } = mapping ?? {};
    this.multiply = multiply;
    this.add = add;
    this.divide = divide;
    [this.least, this.most] = range ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
  }
}

/** One value of a layout, and what becomes of it. */
export interface Slot {
  /** Its place among the values that were read. */
  readonly from: number;
  /** Its place among the values of the record. */
  readonly to: number;
  readonly rule: ValueRule;
  /** Of a second one, the place of the first. */
  readonly first: number | undefined;
  /** What does not fit is said of the sensor itself, which has another slot. */
  readonly isBeside: boolean;
}

/** How a value that has a name becomes what the name's type takes. */
export function howOf({ type, negative }: Mapping): How {
  if (type === "boolean") return type;
  return type === "number" && !negative ? type : "mapped";
}

/** What a rule makes of a value; undefined where it does not fit. Of a second one, what the first would be. */
export function keptOf(rule: ValueRule, wire: ReadValue): Kept {
  switch (rule.how) {
    case "raw":
      return rawOf(wire);
    case "number":
      return numberOf(wire, rule.multiply, rule.add, rule.divide, rule.least, rule.most);
    case "boolean":
      return booleanOf(wire);
    case "position":
      return positionOf(wire);
    default:
      return mappedOf(wire, rule.mapping as Mapping);
  }
}

/** A value as JSON can hold it; what `toScalar` makes of a value on the wire. */
export function rawOf(wire: ReadValue): Scalar | Position {
  switch (typeof wire) {
    case "number":
      return Number.isFinite(wire) ? wire : null;
    case "object":
      return wire instanceof Uint8Array ? toHex(wire) : wire;
    case "bigint":
      return toScalar(wire);
    default:
      return wire;
  }
}

export function numberOf(
  wire: ReadValue,
  multiply: number,
  add: number,
  divide: number,
  least: number,
  most: number,
): number | undefined {
  if (typeof wire !== "number") return undefined;
  const whole = (wire * multiply + add) / divide;
  // Zero has no sign.
  const number = (Number.isInteger(wire) ? whole : withoutDust(whole)) + 0;
  return number >= least && number <= most ? number : undefined;
}

export function booleanOf(wire: ReadValue): boolean | undefined {
  if (wire === true || wire === 1) return true;
  return wire === false || wire === 0 ? false : undefined;
}

export function mappedOf(wire: ReadValue, mapping: Mapping): Scalar | undefined {
  const value = fitting(wire as WireValue, mapping);
  return value === null && mapping.type !== "any" ? undefined : value;
}

const { altitude: HEIGHTS, speed: SPEEDS, course: COURSES, satellites: COUNTS } = POSITION_RANGES;

export function positionOf(wire: ReadValue): Position | undefined {
  if (typeof wire !== "object" || wire === null || wire instanceof Uint8Array) return undefined;
  const { altitude = 0, speed = 0, course = 0, satellites = 0 } = wire;
  const isTrue =
    altitude >= HEIGHTS[0] &&
    altitude <= HEIGHTS[1] &&
    speed <= SPEEDS[1] &&
    course <= COURSES[1] &&
    satellites <= COUNTS[1];
  return isTrue ? wire : undefined;
}
