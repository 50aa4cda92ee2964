import { TrackerError } from "../../src/errors";
import { isMapPath, MAP_PATH } from "../../src/map/map-path";
import { type OnlineTiles, OPENSTREETMAP, tilesOrigin } from "../../src/map/online-tiles";
import { findTerm } from "../../src/model/vocabulary";
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
  /** Names of the values that are shown, one a line or with commas between; empty for all. */
  readonly popup: string;
  /** Raster tiles of another host: none, those of OpenStreetMap, or others by their address. */
  readonly tiles: "none" | "osm" | "other";
  readonly tilesUrl: string;
  /** Who made those tiles. */
  readonly tilesSource: string;
  /** Whether the registry's fences are drawn. */
  readonly fences: boolean;
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
  popup: anyText(""),
  tiles: choice("none", "osm", "other"),
  tilesUrl: anyText(""),
  tilesSource: anyText(""),
  fences: flag(false),
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
  if (options.tiles === "other" && (tilesOrigin(options.tilesUrl) === undefined || !options.tilesSource)) {
    const message = "online tiles need an address with {z}, {x} and {y} in it, and who made them";
    throw new TrackerError({ code: "MAP_TILES", path: "tilesUrl", message });
  }
  return options;
}

/** The tiles of another host that a map shows; undefined where it asks none. */
export function tilesOf({ tiles, tilesUrl, tilesSource }: MapOptions): OnlineTiles | undefined {
  if (tiles === "none") return undefined;
  return tiles === "osm" ? OPENSTREETMAP : { url: tilesUrl, source: tilesSource };
}

/** Whether a map shows a value, by its key or by what it is called in either language. */
export function showsValue({ values, popup }: Pick<MapOptions, "values" | "popup">, key: string): boolean {
  if (!values || popup === "") return values;
  const { en = key, de = key } = findTerm(key)?.label ?? {};
  const names = [key, en, de].map((name) => name.toLowerCase());
  return listOf(popup).some((name) => names.includes(name.toLowerCase()));
}

export function groupsOf({ groups }: Pick<MapOptions, "groups">): string[] {
  return listOf(groups);
}

function listOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
