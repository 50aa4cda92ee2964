import type { MultiLineString } from "geojson";
import { collection, feature } from "../../scripts/base-map/geometry";
import { writePmtiles } from "../../scripts/base-map/pmtiles-writer";
import { loadTools } from "../../scripts/base-map/tools";

/** A made-up town around a place: two highways that cross there, as tiles in the schema of Protomaps. */
export async function townAround(longitude: number, latitude: number): Promise<Buffer> {
  const tools = await loadTools();
  const reach = 0.2;
  const [west, east, south, north] = [
    longitude - reach,
    longitude + reach,
    latitude - reach,
    latitude + reach,
  ];
  const highways: MultiLineString = {
    type: "MultiLineString",
    coordinates: [
      [
        [west, latitude],
        [east, latitude],
      ],
      [
        [longitude, south],
        [longitude, north],
      ],
    ],
  };
  const shapes = collection([feature(highways, { kind: "highway", name: "Long Road" })]);
  const [minZoom, maxZoom] = [8, 12];
  const options = { maxZoom, indexMaxZoom: maxZoom, indexMaxPoints: 0, extent: 4096, buffer: 64 };
  const index = tools.index(shapes, options);
  const tiles = new Map<string, Uint8Array>();
  const column = (degrees: number, zoom: number) => Math.floor(((degrees + 180) / 360) * 2 ** zoom);
  const row = (degrees: number, zoom: number) =>
    Math.floor((0.5 - Math.asinh(Math.tan((degrees * Math.PI) / 180)) / 2 / Math.PI) * 2 ** zoom);
  for (let zoom = minZoom; zoom <= maxZoom; zoom++) {
    for (let x = column(west, zoom); x <= column(east, zoom); x++) {
      for (let y = row(north, zoom); y <= row(south, zoom); y++) {
        const tile = index.getTile(zoom, x, y);
        if (tile !== null) tiles.set(`${zoom}/${x}/${y}`, tools.encode({ roads: tile }, { version: 2 }));
      }
    }
  }
  return writePmtiles({
    tiles,
    minZoom,
    maxZoom,
    bounds: [west, south, east, north],
    metadata: { attribution: "<b>made up</b>", vector_layers: [{ id: "roads", fields: {} }] },
  });
}
