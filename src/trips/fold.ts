import { Driving, type Episode, round } from "./driving";
import { FixFilter, type TrustedFix } from "./fix-filter";
import type { DrivingEvent, Interval, TripMoment } from "./interval";
import { coordinatesOf, Movement, type Part, type StandState } from "./movement";
import type { TripSample } from "./sample";
import type { TripSettings } from "./settings";
import { tripFactsOf } from "./summary";

/** A settled boundary: what comes after it is the same whatever was before. Plain JSON. */
export interface Boundary {
  /** The last sample before it, and the same with what was known of ignition and engine. */
  readonly sample: TripSample;
  readonly known: TripSample;
  readonly stand: StandState;
  /** m/s. */
  readonly pace: number;
}

/** Milliseconds of a stop after which there is a boundary, and then again and again. */
const FIRST_MS = 300_000;
const AGAIN_MS = 6 * 3_600_000;

/** Intervals and events of one device from samples in the order of their time: the same whenever they came. */
export class Fold {
  /** Oldest first. */
  readonly boundaries: Boundary[] = [];
  private readonly filter: FixFilter;
  private readonly movement: Movement;
  private readonly driving: Driving;
  private readonly samples: TripSample[] = [];
  private readonly finished = new WeakMap<Part, Interval>();
  private boundaryAt: number;

  constructor(
    private readonly settings: TripSettings,
    from?: Boundary,
  ) {
    this.filter = new FixFilter(settings.satellites, from?.stand.fix, from?.pace);
    this.movement = new Movement(settings, from?.stand);
    this.driving = new Driving(settings, from?.known);
    this.boundaryAt = from?.sample.time ?? Number.NEGATIVE_INFINITY;
    if (from !== undefined) this.samples.push(from.known);
  }

  /** Goes up whenever there is something new to tell. */
  get changes(): number {
    return this.movement.changes + this.driving.changes;
  }

  /** Whether it is so long since anything was heard that what lasts has ended. `now` in epoch milliseconds. */
  isSilent(now: number): boolean {
    return this.isSince(this.lastFix, now) || this.isSince(this.samples.at(-1)?.time, now);
  }

  take(sample: TripSample): void {
    this.samples.push(sample);
    this.driving.take(sample);
    for (const fix of this.filter.take(sample)) this.movement.take(fix);
    this.settle(sample);
  }

  /** All intervals since the boundary that it began with, by their start. `now` says who is silent; epoch milliseconds. */
  intervals(now: number): Interval[] {
    const parts = this.movement.parts.map((part) => this.intervalOf(part, now));
    const idling = this.driving.told().filter(({ type }) => type === "idling");
    return [...parts, ...idling.map((episode) => this.idlingOf(episode, now))].sort(
      (a, b) => a.start.time - b.start.time,
    );
  }

  events(now: number): DrivingEvent[] {
    return this.driving.told().map((episode) => this.eventOf(episode, now));
  }

  private settle(sample: TripSample): void {
    const { open } = this.movement;
    if (open?.kind !== "stop" || sample.time - open.start < FIRST_MS) return;
    if (sample.time - this.boundaryAt < AGAIN_MS && this.boundaryAt >= open.start) return;
    if (!this.filter.isSettled || !this.driving.isSettled(sample.time)) return;
    const stand = this.movement.rest();
    if (stand === undefined || stand.fix.time !== sample.time) return;
    this.boundaryAt = sample.time;
    const known = this.driving.known as TripSample;
    this.boundaries.push({ sample, known, stand, pace: this.filter.pace });
  }

  private get lastFix(): number | undefined {
    return this.movement.fixes.at(-1)?.time;
  }

  private isSince(last: number | undefined, now: number): boolean {
    return now - (last ?? now) > this.settings.silence * 1000;
  }

  private intervalOf(part: Part, now: number): Interval {
    const known = this.finished.get(part);
    if (known !== undefined) return known;
    const interval = part.kind === "stop" ? this.stopOf(part) : this.tripOf(part, now);
    if (part.end !== undefined && this.driving.isFinal(part.end)) this.finished.set(part, interval);
    return interval;
  }

  private stopOf({ start, end, position, silent }: Part): Interval {
    const last = end ?? (this.lastFix as number);
    return {
      kind: "stop",
      open: end === undefined,
      ...(silent && { silent }),
      start: { time: start, ...position },
      end: { time: last, ...position },
      duration: seconds(start, last),
    };
  }

  private tripOf({ start, end, first, last, silent }: Part, now: number): Interval {
    const { fixes } = this.movement;
    const endsAt = end === undefined ? fixes.length - 1 : last;
    const own = fixes.slice(first, endsAt + 1);
    const [from, to] = [own[0] as TrustedFix, own.at(-1) as TrustedFix];
    const until = end ?? to.time;
    const open = end === undefined && !this.isSince(this.lastFix, now);
    const { isCarried, ...facts } = tripFactsOf(
      own,
      this.between(from.time, to.time),
      (until - start) / 1000,
      this.settings,
      this.ignitionBefore(from.time),
    );
    const events = this.driving
      .told()
      .filter(({ start: time }) => time >= start && time < until)
      .map((episode) => this.eventOf(episode, now));
    return {
      kind: isCarried ? "carried" : "trip",
      open,
      ...((silent || (end === undefined && !open)) && { silent: true }),
      start: { time: start, ...coordinatesOf(from) },
      end: { time: until, ...coordinatesOf(to) },
      duration: seconds(start, until),
      ...facts,
      events,
    };
  }

  private idlingOf(episode: Episode, now: number): Interval {
    const { start, end, position } = episode;
    const at = (time: number): TripMoment => ({ time, ...position });
    const open = episode.isOpen && !this.isSince(end, now);
    return { kind: "idling", open, start: at(start), end: at(end), duration: seconds(start, end) };
  }

  private eventOf(episode: Episode, now: number): DrivingEvent {
    const { type, source, start, end, position, value, speed, limit } = episode;
    return {
      type,
      source,
      start: { time: start, ...position },
      seconds: seconds(start, end),
      open: episode.isOpen && !this.isSince(end, now),
      ...(value !== undefined && { value: round(value, 3) }),
      ...(speed !== undefined && { speed }),
      ...(limit !== undefined && { limit }),
    };
  }

  private between(from: number, to: number): TripSample[] {
    return this.samples.slice(firstFrom(this.samples, from), firstFrom(this.samples, to + 1));
  }

  private ignitionBefore(time: number): boolean | undefined {
    for (let index = firstFrom(this.samples, time) - 1; index >= 0; index--) {
      const { ignition } = this.samples[index] as TripSample;
      if (ignition !== undefined) return ignition;
    }
    return undefined;
  }
}

function seconds(from: number, to: number): number {
  return Math.round((to - from) / 1000);
}

/** Index of the first sample that is not before a time. */
function firstFrom(samples: readonly TripSample[], time: number): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle] as TripSample).time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
