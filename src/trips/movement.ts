import { type Coordinates, type EarthPoint, metresBetween, middleOf } from "../model/earth";
import type { TrustedFix } from "./fix-filter";
import type { TripSettings } from "./settings";

/** A time in which it stood or moved. Fixes are told by their index in {@link Movement.fixes}. */
export interface Part {
  readonly kind: "stop" | "trip";
  /** Epoch milliseconds. The end is absent as long as it lasts. */
  readonly start: number;
  end?: number;
  /** Of a trip the last fix before it moved and the one at which it stood again; of a stop those that it has. */
  readonly first: number;
  last: number;
  /** It ended because nothing was heard any more. */
  silent?: true;
  /** Of a stop: the fix at which it stood. */
  readonly position?: Coordinates;
}

/** How far a movement has come, where it stands and nothing is open but that: from here it can be taken up again. */
export interface StandState {
  readonly place: EarthPoint;
  /** When the stop began, epoch milliseconds, and where. */
  readonly start: number;
  readonly position: Coordinates;
  readonly fix: TrustedFix;
  /** Metres by which its positions are off (root mean square); absent: as good as none. */
  readonly spread?: number;
}

/** km/h: at a fix that is faster it has not stopped yet, or moves already. */
const MOVES = 5;
/** km/h: what stands is slower in the mean. */
const STANDS = 3;
/** Metres from which on a way counts as one, where no speed is known. */
const STEP = 25;
/** Metres that positions drift by while the reports say that it stands. */
const DRIFT = 100;
/** Times that spread which a position may be off. */
const SPREADS = 2;
/** Metres and seconds: what stays so close for so long stands, however its positions leap about meanwhile. */
const LEAPS = 150;
const LEAPS_S = 900;
/** Metres from the place, where no report has said that it moves. */
const UNSAID_AWAY = 1000;
/** Milliseconds of standing that do not part a movement from the one that led away. */
const PAUSE_MS = 30_000;
/** Milliseconds of a way by which a speed is reckoned. */
const LEG_MS = 10_000;
/** Milliseconds in which one fix elsewhere does not end a stand. */
const OUTLIER_MS = 60_000;

/**
 * Stops and trips of one device from its fixes, in their order. A stop is told when it has lasted long enough, and begins
 * when it stood; a trip is told when it has led far enough away, and begins when it moved.
 */
export class Movement {
  /** All since the last {@link StandState}; the first of them is where it began. */
  readonly fixes: TrustedFix[] = [];
  readonly parts: Part[] = [];
  /** Counts what becomes of parts. */
  changes = 0;
  private place: EarthPoint | undefined;
  private spread = 0;
  /** The last fix at the place where it stands or stood. */
  private home = 0;
  /** Where the stand began that is not long enough to be a stop yet. */
  private since = 0;
  private moving = false;
  private away = 0;

  constructor(
    private readonly settings: TripSettings,
    from?: StandState,
  ) {
    if (from === undefined) return;
    this.fixes.push(from.fix);
    this.place = from.place;
    const { start, position, spread = 0 } = from;
    this.spread = spread;
    this.parts.push({ kind: "stop", start, first: 0, last: 0, position });
  }

  /** The part that lasts. */
  get open(): Part | undefined {
    const last = this.parts.at(-1);
    return last?.end === undefined ? last : undefined;
  }

  /** Where it can be taken up again; undefined where it moves, or may be about to. From here on it forgets what was before. */
  rest(): StandState | undefined {
    const index = this.fixes.length - 1;
    const fix = this.fixes[index];
    const { open } = this;
    if (open?.kind !== "stop" || fix === undefined || this.home !== index) return undefined;
    this.since = index;
    return {
      place: this.place as EarthPoint,
      start: open.start,
      position: open.position as Coordinates,
      fix,
      ...(this.spread > 0 && { spread: this.spread }),
    };
  }

  take(fix: TrustedFix): void {
    const index = this.fixes.push(fix) - 1;
    const before = this.fixes[index - 1];
    if (before === undefined || this.place === undefined) {
      this.beginAt(index);
      return;
    }
    const isSilent = fix.time - before.time > this.settings.silence * 1000;
    if (this.moving) this.takeMoving(index, isSilent);
    else this.takeStanding(index, isSilent);
  }

  private takeMoving(index: number, isSilent: boolean): void {
    const stand = this.standBefore(index);
    if (stand !== undefined) {
      this.stopAt(stand, index);
    } else if (isSilent) {
      this.close((this.fixes[index - 1] as TrustedFix).time, index - 1, true);
      this.beginAt(index);
    }
  }

