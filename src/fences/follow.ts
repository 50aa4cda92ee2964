import type { FenceArea } from "./area";
import { type Fence, isFor } from "./fence";
import type { FenceIndex } from "./fence-index";
import { OpenHours } from "./hours";
import { type FenceFix, Way } from "./way";

export const FENCE_TRANSITIONS = ["entered", "left", "overstayed"] as const;

/** What a device did at a fence; `overstayed`: it is in it for longer than `maxStay`. */
export interface FenceTransition extends FenceFix {
  readonly kind: (typeof FENCE_TRANSITIONS)[number];
  readonly fence: string;
  /**
   * Time of the fix before. Between the two nobody knows more than that it was on the way; null where there was none, so
   * that it may have been there for long.
   */
  readonly after: number | null;
}

/** How a device and a fence stand to each other, where it is not simply outside. */
interface FenceStay {
  readonly fence: string;
  /** It crossed the inner edge, and not the outer one since. */
  readonly isWithin: boolean;
  /** What was told last. */
  readonly isInside: boolean;
  /** It is otherwise since then, but not long enough. */
  readonly turn: Turn | null;
  /** Since when it is inside, as was told. */
  readonly since: number | null;
  readonly hasOverstayed: boolean;
}

type Turn = FenceFix & { readonly after: number | null };

/** All that has to be remembered of a device between two fixes; plain data. */
export interface FenceTrack {
  readonly last: FenceFix | null;
  readonly stays: readonly FenceStay[];
}

export const NO_FENCE_TRACK: FenceTrack = { last: null, stays: [] };

export interface FenceFollowing {
  /** Milliseconds. After a longer silence nobody knows the way: a device is seen where it is, and nowhere between. */
  readonly longestGap: number;
}

export const FENCE_FOLLOWING: FenceFollowing = { longestGap: 30 * 60_000 };

/** Whose fix it is. */
export interface FenceSubject {
  readonly imei: string;
  readonly group: string;
}

/**
 * Goes on by one fix of a device: what it did at which fences since the last one, oldest first. Fixes have to come in the
 * order of their times; one that is not newer than the last changes nothing. A transition has the time and the place of
 * the edge, and is told as soon as the fence's dwell time is over.
 */
export function followFences(
  track: FenceTrack,
  fix: FenceFix,
  subject: FenceSubject,
  index: FenceIndex,
  { longestGap }: FenceFollowing = FENCE_FOLLOWING,
): { readonly track: FenceTrack; readonly transitions: readonly FenceTransition[] } {
  const { last } = track;
  if (last !== null && fix.time <= last.time) return { track, transitions: [] };
  const isSparse = last === null || fix.time - last.time > longestGap;
  const way = new Way(isSparse ? fix : last, fix);
  const transitions: FenceTransition[] = [];
  const stays: FenceStay[] = [];
  for (const [area, stay] of concerned(track, way, subject, index)) {
    const visit = new Visit(area, stay, last, way);
    visit.goOn();
    transitions.push(...visit.transitions);
    if (visit.stay !== undefined) stays.push(visit.stay);
  }
  const { time, latitude, longitude } = fix;
  return {
    track: { last: { time, latitude, longitude }, stays },
    transitions: transitions.length < 2 ? transitions : transitions.sort(inOrderOfTime),
  };
}

/** The fences that the way comes near, and those that the device was not simply outside of. */
function concerned(
  { stays }: FenceTrack,
  way: Way,
  { imei, group }: FenceSubject,
  index: FenceIndex,
): Map<FenceArea, FenceStay | undefined> {
  const areas = new Map<FenceArea, FenceStay | undefined>();
  for (const area of index.near(way.box)) if (isFor(area.fence, imei, group)) areas.set(area, undefined);
  for (const stay of stays) {
    const area = index.get(stay.fence);
    if (area !== undefined && isFor(area.fence, imei, group)) areas.set(area, stay);
  }
  return areas;
}

const ORDER = new Map(FENCE_TRANSITIONS.map((kind, at) => [kind, at]));

function inOrderOfTime(a: FenceTransition, b: FenceTransition): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.fence !== b.fence) return a.fence < b.fence ? -1 : 1;
  return a.kind === b.kind ? 0 : (ORDER.get(a.kind) ?? 0) - (ORDER.get(b.kind) ?? 0);
}

/** Metres beyond the outer edge, so that on an edge that is inner and outer there is no doubt. */
const CLEAR = 0.01;

const HOURS = new WeakMap<Fence, OpenHours>();

function hoursOf(fence: Fence): OpenHours | undefined {
  if (fence.schedule === null) return undefined;
  let hours = HOURS.get(fence);
  if (hours === undefined) {
    hours = new OpenHours(fence.schedule);
    HOURS.set(fence, hours);
  }
  return hours;
}

