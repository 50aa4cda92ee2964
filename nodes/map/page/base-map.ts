import type { FeatureLike } from "ol/Feature.js";
import MVT from "ol/format/MVT.js";
import VectorTileLayer from "ol/layer/VectorTile.js";
import type OlMap from "ol/Map.js";
import { transformExtent } from "ol/proj.js";
import VectorTileSource from "ol/source/VectorTile.js";
import { createXYZ } from "ol/tilegrid.js";
import type VectorTile from "ol/VectorTile.js";
import { FetchSource, PMTiles } from "pmtiles";
import type { StreetMap } from "../../../src/map/wire";
import { baseStyle } from "./base-style";
import { plain } from "./online-layer";
import type { Palette } from "./palette";
import { accessHeaders } from "./server";

export const BASE_MAX_ZOOM = 6;
const ATTRIBUTION = "Natural Earth · GeoNames (CC BY 4.0) · OpenLayers";
/** OpenLayers' number of a tile that could not be read. */
const TILE_ERROR = 3;

interface Archive {
  readonly tiles: PMTiles;
  readonly layer: VectorTileLayer;
}

/** The map under the vehicles: the world that comes with the package, and streets where the user has put some. */
export class BaseMap {
  private readonly base: Archive;
  private readonly streets: readonly {
    readonly layer: VectorTileLayer;
    readonly extent: number[];
    readonly from: number;
  }[];

  constructor(map: OlMap, streetMaps: readonly StreetMap[]) {
    this.base = archive("base.pmtiles", { minZoom: 0, maxZoom: BASE_MAX_ZOOM }, 0);
    this.base.layer.getSource()?.setAttributions(ATTRIBUTION);
    map.addLayer(this.base.layer);
    this.streets = streetMaps.map((streets) => {
      const extent = transformExtent([...streets.bounds], "EPSG:4326", "EPSG:3857");
      const { layer, tiles } = archive(`maps/${streets.file}`, streets, 5);
      layer.setExtent(extent);
      layer.setMinZoom(streets.minZoom);
      tiles.getMetadata().then((metadata) => {
        const { attribution } = metadata as { attribution?: unknown };
        // It is the file's own text, and could be anything.
        if (typeof attribution === "string") layer.getSource()?.setAttributions(plain(attribution));
      }, showNothing);
      map.addLayer(layer);
      return { layer, extent, from: streets.minZoom };
    });
  }

  usePalette(palette: Palette): void {
    const hasStreets = (feature: FeatureLike, zoom: number) => this.hasStreets(feature, zoom);
    this.base.layer.setStyle(baseStyle(palette, hasStreets));
    this.base.layer.setBackground(palette.sea);
    for (const { layer } of this.streets) layer.setStyle(baseStyle(palette));
  }

  /** A tile of the base map, packed as MVT; undefined where there is nothing. */
  async tile(zoom: number, x: number, y: number): Promise<ArrayBuffer | undefined> {
    return (await this.base.tiles.getZxy(zoom, x, y))?.data;
  }

  private hasStreets(feature: FeatureLike, zoom: number): boolean {
    const [x = 0, y = 0] = feature.getGeometry()?.getExtent() ?? [];
    return this.streets.some(({ extent, from }) => {
      const [west = 0, south = 0, east = 0, north = 0] = extent;
      return zoom >= from + 1 && x > west && x < east && y > south && y < north;
    });
  }
}

function archive(
  url: string,
  { minZoom, maxZoom }: { minZoom: number; maxZoom: number },
  zIndex: number,
): Archive {
  const tiles = new PMTiles(new FetchSource(new URL(url, location.href).href, new Headers(accessHeaders())));
  const format = new MVT();
  const load = (tile: VectorTile<FeatureLike>, place: string) => {
    tile.setLoader((extent, _resolution, projection) => {
      const [zoom = 0, x = 0, y = 0] = place.split("/").map(Number);
      tiles.getZxy(zoom, x, y).then(
        (found) => {
          const options = { extent, featureProjection: projection };
          tile.setFeatures(found === undefined ? [] : format.readFeatures(found.data, options));
        },
        () => tile.setState(TILE_ERROR),
      );
    });
  };
  const source = new VectorTileSource({
    format,
    wrapX: true,
    transition: 120,
    tileGrid: createXYZ({ minZoom, maxZoom, tileSize: 512 }),
    tileUrlFunction: (place) => place.join("/"),
    tileLoadFunction: (tile, place) => load(tile as VectorTile<FeatureLike>, place),
  });
  const layer = new VectorTileLayer({
    zIndex,
    declutter: "labels",
    renderMode: "hybrid",
    renderBuffer: 64,
    preload: 1,
    source,
  });
  return { tiles, layer };
}

/** A file that cannot be read leaves the base map. */
function showNothing(): void {}