  private takeStanding(index: number, isSilent: boolean): void {
    const { away, standRadius } = this.settings;
    const reach = Math.max(standRadius, Math.min(DRIFT, SPREADS * this.spread));
    const place = this.place as EarthPoint;
    const metres = metresBetween(place, this.at(index).place);
    if (metres <= reach) {
      this.home = index;
      this.away = 0;
      this.confirm(index);
      return;
    }
    if (isSilent) {
      if (metres < away) {
        this.settle(index, index);
        this.confirm(index);
      } else this.movedUnseen(index);
      return;
    }
    if (metres >= away) this.away++;
    if (metres >= away && this.hasLeft(index, metres)) {
      this.leave();
      this.takeMoving(index, false);
      return;
    }
    const stand = this.standBefore(index);
    if (stand === undefined || stand <= this.home) return;
    // It has moved, or its position drifts, but not far enough for a trip.
    if (this.open === undefined) this.since = stand;
    this.settle(stand, index);
    this.confirm(index);
  }

  /** A provisional stand: nothing is known of what was before. */
  private beginAt(index: number): void {
    this.moving = false;
    this.place = this.at(index).place;
    this.spread = 0;
    this.home = index;
    this.since = index;
    this.away = 0;
  }

  /** Makes a stop of a stand that has lasted long enough. */
  private confirm(index: number): void {
    const { open } = this;
    if (open !== undefined) {
      open.last = index;
      return;
    }
    const first = this.at(this.since);
    if (this.at(index).time - first.time < this.settings.standTime * 1000) return;
    if (this.isMoving(this.since, index)) {
      if (this.since < index) this.since++;
      return;
    }
    this.parts.push({
      kind: "stop",
      start: first.time,
      first: this.since,
      last: index,
      position: coordinatesOf(first),
    });
    this.changes++;
  }

  private hasLeft(index: number, metres: number): boolean {
    const after = this.fixes.slice(this.home + 1, index + 1);
    const speeds = after.flatMap(({ speed }) => (speed === undefined ? [] : [speed]));
    if (speeds.length === after.length && speeds.every((speed) => speed < STANDS)) {
      return metres >= UNSAID_AWAY && this.away > 1;
    }
    return this.away > 1 || (this.at(index).speed ?? 0) >= MOVES;
  }

  private leave(): void {
    const first = this.departure();
    const start = this.leftAfter(first);
    if (this.open !== undefined) this.close(start, first, false);
    this.parts.push({ kind: "trip", start, first, last: first });
    this.moving = true;
    this.changes++;
  }

  /** The last fix at which it did not move yet: near the place, and before the movement that led away. */
  private departure(): number {
    let first = this.home;
    for (let at = this.home; at >= this.since; at--) {
      const fix = this.at(at);
      if (this.at(first).time - fix.time > PAUSE_MS) break;
      if (this.speedAt(at, SPREADS * this.spread) >= MOVES)
        first = fix.speed === undefined ? at : Math.max(at - 1, this.since);
    }
    return first;
  }

  private stopAt(stand: number, index: number): void {
    const trip = this.open as Part;
    const start = stand > trip.first ? this.stoodBefore(stand) : this.at(stand).time;
    this.close(start, stand, false);
    this.moving = false;
    this.since = stand;
    this.settle(stand, index);
    this.parts.push({
      kind: "stop",
      start,
      first: stand,
      last: index,
      position: coordinatesOf(this.at(stand)),
    });
  }

  private movedUnseen(index: number): void {
    if (this.open !== undefined) this.close((this.at(index - 1) as TrustedFix).time, index - 1, true);
    this.beginAt(index);
  }

  private settle(first: number, last: number): void {
    const places = this.fixes.slice(first, last + 1).map(({ place }) => place);
    const middle = middleOf(places);
    const squares = places.reduce((sum, place) => sum + metresBetween(place, middle) ** 2, 0);
    this.place = middle;
    this.spread = Math.sqrt(squares / places.length);
    this.home = last;
    this.away = 0;
  }

  private close(end: number, last: number, silent: boolean): void {
    const { open } = this;
    if (open === undefined) return;
    open.end = Math.max(end, open.start);
    open.last = last;
    if (silent) open.silent = true;
    this.changes++;
  }

