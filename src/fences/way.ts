import type { FenceArea } from "./area";
import { boxAround, type EarthVector, type GeoBox, metresBetween, placeBetween, vectorOf } from "./earth";
import type { FencePoint } from "./fence";

/** Where a device was at a time. */
export interface FenceFix extends FencePoint {
  /** Epoch milliseconds. */
  readonly time: number;
}

/** A step along a way is never shorter than this part of it, or than a metre. */
const SHORTEST_PART = 1 / 1000;
const SHORTEST_METRES = 1;
/** A metre far away is a metre only nearly, where degrees of longitude change on the way. */
const SAFE = 0.8;
const HALVINGS = 24;

/** The shortest way from one fix to the next. */
export class Way {
  readonly metres: number;
  /** Has all of the way. */
  readonly box: GeoBox;
  private readonly start: EarthVector;
  private readonly end: EarthVector;

  constructor(
    readonly from: FenceFix,
    readonly to: FenceFix,
  ) {
    this.start = vectorOf(from);
    this.end = vectorOf(to);
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
    return distance(place, part <= 0 ? this.start : part >= 1 ? this.end : vectorOf(place));
  }

  /**
   * The first part of the way, from `part` on, at which a distance is 0 or less; undefined where that is nowhere. Goes as
   * far as the distance is at each step, so that it cannot go past; only where it runs along the edge may it miss what
   * is shorter than the shortest step.
   */
  firstAt(distance: (part: number) => number, part: number): number | undefined {
    let [before, at] = [part, part];
    for (;;) {
      const metres = distance(at);
      if (metres <= 0) return at === before ? at : this.edgeBetween(distance, before, at);
      if (at >= 1 || metres > (1 - at) * this.metres * (1 / SAFE) + SHORTEST_METRES) return undefined;
      before = at;
      const step = Math.max(metres * SAFE, SHORTEST_METRES) / this.metres;
      at = Math.min(1, at + Math.max(step, SHORTEST_PART));
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
