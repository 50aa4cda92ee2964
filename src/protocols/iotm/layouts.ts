import { CAN_IGNITION } from "./ignition";
import { type Mapping, mappingOf, type SensorMap, sensorMap } from "./mapping";
import type { SensorValue } from "./records";
import type { WireValue } from "./values";

/** Says whether the vehicle's CAN bus was heard. Source: docs/protocols/iotm.md, "Sensors". */
const CAN_ACTIVITY = 0x009f;
/** Says what the fuel levels of its record count. Source: docs/protocols/iotm.md, "Sensors". */
const FUEL_LEVEL_TYPE = 0x202a;
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
type IsHeard = boolean | undefined;

/** What the values of one record mean, of which some depend on others. */
export class Layout {
  /** The sensor that says whether the ignition is on; undefined where the record has none that can be believed. */
  readonly ignition: number | undefined;
  private readonly isBusHeard: IsHeard;
  private readonly fuelLevels: Readonly<Record<number, Mapping | undefined>>;

  constructor(
    values: Values,
    private readonly map: SensorMap,
    ignition: readonly number[],
  ) {
    this.isBusHeard = isBusHeard(values);
    this.ignition = ignitionOf(values, ignition, this.isBusHeard);
    const type = values.get(FUEL_LEVEL_TYPE)?.value;
    this.fuelLevels = (typeof type === "number" ? BY_FUEL_LEVEL_TYPE[type] : undefined) ?? {};
  }

  /** What a sensor's value becomes; undefined: it stays under its id, null: it is left out. */
  mapping(id: number): Mapping | null | undefined {
    const mapping = this.map.get(id);
    // The user decided, or it is no matter of the bus.
    if (!mapping?.ofBus) return mapping;
    if (this.isBusHeard === false) return undefined;
    if (id === CAN_IGNITION && id !== this.ignition) return undefined;
    return id in this.fuelLevels ? this.fuelLevels[id] : mapping;
  }
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
  const activity = values.get(CAN_ACTIVITY)?.value;
  if (activity === true || activity === 1) return true;
  if (activity === false || activity === 0) return false;
  let isSilent = false;
  for (const { id, value } of values.values()) {
    const said = busMapping(id);
    if (said === undefined) continue;
    if (isSomething(value)) return true;
    isSilent ||= NEVER_ZERO.has(said.key) && value !== null;
  }
  return isSilent ? false : undefined;
}

const CATALOGUE = sensorMap();

function busMapping(id: number): Mapping | undefined {
  const mapping = CATALOGUE.get(id);
  return mapping?.ofBus ? mapping : undefined;
}

function isSomething(value: WireValue): boolean {
  return typeof value === "bigint" ? value !== 0n : Boolean(value);
}

/** What is only not known to be silent comes after all others. */
function ignitionOf(values: Values, sources: readonly number[], isBusHeard: IsHeard): number | undefined {
  const there = sources.filter((id) => (values.get(id)?.value ?? null) !== null);
  const sure = there.find((id) => id !== CAN_IGNITION || isBusHeard);
  return sure ?? (isBusHeard === undefined ? there[0] : undefined);
}

/** The axle that a placed value is of, counted from 1, with its value; undefined of what is no whole number. */
export function placedValue(wire: WireValue): { readonly place: number; readonly value: number } | undefined {
  if (typeof wire !== "number" || !Number.isInteger(wire) || wire < 0) return undefined;
  return { place: ((wire % 256) >> 4) + 1, value: Math.floor(wire / 256) };
}