  /**
   * The first fix of the stand that lasts until this one; undefined where it does not stand, or not long enough.
   * One fix elsewhere is no movement.
   */
  private standBefore(index: number): number | undefined {
    const first = this.nearSince(index, (fix, here) => this.isNear(fix, here));
    if (this.lasts(first, index, this.settings.standTime) && !this.isMoving(first, index)) return first;
    const leaping = this.nearSince(index, (fix, here) => metresBetween(fix.place, here.place) <= LEAPS);
    const isStand = this.lasts(leaping, index, LEAPS_S) && (this.saidSpeed(leaping, index) ?? 0) < STANDS;
    return isStand ? leaping : undefined;
  }

  /** The first fix of those that lie near this one without a break, once it has slowed down. */
  private nearSince(index: number, isNear: (fix: TrustedFix, here: TrustedFix) => boolean): number {
    const here = this.at(index);
    const least = this.moving ? (this.open as Part).first : this.home;
    let first = index;
    for (let at = index - 1; at > least; at--) {
      if (isNear(this.at(at), here)) first = at;
      else if (at !== first - 1 || !this.isOutlier(at)) break;
    }
    while (first < index && this.speedAt(first) >= MOVES) first++;
    return first;
  }

  private lasts(first: number, last: number, seconds: number): boolean {
    return this.at(last).time - this.at(first).time >= seconds * 1000;
  }

  private isNear(fix: TrustedFix, here: TrustedFix): boolean {
    const radius =
      fix.quiet && here.quiet ? Math.max(DRIFT, this.settings.standRadius) : this.settings.standRadius;
    return metresBetween(fix.place, here.place) <= radius;
  }

  private isOutlier(at: number): boolean {
    const [before, after] = [this.fixes[at - 1], this.fixes[at + 1]];
    if (before === undefined || after === undefined) return false;
    return after.time - before.time <= OUTLIER_MS;
  }

  /** Whether it moved between two fixes that lie close together. */
  private isMoving(first: number, last: number): boolean {
    const said = this.saidSpeed(first, last);
    if (said !== undefined) return said >= STANDS;
    let way = 0;
    let counted = this.at(first).place;
    for (let at = first + 1; at <= last; at++) {
      const { place } = this.at(at);
      const step = metresBetween(counted, place);
      if (step < STEP) continue;
      way += step;
      counted = place;
    }
    return way * 3600 >= STANDS * (this.at(last).time - this.at(first).time);
  }

  /** km/h in the mean, as the fixes said; undefined where they said it for less than half of the time. */
  private saidSpeed(first: number, last: number): number | undefined {
    const ms = this.at(last).time - this.at(first).time;
    let [weighted, known] = [0, 0];
    for (let at = first + 1; at <= last; at++) {
      const fix = this.at(at);
      if (fix.speed === undefined && !fix.quiet) continue;
      const span = fix.time - this.at(at - 1).time;
      known += span;
      weighted += (fix.speed ?? 0) * span;
    }
    return known > ms / 2 ? weighted / known : undefined;
  }

  /** km/h at a fix: as it said, else on the way to where it is a little later, if that is so far. */
  private speedAt(index: number, least = 0): number {
    const { speed, place, time } = this.at(index);
    if (speed !== undefined) return speed;
    let next = index + 1;
    while (next < this.fixes.length - 1 && this.at(next).time - time < LEG_MS) next++;
    const later = this.fixes[next];
    if (later === undefined || later.time <= time) return 0;
    const metres = metresBetween(place, later.place);
    return metres < least ? 0 : (metres / (later.time - time)) * 3600;
  }

  /** When after this fix it began to move: by way and speed, else in the middle. */
  private leftAfter(index: number): number {
    const [from, to] = [this.at(index), this.at(index + 1)];
    if ((from.speed ?? 0) >= MOVES) return from.time;
    return Math.round(to.time - msBetween(from, to, to.speed));
  }

  /** When before this fix it ceased to move. */
  private stoodBefore(index: number): number {
    const [from, to] = [this.at(index - 1), this.at(index)];
    return Math.round(from.time + msBetween(from, to, from.speed));
  }

  private at(index: number): TrustedFix {
    return this.fixes[index] as TrustedFix;
  }
}

/** The time that the way between two fixes takes at this speed, at most all there is; half of it where none is known. */
function msBetween(from: TrustedFix, to: TrustedFix, speed = 0): number {
  const ms = to.time - from.time;
  if (speed < MOVES) return ms / 2;
  return Math.min((metresBetween(from.place, to.place) / speed) * 3600, ms);
}

export function coordinatesOf({ latitude, longitude }: Coordinates): Coordinates {
  return { latitude, longitude };
}
