import Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import LineString from "ol/geom/LineString.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style.js";
import type { EventAnswer, TrailAnswer } from "../../../src/map/wire";
import { durationText } from "./format";
import { mercatorX, mercatorY } from "./mercator";
import { type Palette, speedClass } from "./palette";
import { GAP_METRES, GAP_MS, PlayTrack } from "./play-track";

type Place = [x: number, y: number];

const GAP = -1;
const CASING = -2;
/** Stops and events, which have a text of their own. */
const STOP = -3;
const EVENT = -4;

/** The trail of one vehicle, coloured by speed. */
export class TrailLayer {
  readonly layer: VectorLayer;
  /** Of the vehicle whose trail is shown; -1 for none. */
  vehicle = -1;
  private readonly source = new VectorSource();
  private last: { readonly point: Place; readonly time: number } | undefined;

  constructor(private palette: Palette) {
    this.layer = new VectorLayer({
      zIndex: 40,
      declutter: "trail",
      source: this.source,
      style: (feature) => this.style(feature.get("look") as number, String(feature.get("text") ?? "")),
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

  show(vehicle: number, trail: TrailAnswer): void {
    const { time, latitude, longitude, speed } = trail;
    this.hide();
    this.vehicle = vehicle;
    const points = longitude.map(
      (degrees, index): Place => [mercatorX(degrees), mercatorY(latitude[index] as number)],
    );
    const runs = new Map<number, Place[][]>();
    points.forEach((point, index) => {
      this.run(runs, point, time[index] as number, speed[index] ?? 0);
    });
    this.add(new LineString(points), CASING);
    for (const [look, lines] of runs) this.add(new MultiLineString(lines), look);
    for (const [from, to, north, east] of trail.stops)
      this.add(new Point([mercatorX(east), mercatorY(north)]), STOP, durationText(to - from));
    if (points.length > 0) this.mark(trail.events, new PlayTrack(trail));
  }

  /** Marks where the vehicle was when something happened. */
  private mark(events: readonly EventAnswer[], track: PlayTrack): void {
    for (const { time, label } of events) {
      const { x, y } = track.at(time);
      this.add(new Point([x, y]), EVENT, label);
    }
  }

  /** Goes on to where the vehicle is now. */
  extend(x: number, y: number, time: number, speed: number): void {
    if (this.vehicle < 0 || time <= (this.last?.time ?? Number.NEGATIVE_INFINITY)) return;
    const from = this.last?.point;
    const runs = new Map<number, Place[][]>();
    this.run(runs, [x, y], time, Number.isNaN(speed) ? 0 : speed);
    if (from === undefined) return;
    this.add(new LineString([from, [x, y]]), CASING);
    for (const [look, lines] of runs) this.add(new MultiLineString(lines), look);
  }

  /** Adds the way to a point, to the line before where that looks the same. */
  private run(runs: Map<number, Place[][]>, point: Place, time: number, speed: number): void {
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

  private add(geometry: Geometry, look: number, text = ""): void {
    const feature = new Feature(geometry);
    feature.set("look", look);
    feature.set("text", text);
    this.source.addFeature(feature);
  }

  private style(look: number, text: string): Style {
    if (look === STOP || look === EVENT) return this.markStyle(look, text);
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

  /** A dot with how long it stood, or a diamond with what happened; texts that would lie over each other are left out. */
  private markStyle(look: number, text: string): Style {
    const { states, halo, edge, name } = this.palette;
    const isStop = look === STOP;
    const fill = new Fill({ color: states[isStop ? 2 : 1] as string });
    const stroke = new Stroke({ color: edge, width: 2 });
    const common = { fill, stroke, declutterMode: "none" } as const;
    return new Style({
      zIndex: isStop ? 4 : 5,
      image: isStop
        ? new Circle({ ...common, radius: 6 })
        : new RegularShape({ ...common, points: 4, radius: 7 }),
      text: new Text({
        text,
        font: "12px system-ui, sans-serif",
        textAlign: "left",
        offsetX: 10,
        offsetY: isStop ? 0 : -10,
        fill: new Fill({ color: name }),
        stroke: new Stroke({ color: halo, width: 3 }),
      }),
    });
  }
}
