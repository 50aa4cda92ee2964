import { CSV, GPX, KML } from "./documents";
import type { Format, FormatSettings } from "./format";
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
  GPX,
  KML,
  CSV,
  INFLUXDB,
];

const NONE: FormatSettings = { topic: "", url: "", measurement: "" };

/** The settings of a format: what was chosen, else its own. */
export function settingsOf({ settings }: Format, chosen: Partial<FormatSettings> = {}): FormatSettings {
  const given = Object.entries(chosen).filter(
    ([name, value]) => value !== "" && Object.hasOwn(settings, name),
  );
  return { ...NONE, ...settings, ...Object.fromEntries(given) };
}
