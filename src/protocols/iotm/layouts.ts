import { type Mapping, mappingOf, sensorMap } from "./mapping";
import type { SensorValue } from "./records";

/** Says whether the vehicle's CAN bus was heard. Source: docs/protocols/iotm.md, "Sensors". */
const CAN_ACTIVITY = 0x009f;
/** Says what the fuel levels of its record count. Source: docs/protocols/iotm.md, "Sensors". */
const FUEL_LEVEL_TYPE = 0x202a;
const TANK_1 = 0x2007;
const TANK_2 = 0x2009;

type Layout = Readonly<Record<number, Mapping | undefined>>;

/** How the fuel levels are read by their type; of one that is not known, as the catalogue has them. */
const BY_FUEL_LEVEL_TYPE: Readonly<Record<number, Layout>> = {
  1: { [TANK_1]: mappingOf({ key: "fuelLevel", rank: 1 }), [TANK_2]: mappingOf({ key: "fuelLevel2" }) },
  2: {
    [TANK_1]: mappingOf({ key: "fuelLevel", rank: 1, multiply: 2, divide: 5 }),
    [TANK_2]: mappingOf({ key: "fuelLevel2", multiply: 2, divide: 5 }),
  },
  // The vocabulary has the litres of one tank only.
  3: { [TANK_1]: mappingOf({ key: "fuelVolume", rank: 1 }), [TANK_2]: undefined },
};

/**
 * What a sensor's value becomes, where another value of its record decides about it; `mapping` else, and where the user
 * decided. Undefined: it stays under its id.
 */
export function inLayout(
  id: number,
  mapping: Mapping | undefined,
  record: ReadonlyMap<number, SensorValue>,
): Mapping | undefined {
  if (mapping?.ofBus === undefined || mapping !== sensorMap().get(id)) return mapping;
  const heard = record.get(CAN_ACTIVITY)?.value;
  if (heard === false || heard === 0) return undefined;
  const type = record.get(FUEL_LEVEL_TYPE)?.value;
  const layout = typeof type === "number" ? BY_FUEL_LEVEL_TYPE[type] : undefined;
  return layout !== undefined && id in layout ? layout[id] : mapping;
}
