import { TrackerError } from "../../src/errors";
import { isMapPath, MAP_PATH } from "../../src/map/map-path";
import { anyText, choice, flag, type OptionTable, readOptions, whole } from "../runtime/options";

export interface MapOptions {
  /** Where the page is, below Node-RED's own root for pages. */
  readonly path: string;
  /** Everybody may open it who reaches Node-RED. */
  readonly open: boolean;
  /** Heading of the page; empty for the usual one. */
  readonly title: string;
  /** Names of the groups to show, one a line or with commas between; empty for all. */
  readonly groups: string;
  /** Whether a vehicle's values can be looked at. */
  readonly values: boolean;
  /** Days that the map can look back; 0: no trails. */
  readonly days: number;
  readonly language: "browser" | "en" | "de";
  readonly units: "metric" | "imperial";
}

export const MAP_OPTIONS: OptionTable<MapOptions> = {
  path: anyText(MAP_PATH),
  open: flag(false),
  title: anyText(""),
  groups: anyText(""),
  values: flag(true),
  days: whole(30, 36_500),
  language: choice("browser", "en", "de"),
  units: choice("metric", "imperial"),
};

/** What is set in a map's dialog. Throws `OPTION`, or `MAP_PATH`. */
export function readMapOptions(config: Readonly<Record<string, unknown>>): MapOptions {
  const options = readOptions(MAP_OPTIONS, config);
  if (!isMapPath(options.path)) {
    const message = "a path begins with / and has only letters, digits and . _ ~ - between its parts";
    throw new TrackerError({ code: "MAP_PATH", path: "path", message });
  }
  return options;
}

export function groupsOf({ groups }: Pick<MapOptions, "groups">): string[] {
  return groups
    .split(/[\n,]/)
    .map((group) => group.trim())
    .filter((group) => group !== "");
}
