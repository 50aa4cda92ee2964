import { isMapPath, MAP_PATH } from "../../src/map/map-path";
import { tilesOrigin } from "../../src/map/online-tiles";
import { isEnvironment, red } from "../editor/kit/red";

const NODE = "@mqtt-trackers/node-red-trackers/tracker-map:map";
const text = (key: string, values: Record<string, string> = {}): string => red._(`${NODE}.${key}`, values);

interface MapNode {
  readonly id?: string;
  readonly type?: string;
  readonly name?: string;
  readonly path?: string;
  readonly tiles?: string;
  readonly tilesSource?: string;
}

/** Brings the dialog to life. */
export function prepare(node: Readonly<Record<string, unknown>>): void {
  for (const [field, preset] of Object.entries({ tiles: "none", language: "browser", units: "metric" })) {
    input(field).val(String(node[field] ?? "") || preset);
  }
  input("values").prop("checked", node.values ?? true);
  input("fences").prop("checked", node.fences ?? false);
  const show = () => {
    const path = pathOf(input("path").val());
    const isPath = isMapPath(path);
    const { httpNodeRoot = "" } = red.settings as unknown as { httpNodeRoot?: string };
    const root = httpNodeRoot.replace(/\/$/, "");
    const address = `${location.origin}${root}${path}`;
    $("#tracker-map-address").text(address).attr("href", address).toggle(isPath);
    $("#tracker-map-open-warning").toggle(input("open").prop("checked") === true);
    const tiles = input("tiles").val();
    $("#tracker-map-osm").toggle(tiles === "osm");
    $("#tracker-map-tiles").toggle(tiles === "other");
  };
  $("#tracker-map").on("input change", "input, select", show);
  show();
}

/** A path has to be one, and no other map's. */
export function checkPath(value: unknown, { id }: MapNode): true | string {
  if (isEnvironment(value)) return true;
  const path = pathOf(value);
  if (!isMapPath(path)) return text("error.MAP_PATH");
  let rival: string | undefined;
  red.nodes.eachNode((other) => {
    const map = other as unknown as MapNode;
    if (map.type === "tracker-map" && map.id !== id && pathOf(map.path) === path) rival = map.name || map.id;
    return true;
  });
  return rival === undefined || text("error.MAP_PATH_TAKEN", { name: rival });
}

/** Other tiles need an address, and who made them. */
export function checkTiles(value: unknown, node: MapNode): true | string {
  // While the dialog is open its own fields count, which the node does not have yet.
  const entered = (field: "tiles" | "tilesSource") => input(field).val() ?? node[field];
  const [tiles, tilesSource] = [entered("tiles"), entered("tilesSource")];
  if (tiles !== "other" || isEnvironment(value) || isEnvironment(tilesSource)) return true;
  const isRight = tilesOrigin(String(value ?? "").trim()) !== undefined && String(tilesSource ?? "").trim();
  return Boolean(isRight) || text("error.MAP_TILES");
}

function pathOf(value: unknown): string {
  return String(value ?? "").trim() || MAP_PATH;
}

function input(field: string): JQuery {
  return $(`#tracker-map #node-input-${field}`);
}