/** One fence on one way. */
class Visit {
  readonly transitions: FenceTransition[] = [];
  private isWithin: boolean;
  private isInside: boolean;
  private turn: Turn | null;
  private since: number | null;
  private hasOverstayed: boolean;
  private readonly fence: Fence;

  constructor(
    private readonly area: FenceArea,
    before: FenceStay | undefined,
    private readonly last: FenceFix | null,
    private readonly way: Way,
  ) {
    this.fence = area.fence;
    this.isWithin = before?.isWithin ?? false;
    this.isInside = before?.isInside ?? false;
    this.turn = before?.turn ?? null;
    this.since = before?.since ?? null;
    this.hasOverstayed = before?.hasOverstayed ?? false;
  }

  /** Undefined where the device is simply outside. */
  get stay(): FenceStay | undefined {
    const { isWithin, isInside, turn, since, hasOverstayed } = this;
    if (!isWithin && !isInside && turn === null) return undefined;
    return { fence: this.fence.id, isWithin, isInside, turn, since, hasOverstayed };
  }

  goOn(): void {
    const wasWithin = this.isWithin;
    const crossings = this.crossings();
    const hours = hoursOf(this.fence);
    const { way } = this;
    if (hours === undefined) {
      for (const { time, isWithin } of crossings) this.seen(isWithin, time);
    } else if (wasWithin || this.isWithin || crossings.length > 0) {
      this.seenWithin(hours, wasWithin, crossings);
    }
    const { turn } = this;
    if (turn !== null && way.to.time - turn.time >= this.fence.dwell * 1000) this.tell(turn);
    this.tellOverstay(this.turn?.time ?? way.to.time);
  }

  /** Where and when the way crosses the edge that counts. */
  private crossings(): { readonly time: number; readonly isWithin: boolean }[] {
    const { way, area, fence, last } = this;
    // Of a fence that was not as it is when the device was there last, only what is now is news.
    const start = last !== null && fence.changedAt > last.time ? 1 : 0;
    const crossings: { time: number; isWithin: boolean }[] = [];
    for (let part = start as number | undefined; part !== undefined; ) {
      part = way.firstAt(
        this.isWithin
          ? (at) => fence.outerEdge + CLEAR - way.distance(area, at)
          : (at) => way.distance(area, at) + fence.innerEdge,
        part,
      );
      if (part === undefined) break;
      this.isWithin = !this.isWithin;
      crossings.push({ time: way.timeAt(part), isWithin: this.isWithin });
    }
    return crossings;
  }

  /** The fence counts only while its hours are. */
  private seenWithin(
    hours: OpenHours,
    wasWithin: boolean,
    crossings: readonly { readonly time: number; readonly isWithin: boolean }[],
  ): void {
    const from = this.last?.time ?? this.way.to.time;
    let [isWithin, isOpen] = [wasWithin, hours.isOpen(from)];
    const all = [...crossings, ...hours.changes(from, this.way.to.time)].sort((a, b) => a.time - b.time);
    for (const change of all) {
      if ("isWithin" in change) isWithin = change.isWithin;
      else isOpen = change.isOpen;
      this.seen(isWithin && isOpen, change.time);
    }
  }

  /** It is inside or not from a time on, which counts when it stays so. */
  private seen(isInside: boolean, time: number): void {
    const { turn } = this;
    if (turn !== null && time - turn.time >= this.fence.dwell * 1000) this.tell(turn);
    if (isInside === this.isInside) this.turn = null;
    else this.turn ??= { ...this.way.fixAt(time), after: this.last?.time ?? null };
  }

  private tell({ time, latitude, longitude, after }: Turn): void {
    // Of a silent device nobody knows how long it was still inside.
    const isKnown = this.way.from !== this.way.to;
    if (this.isInside) this.tellOverstay(isKnown ? time : Math.min(time, this.last?.time ?? time));
    this.turn = null;
    this.isInside = !this.isInside;
    this.since = this.isInside ? time : null;
    this.hasOverstayed = false;
    const kind = this.isInside ? "entered" : "left";
    this.transitions.push({ kind, fence: this.fence.id, time, latitude, longitude, after });
  }

  /** Tells once that it has been inside for too long, if it has until a time. */
  private tellOverstay(until: number): void {
    const { fence, since, way, last } = this;
    if (fence.maxStay === null || since === null || this.hasOverstayed) return;
    const due = since + fence.maxStay * 1000;
    if (due > until) return;
    this.hasOverstayed = true;
    const fix = { ...way.fixAt(Math.max(due, way.from.time)), time: due };
    this.transitions.push({ kind: "overstayed", fence: fence.id, ...fix, after: last?.time ?? null });
  }
}
