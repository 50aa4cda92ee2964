import { toHex } from "../../../bytes/hex";
import type { Position, Scalar, Telemetry } from "../../../model/message";
import { POSITION_RANGES } from "../../../model/position";
import { fitting, toScalar, withoutDust } from "../convert";
import type { Mapping } from "../mapping";
import type { WireValue } from "../values";
import { type Build, CAN_COMPILE, compiled, fromTemplate, type RecordShape } from "./build";
import type { ReadValue } from "./wire";

/** What becomes of a value. */
export const RAW = 0;
export const POSITION = 1;
export const NUMBER = 2;
export const BOOLEAN = 3;
/** As its mapping says, in one of the rarer ways. */
export const MAPPED = 4;
/** The name has its value already; of yes and no, yes wins. */
export const SECOND = 5;

/** One value of a layout. */
export interface Slot {
  readonly how: number;
  /** Its place among the values that were read. */
  readonly from: number;
  /** Its place among the values of the record. */
  readonly to: number;
  readonly multiply: number;
  readonly add: number;
  readonly divide: number;
  readonly least: number;
  readonly most: number;
  readonly mapping: Mapping | undefined;
  /** Of a second one, the place of the first. */
  readonly first: number;
  /** What does not fit is said of the sensor itself, which has another slot. */
  readonly isBeside: boolean;
}

/** A value as a record has it; undefined where it does not fit. */
export type Kept = Scalar | Position | undefined;

/** Records of one shape before code is made for it: of a shape that comes once it would cost more than it saves. */
const USUAL = 100;

/** How the values of one layout become a record, where all of them fit. */
export class Plan {
  private build: Build;
  private uses: number;
  /** The plans in which a value stays under its id, by the place of its slot. */
  private readonly others = new Map<Slot, Plan | undefined>();

  constructor(
    private readonly slots: readonly Slot[],
    private readonly shape: RecordShape,
    private readonly without: (slot: Slot) => Plan | undefined,
    canCompile = CAN_COMPILE,
  ) {
    this.build = fromTemplate(shape);
    this.uses = canCompile ? 0 : Number.NEGATIVE_INFINITY;
  }

  /** A record of what was read; undefined where a value does not fit its name, which has to be said. */
  record(
    read: readonly ReadValue[],
    values: Kept[],
    imei: string,
    identity: string,
    time: number,
    receivedAt: number,
  ): Telemetry | undefined {
    const { slots } = this;
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as Slot;
      const wire = read[slot.from] as ReadValue;
      const value = valueOf(slot, wire, values);
      if (value === undefined) {
        return this.keeping(slot, wire)?.record(read, values, imei, identity, time, receivedAt);
      }
      values[slot.to] = value;
    }
    if (++this.uses === USUAL) this.build = compiled(this.shape);
    return this.build(values, imei, identity, time, receivedAt);
  }

  /** The plan in which a value that says nothing of its name stays under its id. */
  private keeping(slot: Slot, wire: ReadValue): Plan | undefined {
    const { mapping } = slot;
    if (mapping === undefined) return undefined;
    if (!slot.isBeside && fitting(wire as WireValue, mapping) !== null) return undefined;
    if (!this.others.has(slot)) this.others.set(slot, this.without(slot));
    return this.others.get(slot);
  }
}

function valueOf(slot: Slot, wire: ReadValue, values: Kept[]): Kept {
  switch (slot.how) {
    case RAW:
      return rawOf(wire);
    case NUMBER:
      return numberOf(slot, wire);
    case BOOLEAN:
      return wire === true || wire === false ? wire : wire === 0 ? false : wire === 1 ? true : undefined;
    case POSITION:
      return isTruePosition(wire) ? wire : undefined;
    case SECOND:
      return secondOf(slot, wire, values);
    default:
      return mappedOf(slot.mapping as Mapping, wire);
  }
}

function numberOf({ multiply, add, divide, least, most }: Slot, wire: ReadValue): number | undefined {
  if (typeof wire !== "number") return undefined;
  const whole = (wire * multiply + add) / divide;
  // Zero has no sign.
  const number = (Number.isInteger(wire) ? whole : withoutDust(whole)) + 0;
  return number >= least && number <= most ? number : undefined;
}

function mappedOf(mapping: Mapping, wire: ReadValue): Scalar | undefined {
  const value = fitting(wire as WireValue, mapping);
  return value === null && mapping.type !== "any" ? undefined : value;
}

function secondOf({ mapping, first }: Slot, wire: ReadValue, values: Kept[]): Kept {
  const value = fitting(wire as WireValue, mapping as Mapping);
  if (value === undefined) return undefined;
  if (value === true && values[first] === false) values[first] = true;
  return rawOf(wire);
}

function isTruePosition(wire: ReadValue): wire is Position {
  if (typeof wire !== "object" || wire === null || wire instanceof Uint8Array) return false;
  const { altitude = 0, speed = 0, course = 0, satellites = 0 } = wire;
  const { altitude: heights, speed: speeds, course: courses, satellites: counts } = POSITION_RANGES;
  return (
    altitude >= heights[0] &&
    altitude <= heights[1] &&
    speed <= speeds[1] &&
    course <= courses[1] &&
    satellites <= counts[1]
  );
}

/** A value as JSON can hold it; as that of `toScalar`, of what was read. */
function rawOf(wire: ReadValue): Scalar | Position {
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
