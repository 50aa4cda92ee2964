import { FLOAT } from "./float";
import type { Sensor } from "./sensor";
import { SIGNED } from "./signed";
import { STRUCTURE } from "./structure";
import { TEXT_SENSORS } from "./text";
import { U8 } from "./u8";
import { U16 } from "./u16";
import { U32 } from "./u32";
import { U64 } from "./u64";
import { YES_NO } from "./yes-no";

export type { Factor, Meaning, Privacy, Sensor } from "./sensor";
export { GNSS_SENSOR } from "./structure";

/**
 * The sensor catalogue: what an IOTM sensor id means, by family. A new sensor is a line in its family's table, never a
 * branch in code. Source of every line: docs/protocols/iotm-sensors.tsv, and iotm.md, "Sensors", for its factor.
 */
export const SENSORS: readonly Sensor[] = [
  ...YES_NO,
  ...U8,
  ...U16,
  ...U32,
  ...U64,
  ...SIGNED,
  ...FLOAT,
  ...TEXT_SENSORS,
  ...STRUCTURE,
];

const BY_ID: ReadonlyMap<number, Sensor> = new Map(SENSORS.map((sensor) => [sensor.id, sensor]));

export function findSensor(id: number): Sensor | undefined {
  return BY_ID.get(id);
}

const ID_TEXTS: string[] = [];

/** A sensor id (0–65535) as users see it: `0x` and four upper-case hex digits. */
export function sensorIdText(id: number): string {
  ID_TEXTS[id] ??= `0x${id.toString(16).toUpperCase().padStart(4, "0")}`;
  return ID_TEXTS[id];
}
