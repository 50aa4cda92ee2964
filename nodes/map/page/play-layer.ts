import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, RegularShape, Stroke, Style } from "ol/style.js";
import type { Palette } from "./palette";
import type { PlayMoment } from "./play-track";

/** Where the vehicle was that is played back. */
export class PlayLayer {
  readonly layer: VectorLayer;
  private readonly point = new Point([0, 0]);
  private readonly source = new VectorSource();
  private course = 0;

  constructor(private palette: Palette) {
    this.layer = new VectorLayer({ zIndex: 60, source: this.source, style: () => this.style() });
  }

  usePalette(palette: Palette): void {
    this.palette = palette;
    this.layer.changed();
  }

  get place(): number[] {
    return this.point.getCoordinates();
  }

  show({ x, y, course }: PlayMoment): void {
    if (this.source.isEmpty()) this.source.addFeature(new Feature(this.point));
    this.course = course;
    this.point.setCoordinates([x, y]);
  }

  hide(): void {
    this.source.clear();
  }

  private style(): Style {
    const { accent, edge } = this.palette;
    const image = new RegularShape({
      points: 3,
      radius: 13,
      scale: [0.8, 1.15],
      rotation: (this.course * Math.PI) / 180,
      fill: new Fill({ color: accent }),
      stroke: new Stroke({ color: edge, width: 2.5 }),
    });
    return new Style({ image });
  }
}
