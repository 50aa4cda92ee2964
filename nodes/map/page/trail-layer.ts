import Feature from "ol/Feature.js";
import LineString from "ol/geom/LineString.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Stroke, Style } from "ol/style.js";
import type { TrailAnswer } from "../../../src/map/wire";
import { mercatorX, mercatorY } from "./mercator";
import { type Palette, speedClass } from "./palette";

type Point = [x: number, y: number];

/** A longer silence over a longer way (metres of the map) is a gap: nobody knows which way was taken. */
const GAP_MS = 300_000;
const GAP_METRES = 200;
const GAP = -1;
const CASING = -2;

/** The trail of one vehicle, coloured by speed. */
export class TrailLayer {
  readonly layer: VectorLayer;
  /** Of the vehicle whose trail is shown; -1 for none. */
  vehicle = -1;
  private readonly source = new VectorSource();
  private last: { readonly point: Point; readonly time: number } | undefined;

  constructor(private palette: Palette) {
    this.layer = new VectorLayer({
      zIndex: 40,
      source: this.source,
      style: (feature) => this.style(feature.get("look") as number),
    });
  }

  usePalette(palette: Palette): void {
    this.palette = palette;
    this.layer.changed();
  }

  hide(): void {
    this.vehicle = -1;
    this.last = undefined;
    this.source.clear();
  }

  show(vehicle: number, { time, latitude, longitude, speed }: TrailAnswer): void {
    this.hide();
    this.vehicle = vehicle;
    const points = longitude.map(
      (degrees, index): Point => [mercatorX(degrees), mercatorY(latitude[index] as number)],
    );
    const runs = new Map<number, Point[][]>();
    points.forEach((point, index) => {
      this.run(runs, point, time[index] as number, speed[index] ?? 0);
    });
    this.add(new LineString(points), CASING);
    for (const [look, lines] of runs) this.add(new MultiLineString(lines), look);
  }

  /** Goes on to where the vehicle is now. */
  extend(x: number, y: number, time: number, speed: number): void {
    if (this.vehicle < 0 || time <= (this.last?.time ?? Number.NEGATIVE_INFINITY)) return;
    const from = this.last?.point;
    const runs = new Map<number, Point[][]>();
    this.run(runs, [x, y], time, Number.isNaN(speed) ? 0 : speed);
    if (from === undefined) return;
    this.add(new LineString([from, [x, y]]), CASING);
    for (const [look, lines] of runs) this.add(new MultiLineString(lines), look);
  }

  /** Adds the way to a point, to the line before where that looks the same. */
  private run(runs: Map<number, Point[][]>, point: Point, time: number, speed: number): void {
    const { last } = this;
    this.last = { point, time };
    if (last === undefined) return;
    const way = Math.hypot(point[0] - last.point[0], point[1] - last.point[1]);
    const isGap = time - last.time > GAP_MS && way > GAP_METRES;
    const look = isGap ? GAP : speedClass(speed);
    const lines = runs.get(look) ?? [];
    const line = lines.at(-1);
    if (line?.at(-1) === last.point) line.push(point);
    else lines.push([last.point, point]);
    runs.set(look, lines);
  }

  private add(geometry: LineString | MultiLineString, look: number): void {
    const feature = new Feature(geometry);
    feature.set("look", look);
    this.source.addFeature(feature);
  }

  private style(look: number): Style {
    const { edge, speeds } = this.palette;
    const round = { lineCap: "round", lineJoin: "round" } as const;
    if (look === CASING)
      return new Style({ zIndex: 1, stroke: new Stroke({ color: edge, width: 7, ...round }) });
    if (look === GAP) {
      return new Style({
        zIndex: 2,
        stroke: new Stroke({ color: speeds[0] as string, width: 2, lineDash: [4, 6] }),
      });
    }
    return new Style({
      zIndex: 3,
      stroke: new Stroke({ color: speeds[look] as string, width: 4, ...round }),
    });
  }
}
