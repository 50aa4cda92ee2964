import type { IsHeard } from "../layouts";

/** Sensors of a record; one with more is not read fast. */
export const MOST_VALUES = 200;

/** Bits that say of a sensor what it says beside its own value. */
export const HIDDEN_VALUE = 1;
/** Anything but a zero says that the vehicle's bus is heard. */
export const OF_BUS = 2;
/** A zero says that it is not. */
export const NEVER_ZERO = 4;
/** It says outright whether the bus is heard. */
export const ACTIVITY = 8;
export const FUEL_TYPE = 16;
export const IGNITION_SOURCE = 32;

/** A bit above those of the id: the sensor says that it has no value. */
export const WITHOUT_VALUE = 0x10000;

/** The sensors of one record in their order, and what it says of the vehicle. */
export interface Layout {
  /** Ids, some of them {@link WITHOUT_VALUE}; `count` of them count. */
  readonly ids: Int32Array;
  /** Their value types. */
  readonly types: Uint8Array;
  count: number;
  isBusHeard: IsHeard;
  fuelLevelType: number | undefined;
}
