import Feature from "ol/Feature.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Stroke, Style } from "ol/style.js";
import { mercatorX, mercatorY } from "./mercator";
import type { Palette } from "./palette";

/** Further out they would be a blot. */
const FROM_ZOOM = 9;

/** Where the fleet has driven, as thin lines under the vehicles: a town that the base map has no streets of is not empty. */
export class RoadLayer {
  readonly layer: VectorLayer;
  private readonly source = new VectorSource();

  constructor() {
    this.layer = new VectorLayer({ zIndex: 9, minZoom: FROM_ZOOM, source: this.source });
  }

  usePalette({ driven }: Palette): void {
    const stroke = new Stroke({ color: driven, width: 2.5, lineCap: "round", lineJoin: "round" });
    this.layer.setStyle(new Style({ stroke }));
  }

  /** Lines of longitude, latitude, longitude, latitude … in degrees. */
  show(lines: readonly (readonly number[])[]): void {
    const roads = lines.map((line) => {
      const points: number[][] = [];
      for (let at = 0; at + 1 < line.length; at += 2)
        points.push([mercatorX(line[at] as number), mercatorY(line[at + 1] as number)]);
      return points;
    });
    this.source.clear();
    this.source.addFeature(new Feature(new MultiLineString(roads)));
  }
}
