import MVT from "ol/format/MVT.js";
import { nearestOf, type Settlement } from "../../../src/model/near-place";
import { BASE_MAX_ZOOM, type BaseMap } from "./base-map";
import { directionText, distanceText } from "./format";
import { latitudeOf, longitudeOf, mercatorX, mercatorY, WORLD } from "./mercator";
import { pageText } from "./texts";

const TILES = 2 ** BASE_MAX_ZOOM;
/** Part of a tile from whose edge on the next one is read, too. */
const EDGE = 0.3;

/** Says where something is in words: "5.7 km E of Panevėžys", by the places of the base map. */
export class Nearby {
  private readonly format = new MVT();
  private readonly tiles = new Map<string, Promise<readonly Settlement[]>>();

  constructor(private readonly base: BaseMap) {}

  /** Empty where no place is known around it. */
  async describe(longitude: number, latitude: number): Promise<string> {
    const near = nearestOf({ latitude, longitude }, await this.around(longitude, latitude));
    if (near === undefined) return "";
    const { name: place, distance, course } = near;
    if (distance === 0) return pageText("in", { place });
    return pageText("near", {
      distance: distanceText(distance),
      direction: directionText(course),
      place,
    });
  }

  private async around(longitude: number, latitude: number): Promise<Settlement[]> {
    const x = (mercatorX(longitude) / WORLD + 0.5) * TILES;
    const y = (0.5 - mercatorY(latitude) / WORLD) * TILES;
    const tiles = neighbours(x).flatMap((column) => neighbours(y).map((row) => this.read(column, row)));
    return (await Promise.all(tiles)).flat();
  }

  private read(column: number, row: number): Promise<readonly Settlement[]> {
    const key = `${column}/${row}`;
    let places = this.tiles.get(key);
    if (places === undefined) {
      places = this.placesIn((column + TILES) % TILES, row);
      this.tiles.set(key, places);
      places.catch(() => this.tiles.delete(key));
    }
    return places;
  }

  private async placesIn(column: number, row: number): Promise<Settlement[]> {
    const data = row < 0 || row >= TILES ? undefined : await this.base.tile(BASE_MAX_ZOOM, column, row);
    if (data === undefined) return [];
    const side = WORLD / TILES;
    const [left, top] = [column * side - WORLD / 2, WORLD / 2 - row * side];
    const extent = [left, top - side, left + side, top];
    return this.format
      .readFeatures(data, { extent, featureProjection: "EPSG:3857" })
      .filter((feature) => feature.get("layer") === "places")
      .map((feature) => {
        const [x = 0, y = 0] = feature.getGeometry()?.getExtent() ?? [];
        const [longitude, latitude] = [longitudeOf(x), latitudeOf(y)];
        return { name: String(feature.get("name")), size: Number(feature.get("size")), longitude, latitude };
      });
  }
}

/** The tile that a place is in, and the next one where it is near. */
function neighbours(at: number): number[] {
  const tile = Math.floor(at);
  const part = at - tile;
  if (part < EDGE) return [tile - 1, tile];
  return part > 1 - EDGE ? [tile, tile + 1] : [tile];
}
