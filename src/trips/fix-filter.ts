import { type EarthPoint, earthPointOf, metresBetween } from "../model/earth";
import type { TripSample } from "./sample";

/** A position that can be believed. */
export interface TrustedFix {
  readonly time: number;
  readonly place: EarthPoint;
  readonly latitude: number;
  readonly longitude: number;
  /** km/h, where known. */
  readonly speed: number | undefined;
  /** The report itself says that it stands: by its speed, else by its ignition. */
  readonly quiet: boolean;
}

/** m/s: nothing on rails or roads is faster. */
const FASTEST = 110;
/** Metres that a position may be wrong by. */
const NOISE = 60;
/** Times and m/s that it may be faster than two reports say, and seconds for which their speeds tell anything. */
const UNSAID_TIMES = 1.3;
const UNSAID = 8;
const TELLING_S = 120;
/** So many doubtful fixes that agree with each other, over so many seconds, are where it is. */
const AGREEING = 3;
const AGREEING_S = 45;
/** After so many seconds of silence, one fix far from the last may be the first of a cold start. */
const SILENT_S = 1800;
const FAR = 500;
/** m/s, and times the way before: what is so sudden may be a jump, where no speed is known. */
const SUDDEN = 17;
const SUDDEN_TIMES = 2.5;
/** km/h. */
const STANDS = 3;
/** What is doubted at most; more is not kept. */
const MOST_HELD = 100;
const WORST_HDOP = 12;

/**
 * Leaves out fixes that cannot be: too few satellites, or a jump that no vehicle makes. A jump is held back until what
 * comes next says which side of it is true.
 */
export class FixFilter {
  private held: TrustedFix[] = [];

  constructor(
    private readonly satellites: number,
    private last?: TrustedFix,
    /** m/s on the way to the last fix. */
    public pace = 0,
  ) {}

  /** Nothing is in doubt. */
  get isSettled(): boolean {
    return this.held.length === 0;
  }

  /** The fixes that are now believed, oldest first. Samples come in the order of their time. */
  take(sample: TripSample): readonly TrustedFix[] {
    const fix = fixOf(sample, this.satellites);
    if (fix === undefined) return [];
    const { last } = this;
    if (last !== undefined && isReachable(last, fix) && !this.isDoubtful(last, fix)) {
      this.held = [];
      this.pace = paceBetween(last, fix);
      this.last = fix;
      return [fix];
    }
    const before = this.held.at(-1);
    if (before !== undefined && !isReachable(before, fix)) this.held = [];
    this.held.push(fix);
    if (this.held.length > MOST_HELD) this.held.shift();
    return this.isAgreed() ? this.believe() : [];
  }

  private isDoubtful(last: TrustedFix, fix: TrustedFix): boolean {
    if (metresBetween(last.place, fix.place) <= FAR) return false;
    if (fix.time - last.time > SILENT_S * 1000) return true;
    const pace = last.speed === undefined || fix.speed === undefined ? paceBetween(last, fix) : 0;
    return pace > SUDDEN && pace > SUDDEN_TIMES * this.pace;
  }

  private isAgreed(): boolean {
    const { last } = this;
    const [first] = this.held as [TrustedFix];
    const count = this.held.length;
    if (last === undefined || isReachable(last, first)) return count > 1;
    return count >= AGREEING && (this.held[count - 1] as TrustedFix).time - first.time >= AGREEING_S * 1000;
  }

  private believe(): readonly TrustedFix[] {
    const believed = this.held;
    this.held = [];
    this.last = believed.at(-1) as TrustedFix;
    this.pace = paceBetween(believed.at(-2) as TrustedFix, this.last);
    return believed;
  }
}

function paceBetween(from: TrustedFix, to: TrustedFix): number {
  return to.time > from.time ? (metresBetween(from.place, to.place) / (to.time - from.time)) * 1000 : 0;
}

function fixOf(sample: TripSample, least: number): TrustedFix | undefined {
  const { time, latitude, longitude, speed, satellites, hdop, ignition } = sample;
  if (latitude === undefined || longitude === undefined) return undefined;
  if (satellites !== undefined && satellites < least) return undefined;
  if (hdop !== undefined && hdop > WORST_HDOP) return undefined;
  const quiet = speed === undefined ? ignition === false : speed < STANDS;
  return { time, place: earthPointOf({ latitude, longitude }), latitude, longitude, speed, quiet };
}

function isReachable(from: TrustedFix, to: TrustedFix): boolean {
  const metres = metresBetween(from.place, to.place) - NOISE;
  const seconds = (to.time - from.time) / 1000;
  if (metres <= 0) return seconds > 0 || metres <= -NOISE / 2;
  if (metres > FASTEST * seconds) return false;
  if (from.speed === undefined || to.speed === undefined || seconds > TELLING_S) return true;
  const said = (UNSAID_TIMES * Math.max(from.speed, to.speed)) / 3.6 + UNSAID;
  return metres <= said * seconds + NOISE;
}
