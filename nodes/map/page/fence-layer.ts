import { getCenter } from "ol/extent.js";
import Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import LineString from "ol/geom/LineString.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style, Text } from "ol/style.js";
import type { MapFence } from "../../../src/map/wire";
import { scaleAt, shownGeometry } from "./fence-geometry";
import { latitudeOf } from "./mercator";
import type { Palette } from "./palette";

const FONT = "600 12px system-ui, sans-serif";
/** Narrower fences on the screen have no name. */
const NAMED_PIXELS = 40;
const SEE_THROUGH = "2e";

/** The fences, under the vehicles. */
export class FenceLayer {
  readonly source = new VectorSource();
  readonly layer: VectorLayer;
  /** Id of one that is not drawn, because it is being changed. */
  hidden = "";

  constructor(private palette: Palette) {
    this.layer = new VectorLayer({
      zIndex: 20,
      source: this.source,
      declutter: true,
      style: (feature, resolution) =>
        feature.getId() === this.hidden
          ? []
          : this.styleOf(feature.get("fence"), feature as Feature, resolution),
    });
  }

  usePalette(palette: Palette): void {
    this.palette = palette;
    this.layer.changed();
  }

  show(fences: readonly MapFence[]): void {
    this.source.clear();
    this.source.addFeatures(
      fences.map((fence) => {
        const feature = new Feature(shownGeometry(fence));
        feature.setId(fence.id);
        feature.set("fence", fence);
        return feature;
      }),
    );
  }

  /** Draws also what is being changed. */
  styleOf(
    fence: Pick<MapFence, "name" | "colour"> & { width?: number },
    feature: Feature,
    resolution: number,
  ): Style[] {
    const geometry = feature.getGeometry() as Geometry;
    const { colour, name, width = 0 } = fence;
    const extent = geometry.getExtent();
    const [left = 0, bottom = 0, right = 0, top = 0] = extent;
    const [, middle = 0] = getCenter(extent);
    const isNamed = name !== "" && Math.max(right - left, top - bottom) / resolution > NAMED_PIXELS;
    const text = isNamed
      ? {
          text: new Text({
            text: name,
            font: FONT,
            overflow: true,
            fill: new Fill({ color: this.palette.name }),
            stroke: new Stroke({ color: this.palette.halo, width: 3 }),
          }),
        }
      : {};
    const line = new Style({ stroke: new Stroke({ color: colour, width: 2 }), ...text });
    if (!(geometry instanceof LineString)) {
      line.setFill(new Fill({ color: `${colour}${SEE_THROUGH}` }));
      return [line];
    }
    const pixels = width / scaleAt(latitudeOf(middle)) / resolution;
    const band = new Stroke({
      color: `${colour}${SEE_THROUGH}`,
      width: pixels,
      lineCap: "round",
      lineJoin: "round",
    });
    return [new Style({ stroke: band }), line];
  }
}
