import type { Coordinates } from "../model/earth";
import type { EventTypeName } from "../model/events";
import type { TripSample } from "./sample";
import type { TripSettings } from "./settings";

/** Something in the driving that lasted for a time, perhaps a moment. Epoch milliseconds. */
export interface Episode {
  readonly type: EventTypeName;
  readonly start: number;
  /** When it was last so. */
  end: number;
  isOpen: boolean;
  source: "device" | "derived";
  /** g, signed as the sensor has it: the most there was. */
  value?: number;
  /** km/h: the most there was, and the limit. */
  speed?: number;
  readonly limit?: number;
  readonly position?: Coordinates;
}

/** Events that a device says of how it is driven. */
const SAID: ReadonlySet<EventTypeName> = new Set([
  "harshAcceleration",
  "harshBraking",
  "harshCornering",
  "overspeed",
  "crash",
]);
/** m/s² of 1 g. */
const G = 9.80665;
/** Milliseconds in which the same thing is the same event. */
const SAME_MS = 10_000;
/** Positions tell of accelerations where they come each second, above this speed in km/h, up to what tyres can do in g. */
const EACH_SECOND_MS = 1500;
const FAST_ENOUGH = 10;
const MOST_G = 1.3;
/** Milliseconds without a report after which nothing goes on. */
const SILENCE_MS = 120_000;
/** km/h: slower than the first it stands, faster than the second it drives. */
const STANDS = 3;
const DRIVES = 5;

/** Driving events and idling, from samples in the order of their time. */
export class Driving {
  readonly episodes: Episode[] = [];
  /** Counts what becomes of episodes that are told. */
  changes = 0;
  private readonly latest = new Map<EventTypeName, Episode>();
  private over: Episode | undefined;
  private idle: Episode | undefined;

  constructor(
    private readonly settings: TripSettings,
    /** The sample before, with what was known of ignition and engine. */
    private last?: TripSample,
  ) {}

  /** Nothing goes on, and nothing has ended that could still go on. */
  isSettled(time: number): boolean {
    return this.episodes.every(({ end, isOpen }) => !isOpen && time - end > SILENCE_MS);
  }

  /** Nothing that began before a time can still become anything else. Epoch milliseconds. */
  isFinal(time: number): boolean {
    const now = this.last?.time ?? 0;
    return this.episodes.every(({ start, end, isOpen }) => start >= time || (!isOpen && now - end > SAME_MS));
  }

  /** What is told: idling and speeding have to last. */
  told(): readonly Episode[] {
    return this.episodes.filter((episode) => this.isTold(episode));
  }

  take(sample: TripSample): void {
    const { last } = this;
    if (last !== undefined && sample.time - last.time > SILENCE_MS) this.breakOff(sample);
    if (sample.event !== undefined && SAID.has(sample.event)) this.said(sample.event, sample);
    this.forces(sample, last);
    if (sample.speed !== undefined) {
      this.speeding(sample, sample.speed);
    }
    const engine = sample.engine ?? last?.engine;
    const ignition = sample.ignition ?? last?.ignition;
    const speed = sample.speed ?? last?.speed;
    const isKnown = engine === sample.engine && ignition === sample.ignition;
    this.last = isKnown
      ? sample
      : { ...sample, ...(engine !== undefined && { engine }), ...(ignition !== undefined && { ignition }) };
    this.idling(sample, engine, speed);
  }

  /** The last sample, with what is known of ignition and engine. */
  get known(): TripSample | undefined {
    return this.last;
  }

  private isTold({ type, start, end, source }: Episode): boolean {
    if (source === "device") return true;
    if (type === "overspeed") return end - start >= this.settings.grace * 1000;
    if (type === "idling") return end - start >= this.settings.idleAfter * 1000;
    return true;
  }

  private breakOff(sample: TripSample): void {
    this.end("over");
    // An engine that has run before a silence and runs after it did so meanwhile, unless that was long.
    if (sample.time - (this.last as TripSample).time > this.settings.silence * 1000) this.end("idle");
  }

  private end(which: "over" | "idle"): void {
    const episode = this[which];
    if (episode === undefined) return;
    episode.isOpen = false;
    this[which] = undefined;
    if (this.isTold(episode)) this.changes++;
    else this.episodes.splice(this.episodes.indexOf(episode), 1);
  }

