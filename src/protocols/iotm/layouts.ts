import { CAN_IGNITION } from "./ignition";
import { type Mapping, mappingOf, type SensorMap, sensorMap } from "./mapping";
import type { SensorValue } from "./records";
import type { WireValue } from "./values";

/** Says whether the vehicle's CAN bus was heard. Source: docs/protocols/iotm.md, "Sensors". */
export const CAN_ACTIVITY = 0x009f;
/** Says what the fuel levels of its record count. Source: docs/protocols/iotm.md, "Sensors". */
export const FUEL_LEVEL_TYPE = 0x202a;
const TANK_1 = 0x2007;
const TANK_2 = 0x2009;

/** How the fuel levels are read by their type; of one that is not known, as the catalogue has them. */
const BY_FUEL_LEVEL_TYPE: Readonly<Record<number, Readonly<Record<number, Mapping | undefined>>>> = {
  1: { [TANK_1]: mappingOf({ key: "fuelLevel", rank: 1 }), [TANK_2]: mappingOf({ key: "fuelLevel2" }) },
  2: {
    [TANK_1]: mappingOf({ key: "fuelLevel", rank: 1, multiply: 2, divide: 5 }),
    [TANK_2]: mappingOf({ key: "fuelLevel2", multiply: 2, divide: 5 }),
  },
  // The vocabulary has the litres of one tank only.
  3: { [TANK_1]: mappingOf({ key: "fuelVolume", rank: 1 }), [TANK_2]: undefined },
};

/** The values of a record by their ids. */
type Values = ReadonlyMap<number, SensorValue>;

/** Whether the vehicle's CAN bus was heard; undefined where the record does not tell. */
export type IsHeard = boolean | undefined;

/** What one record says on which the meaning of its other values depends. */
export interface Facts {
  readonly isBusHeard: IsHeard;
  /** The sensor that says whether the ignition is on; undefined where the record has none that can be believed. */
  readonly ignition: number | undefined;
  /** What the fuel levels count; undefined where that is not said, or not known. */
  readonly fuelLevelType: number | undefined;
}

export function factsOf(values: Values, ignition: readonly number[]): Facts {
  const heard = isBusHeard(values);
  const sources = ignition.filter((id) => (values.get(id)?.value ?? null) !== null);
  const fuelLevelType = knownFuelLevelType(values.get(FUEL_LEVEL_TYPE)?.value);
  return { isBusHeard: heard, ignition: ignitionOf(sources, heard), fuelLevelType };
}

/** What a sensor's value becomes; undefined: it stays under its id, null: it is left out. */
export function meaningIn(
  id: number,
  map: SensorMap,
  { isBusHeard, ignition, fuelLevelType }: Facts,
): Mapping | null | undefined {
  const mapping = map.get(id);
  // The user decided, or it is no matter of the bus.
  if (!mapping?.ofBus) return mapping;
  if (isBusHeard === false) return undefined;
  if (id === CAN_IGNITION && id !== ignition) return undefined;
  const levels = (fuelLevelType && BY_FUEL_LEVEL_TYPE[fuelLevelType]) || {};
  return id in levels ? levels[id] : mapping;
}

/** A type of fuel levels that has a meaning of its own. */
export function knownFuelLevelType(value: unknown): number | undefined {
  return typeof value === "number" && value in BY_FUEL_LEVEL_TYPE ? value : undefined;
}

/** Names of numbers that are above zero in every vehicle that has been driven. */
const NEVER_ZERO: ReadonlySet<string> = new Set(
  "odometer engineHours fuelUsed fuelLevel fuelLevel2 fuelVolume".split(" "),
);

/**
 * A device without a bus sends zeros for all that a bus would say. Where it does not say whether there is one, anything but
 * a zero or a no does. Where there is nothing else, and one of them is a number that is never zero, there is no bus; of
 * other zeros, such as an engine speed, nobody knows.
 */
function isBusHeard(values: Values): IsHeard {
  const said = busActivity(values.get(CAN_ACTIVITY)?.value);
  if (said !== undefined) return said;
  let isSilent = false;
  for (const { id, value } of values.values()) {
    const part = busPart(id);
    if (part === undefined) continue;
    if (isSomething(value)) return true;
    isSilent ||= part.isNeverZero && value !== null;
  }
  return isSilent ? false : undefined;
}

/** What a device says of the bus itself. */
export function busActivity(value: unknown): IsHeard {
  if (value === true || value === 1) return true;
  return value === false || value === 0 ? false : undefined;
}

const CATALOGUE = sensorMap();

/** Of a sensor that the bus fills, whether a zero says that there is none; undefined of another. */
export function busPart(id: number): { readonly isNeverZero: boolean } | undefined {
  const mapping = CATALOGUE.get(id);
  return mapping?.ofBus ? { isNeverZero: NEVER_ZERO.has(mapping.key) } : undefined;
}

function isSomething(value: WireValue): boolean {
  return typeof value === "bigint" ? value !== 0n : Boolean(value);
}

/** Of the sources that have a value, the best first. What is only not known to be silent comes after all others. */
export function ignitionOf(sources: readonly number[], isBusHeard: IsHeard): number | undefined {
  const sure = sources.find((id) => id !== CAN_IGNITION || isBusHeard);
  return sure ?? (isBusHeard === undefined ? sources[0] : undefined);
}

/** The axle that a placed value is of, counted from 1, with its value; undefined of what is no whole number. */
export function placedValue(wire: WireValue): { readonly place: number; readonly value: number } | undefined {
  if (typeof wire !== "number" || !Number.isInteger(wire) || wire < 0) return undefined;
  return { place: ((wire % 256) >> 4) + 1, value: Math.floor(wire / 256) };
}
