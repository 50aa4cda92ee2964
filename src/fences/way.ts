import {
  boxAround,
  type EarthPoint,
  earthPointOf,
  type GeoBox,
  metresBetween,
  placeBetween,
} from "../model/earth";
import type { FenceArea } from "./area";
import type { FencePoint } from "./fence";

/** Where a device was at a time. */
export interface FenceFix extends FencePoint {
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Metres of the shortest step along a way; where it runs beside an edge for so many of them, they become parts of it. */
const SHORTEST_METRES = 0.5;
const MOST_STEPS = 500;
/** A metre far away is a metre only nearly, where degrees of longitude change on the way. */
const SAFE = 0.8;
const HALVINGS = 24;

/** The shortest way from one fix to the next. */
export class Way {
  readonly metres: number;
  /** Has all of the way. */
  readonly box: GeoBox;
  private readonly start: EarthPoint;
  private readonly end: EarthPoint;

  constructor(
    readonly from: FenceFix,
    readonly to: FenceFix,
  ) {
    this.start = earthPointOf(from);
    this.end = earthPointOf(to);
    this.metres = metresBetween(this.start, this.end);
    this.box = this.metres === 0 ? boxAround(to, 0) : boxAround(this.place(0.5), this.metres / 2);
  }

  /** A part (0–1) of the way. */
  place(part: number): FencePoint {
    if (part >= 1) return this.to;
    return part <= 0 ? this.from : placeBetween(this.start, this.end, part);
  }

  timeAt(part: number): number {
    return Math.round(this.from.time + (this.to.time - this.from.time) * part);
  }

  /** Where one was at a time. */
  fixAt(time: number): FenceFix {
    const whole = this.to.time - this.from.time;
    const { latitude, longitude } = this.place(whole === 0 ? 1 : (time - this.from.time) / whole);
    return { time, latitude, longitude };
  }

  /** Metres to the edge of a fence at a part of the way. */
  distance({ distance }: FenceArea, part: number): number {
    const place = this.place(part);
    return distance(place, part <= 0 ? this.start : part >= 1 ? this.end : earthPointOf(place));
  }

  /**
   * The first part of the way, from `part` on, at which a distance is 0 or less; undefined where that is nowhere. Goes as
   * far as the distance is at each step, so that it cannot go past; only where it runs beside the edge for long may it miss
   * what is shorter than a step.
   */
  firstAt(distance: (part: number) => number, part: number): number | undefined {
    let [before, at] = [part, part];
    for (let count = 1; ; count++) {
      const metres = distance(at);
      if (metres <= 0) return at === before ? at : this.edgeBetween(distance, before, at);
      if (at >= 1 || metres > (1 - at) * this.metres * (1 / SAFE) + SHORTEST_METRES) return undefined;
      before = at;
      const step = Math.max(metres * SAFE, SHORTEST_METRES) / this.metres;
      at = Math.min(1, at + (count < MOST_STEPS ? step : Math.max(step, 1 / MOST_STEPS)));
    }
  }

  private edgeBetween(distance: (part: number) => number, outside: number, inside: number): number {
    let [before, after] = [outside, inside];
    for (let count = 0; count < HALVINGS && (after - before) * this.metres > 0.01; count++) {
      const middle = (before + after) / 2;
      if (distance(middle) <= 0) after = middle;
      else before = middle;
    }
    return after;
  }
}
