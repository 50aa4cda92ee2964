import type { Format } from "./format";
import { GEOJSON } from "./geojson";
import { HOME_ASSISTANT } from "./home-assistant";
import { INFLUXDB } from "./influxdb";
import { NGP } from "./ngp";
import { OWNTRACKS } from "./owntracks";
import { THINGSBOARD } from "./thingsboard";
import { TRACCAR } from "./traccar";
import { WORLDMAP } from "./worldmap";

/** All formats, in the order in which a dialog offers them. */
export const FORMATS: readonly Format[] = [
  NGP,
  TRACCAR,
  OWNTRACKS,
  WORLDMAP,
  HOME_ASSISTANT,
  THINGSBOARD,
  GEOJSON,
  INFLUXDB,
];
