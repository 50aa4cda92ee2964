import type { MultiLineString } from "geojson";
import type { Shapes } from "./geometry";

export interface Topology {
  readonly objects: Readonly<Record<string, object>>;
}
export interface VectorTile {
  readonly features: readonly { readonly tags: Record<string, unknown> | null }[];
}
export interface TileIndex {
  getTile(zoom: number, x: number, y: number): VectorTile | null;
}
export interface Tools {
  readonly index: (shapes: Shapes, options: object) => TileIndex;
  readonly encode: (layers: Record<string, VectorTile>, options: object) => Uint8Array;
  readonly feature: (topology: Topology, object: object) => Shapes;
  readonly mesh: (
    topology: Topology,
    object: object,
    filter: (a: unknown, b: unknown) => boolean,
  ) => MultiLineString;
}

/** Makes vector tiles. What it is made of has no types, or is no CommonJS. */
export async function loadTools(): Promise<Tools> {
  const { default: GeoJsonVt } = await import("geojson-vt");
  const { fromGeojsonVt } = require("vt-pbf");
  const { feature, mesh } = require("topojson-client");
  return {
    index: (shapes, options) => new GeoJsonVt(shapes, options) as unknown as TileIndex,
    encode: fromGeojsonVt,
    feature,
    mesh,
  };
}