  private said(type: EventTypeName, sample: TripSample): void {
    this.add(type, sample, "device", sample.value);
  }

  private forces(sample: TripSample, last: TripSample | undefined): void {
    const { acceleration, braking, cornering } = this.settings;
    const felt = forcesOf(sample, last);
    if (felt.along >= acceleration / G) this.add("harshAcceleration", sample, felt.by, felt.along);
    if (felt.along <= -braking / G) this.add("harshBraking", sample, felt.by, felt.along);
    if (Math.abs(felt.across) >= cornering / G) this.add("harshCornering", sample, felt.by, felt.across);
  }

  private add(type: EventTypeName, sample: TripSample, source: Episode["source"], value?: number): void {
    const before = this.latest.get(type);
    this.changes++;
    if (before !== undefined && sample.time - before.end <= SAME_MS) {
      before.end = Math.max(before.end, sample.time);
      if (Math.abs(value ?? 0) > Math.abs(before.value ?? 0)) before.value = value as number;
      if (source === "device") before.source = source;
      return;
    }
    const episode: Episode = {
      type,
      start: sample.time,
      end: sample.time,
      isOpen: false,
      source,
      ...(value !== undefined && { value: round(value, 3) }),
      ...placed(sample),
    };
    this.latest.set(type, episode);
    this.episodes.push(episode);
  }

  private speeding(sample: TripSample, speed: number): void {
    const limit = sample.speedLimit || this.settings.speedLimit;
    const { over } = this;
    if (over !== undefined) {
      const wasTold = this.isTold(over);
      over.end = sample.time;
      if (!wasTold && this.isTold(over)) this.changes++;
      if (limit === over.limit && speed > limit) {
        over.speed = Math.max(over.speed as number, speed);
        return;
      }
      this.end("over");
    }
    if (limit <= 0 || speed <= limit) return;
    const { time } = sample;
    this.over = {
      type: "overspeed",
      start: time,
      end: time,
      isOpen: true,
      source: "derived",
      speed,
      limit,
      ...placed(sample),
    };
    this.episodes.push(this.over);
  }

  private idling(sample: TripSample, engine: boolean | undefined, speed: number | undefined): void {
    const { idle } = this;
    const { time } = sample;
    if (idle === undefined) {
      if (!this.settings.ignition || engine !== true || speed === undefined || speed >= STANDS) return;
      this.idle = {
        type: "idling",
        start: time,
        end: time,
        isOpen: true,
        source: "derived",
        ...placed(sample),
      };
      this.episodes.push(this.idle);
      return;
    }
    const wasTold = this.isTold(idle);
    idle.end = time;
    if (!wasTold && this.isTold(idle)) this.changes++;
    if (engine !== true || (speed ?? 0) >= DRIVES) this.end("idle");
  }
}

/** g along and across the way: what the device felt, else what positions of each second say. */
function forcesOf(
  sample: TripSample,
  last: TripSample | undefined,
): { along: number; across: number; by: Episode["source"] } {
  const { acceleration, cornering, speed, course, time } = sample;
  if (acceleration !== undefined || cornering !== undefined) {
    return { along: acceleration ?? 0, across: cornering ?? 0, by: "device" };
  }
  const none = { along: 0, across: 0, by: "derived" } as const;
  const ms = time - (last?.time ?? 0);
  if (last?.speed === undefined || speed === undefined || ms <= 0 || ms > EACH_SECOND_MS) return none;
  if (Math.max(speed, last.speed) < FAST_ENOUGH) return none;
  const along = (speed - last.speed) / 3.6 / (ms / 1000) / G;
  const turned = course === undefined || last.course === undefined ? 0 : around(course - last.course);
  const mean = (speed + last.speed) / 7.2;
  const across =
    Math.min(speed, last.speed) < FAST_ENOUGH ? 0 : (mean * turned * Math.PI) / 180 / (ms / 1000) / G;
  const believed = (force: number) => (Math.abs(force) > MOST_G ? 0 : force);
  return { along: believed(along), across: believed(across), by: "derived" };
}

function around(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

function placed({ latitude, longitude }: TripSample): { position?: Coordinates } {
  return latitude === undefined || longitude === undefined ? {} : { position: { latitude, longitude } };
}

export function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
