import TileLayer from "ol/layer/Tile.js";
import XYZ from "ol/source/XYZ.js";
import type { OnlineTiles } from "../../../src/map/online-tiles";

/** Over the base map, which is seen where the other host does not answer; under everything of the fleet. */
const Z_INDEX = 8;
const MOST_ZOOM = 19;

/** Raster tiles of another host, where the user chose some. */
export function onlineLayer({ url, source }: OnlineTiles): TileLayer<XYZ> {
  return new TileLayer({
    className: "online",
    zIndex: Z_INDEX,
    source: new XYZ({ url, attributions: plain(source), maxZoom: MOST_ZOOM, attributionsCollapsible: false }),
  });
}

/** A text without what would be HTML in it. */
export function plain(html: string): string {
  const text = html.replace(/<[^<>]*>/g, "").slice(0, 200);
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
