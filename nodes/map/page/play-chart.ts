import type { DeviceSeries } from "../../../src/map/wire";
import { element } from "./dom";
import { type Palette, speedClass } from "./palette";
import { GAP_MS, type PlayTrack } from "./play-track";

/** km/h; a chart of slow ways is no less high. */
const LEAST_TOP = 50;
/** Pixels above the highest speed. */
const ROOM = 6;

/** The speed over the time, coloured as the trail, with stops shaded and events marked; over it another value. */
export class PlayChart {
  private readonly canvas = element<HTMLCanvasElement>("play-chart");
  private track: PlayTrack | undefined;
  private value: DeviceSeries | undefined;
  private time = 0;

  constructor(private palette: Palette) {
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  usePalette(palette: Palette): void {
    this.palette = palette;
    this.draw();
  }

  show(track: PlayTrack | undefined): void {
    this.track = track;
    this.value = undefined;
    this.draw();
  }

  showValue(value: DeviceSeries | undefined): void {
    this.value = value;
    this.draw();
  }

  moveTo(time: number): void {
    this.time = time;
    this.draw();
  }

  private draw(): void {
    const { canvas, track } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    const context = canvas.getContext("2d");
    if (context === null || width === 0) return;
    const scale = devicePixelRatio;
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    if (track === undefined || track.isEmpty) return;
    const span = Math.max(1, track.to - track.from);
    const xOf = (time: number) => ((time - track.from) / span) * width;
    this.drawStops(context, track, xOf, height);
    this.drawSpeed(context, track, xOf, height);
    if (this.value !== undefined) this.drawValue(context, this.value, xOf, height);
    const x = xOf(this.time);
    context.fillStyle = this.palette.name;
    context.fillRect(x - 1, 0, 2, height);
    context.beginPath();
    context.arc(x, height - 5, 5, 0, 7);
    context.fill();
  }

  private drawStops(
    context: CanvasRenderingContext2D,
    { trail }: PlayTrack,
    xOf: (time: number) => number,
    height: number,
  ): void {
    context.fillStyle = this.palette.glow;
    for (const [from, to] of trail.stops)
      context.fillRect(xOf(from), 0, Math.max(1, xOf(to) - xOf(from)), height);
    context.fillStyle = this.palette.states[1] as string;
    for (const { time } of trail.events) context.fillRect(xOf(time) - 1, 0, 2, 6);
  }

  private drawSpeed(
    context: CanvasRenderingContext2D,
    { trail }: PlayTrack,
    xOf: (time: number) => number,
    height: number,
  ): void {
    const top = trail.speed.reduce<number>((most, speed) => Math.max(most, speed ?? 0), LEAST_TOP);
    trail.time.forEach((time, index) => {
      const speed = trail.speed[index] ?? 0;
      const x = xOf(time);
      const next = trail.time[index + 1] ?? time;
      // What nobody said anything about stays empty.
      const right = xOf(next - time > GAP_MS ? time : next);
      const tall = (speed / top) * (height - ROOM);
      context.fillStyle = this.palette.speeds[speedClass(speed)] as string;
      context.fillRect(x, height - tall, Math.max(1, right - x + 0.5), tall);
    });
  }

  private drawValue(
    context: CanvasRenderingContext2D,
    { time, least, most }: DeviceSeries,
    xOf: (time: number) => number,
    height: number,
  ): void {
    const low = least.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const high = most.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const range = high - low || 1;
    const yOf = (value: number) => height - ROOM - ((value - low) / range) * (height - 2 * ROOM);
    context.beginPath();
    time.forEach((at, index) => {
      context.lineTo(xOf(at), yOf(least[index] as number));
      context.lineTo(xOf(at), yOf(most[index] as number));
    });
    for (const [color, width] of [
      [this.palette.edge, 4],
      [this.palette.name, 1.5],
    ] as const) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.stroke();
    }
  }
}
