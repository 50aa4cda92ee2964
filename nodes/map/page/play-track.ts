import type { TrailAnswer } from "../../../src/map/wire";
import { mercatorX, mercatorY } from "./mercator";

/** A longer silence over a longer way (metres of the map) is a gap: nobody knows which way was taken. */
export const GAP_MS = 300_000;
export const GAP_METRES = 200;

/** Where a vehicle was at a moment. */
export interface PlayMoment {
  /** Metres of Web Mercator. */
  readonly x: number;
  readonly y: number;
  /** km/h; null where it is not known. */
  readonly speed: number | null;
  /** Degrees clockwise from north. */
  readonly course: number;
}

/** A vehicle's way over a time, to look at any moment of it. Times are epoch milliseconds. */
export class PlayTrack {
  readonly from: number;
  readonly to: number;
  private readonly xs: Float64Array;
  private readonly ys: Float64Array;

  constructor(readonly trail: TrailAnswer) {
    this.from = trail.time[0] ?? trail.from;
    this.to = trail.time.at(-1) ?? trail.to;
    this.xs = Float64Array.from(trail.longitude, mercatorX);
    this.ys = Float64Array.from(trail.latitude, mercatorY);
  }

  get isEmpty(): boolean {
    return this.xs.length === 0;
  }

  /** Metres of Web Mercator: west, south, east, north. */
  get extent(): [number, number, number, number] {
    const least = (values: Float64Array) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const most = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return [least(this.xs), least(this.ys), most(this.xs), most(this.ys)];
  }

  /** Between two fixes it moves evenly; before the first and after the last it stands there. */
  at(time: number): PlayMoment {
    const { trail, xs, ys } = this;
    const index = Math.max(0, this.indexAt(time));
    const next = Math.min(index + 1, xs.length - 1);
    const [start, end] = [trail.time[index] as number, trail.time[next] as number];
    const part = end > start ? Math.min(1, Math.max(0, (time - start) / (end - start))) : 0;
    const between = (values: Float64Array) =>
      (values[index] as number) + ((values[next] as number) - (values[index] as number)) * part;
    const [dx, dy] = [
      (xs[next] as number) - (xs[index] as number),
      (ys[next] as number) - (ys[index] as number),
    ];
    const way = (Math.atan2(dx, dy) * 180) / Math.PI;
    const course = trail.course[index] ?? (dx === 0 && dy === 0 ? 0 : (way + 360) % 360);
    const isSilent = end - start > GAP_MS && part > 0 && part < 1;
    return {
      x: between(xs),
      y: between(ys),
      speed: isSilent ? null : (trail.speed[index] ?? null),
      course,
    };
  }

  /** The time after so many milliseconds of playing; a stop is left at once where stops are skipped. */
  advance(time: number, step: number, skipsStops: boolean): number {
    const after = Math.min(this.to, time + step);
    const stop = skipsStops ? this.trail.stops.find(([from, to]) => after > from && after < to) : undefined;
    return stop === undefined ? after : stop[1];
  }

  /** The beginning of the next stop, or of the one before; the end or the beginning of the way where there is none. */
  stopBeside(time: number, direction: 1 | -1): number {
    const { stops } = this.trail;
    if (direction > 0) return stops.find(([from]) => from > time)?.[0] ?? this.to;
    // Just after a stop began, a person wants the one before.
    return stops.findLast(([from]) => from < time - 1000)?.[0] ?? this.from;
  }

  /** The last fix that is not later; -1 where all are. */
  private indexAt(time: number): number {
    let [low, high] = [0, this.xs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.trail.time[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
