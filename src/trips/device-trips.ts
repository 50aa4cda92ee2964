import { digest52 } from "../model/identity";
import { correctedTime } from "./device-time";
import { type Boundary, Fold } from "./fold";
import type { DrivingEvent, Interval } from "./interval";
import { Ledger, type Settled, type Tellable, type Told, type TripNews } from "./ledger";
import { compareSamples, insertSample, type SampledRecord, sampleOf, type TripSample } from "./sample";
import type { TripSettings } from "./settings";

/** What is kept of one device over a restart. Plain JSON. */
export interface SavedTrips {
  readonly told: Readonly<Record<string, readonly Told[]>>;
  /** Oldest first. */
  readonly boundaries: readonly Boundary[];
  /** Records whose device had the wrong time: a digest of each, and when it was taken; null where nobody can say. */
  readonly wrongTimes: readonly (readonly [digest: number, time: number | null])[];
}

/** A received record. */
export type ReceivedRecord = SampledRecord & { readonly receivedAt?: number | undefined };

/** What came of a record: there may be news at once, or once late ones are counted; or it says nothing new. */
export type TakenAs = "live" | "late" | "nothing";

/** Milliseconds of history that are looked at where there is no boundary. */
export const LOOK_BACK_MS = 72 * 3_600_000;
/** Samples in memory from which on those before a boundary are let go, and how old that has to be at least. */
const MANY = 500;
const KEPT_MS = 2 * 3_600_000;
/** Records in order since the last late one, before anything is let go: more of an upload may be to come. */
const CALM = 100;
/** Boundaries that are kept: the last ones, and before them one in so long. */
const LAST_ONES = 8;
const APART_MS = 12 * 3_600_000;
const MOST_BOUNDARIES = 40;
const MOST_WRONG_TIMES = 2000;

/**
 * Trips of one device. What comes in the order of its time is live; anything else waits for {@link settle}, which does it
 * over from the last boundary before it.
 */
export class DeviceTrips {
  /** Since the floor, by their time. */
  private samples: TripSample[] = [];
  private fold: Fold;
  private floor: Boundary | undefined;
  private boundaries: Boundary[];
  private readonly ledger: Ledger;
  private readonly wrongTimes: Map<number, number | null>;
  private isDirty = false;
  private isUnsaved = false;
  private isNew: boolean;
  private toldChanges = 0;
  private wasSilent = false;
  /** Records that came in order since one that did not. */
  private calm = 0;
  /** What there was before history was asked for; undefined where none is. */
  private asking:
    | { readonly from: number; readonly floor: Boundary; readonly boundaries: Boundary[] }
    | undefined;
  /** Where there is no floor: no record before it is known. */
  private since = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly settings: TripSettings,
    saved?: SavedTrips,
  ) {
    this.boundaries = [...(saved?.boundaries ?? [])];
    this.ledger = new Ledger(saved?.told);
    this.wrongTimes = new Map(saved?.wrongTimes);
    this.floor = this.boundaries.at(-1);
    this.fold = new Fold(settings, this.floor);
    this.isNew = saved === undefined;
  }

  /** What is to be kept, where that has changed since the last time. */
  takeSaved(): SavedTrips | undefined {
    if (!this.isUnsaved) return undefined;
    this.isUnsaved = false;
    return this.saved();
  }

  saved(): SavedTrips {
    return {
      told: this.ledger.saved(),
      boundaries: this.boundaries,
      wrongTimes: [...this.wrongTimes],
    };
  }

  /** From where the history of the device has to be given to {@link fill}. Epoch milliseconds. */
  get needs(): number | undefined {
    return this.asking?.from;
  }

  /** Something was told that still lasts, other than a stop. */
  get hasOpen(): boolean {
    return this.ledger.hasOpen;
  }

  /** From where history has to be given to {@link begin}. Epoch milliseconds. */
  beginsAt(now: number): number {
    return this.floor?.sample.time ?? now - LOOK_BACK_MS;
  }

  /** Takes what was there before a restart, or before anybody asked; then that is known, but not told. */
  begin(records: Iterable<SampledRecord>, but: readonly SampledRecord[], now: number): void {
    const queued = new Set(but.map(digestOf));
    const { floor } = this;
    const all = [...records];
    if (floor !== undefined && !this.hasSample(all, floor.sample)) this.beginAnew(now);
    for (const record of all) if (!queued.has(digestOf(record))) this.fillOne(record);
    this.isDirty = true;
    if (!this.isNew) return;
    this.isNew = false;
    this.ledger.note(this.tellable(now));
    this.isUnsaved = true;
    this.toldChanges = this.fold.changes;
  }

  /** Takes a record as it comes. */
  take(record: ReceivedRecord, receivedAt: number): TakenAs {
    const sample = this.sampleFrom(record, receivedAt);
    if (sample === undefined) return "nothing";
    if (this.floor !== undefined && compareSamples(sample, this.floor.sample) <= 0) {
      return this.lower(sample, this.floor);
    }
    const place = insertSample(this.samples, sample);
    if (place < 0) return "nothing";
    if (this.isDirty || place < this.samples.length - 1) {
      this.isDirty = true;
      this.calm = 0;
      this.drop(sample);
      return "late";
    }
    this.feed(sample);
    return "live";
  }

  /**
   * Takes what history has from {@link needs} on; a record that is there already falls away. Where history does not have
   * what was here before, what came late is left out: others would be missing with it.
   */
  fill(records: readonly SampledRecord[]): void {
    const { asking } = this;
    if (asking === undefined) return;
    this.asking = undefined;
    const { floor } = asking;
    if (this.hasSample(records, floor.sample)) {
      for (const record of records) this.fillOne(record);
      if (this.floor === undefined) this.since = asking.from;
    } else {
      this.floor = floor;
      this.boundaries = asking.boundaries;
      this.samples = this.samples.filter((sample) => compareSamples(sample, floor.sample) > 0);
    }
    this.isDirty = true;
  }

  private hasSample(records: readonly SampledRecord[], wanted: TripSample): boolean {
    return records.some((record) => {
      const sample = this.knownSample(record);
      return sample !== undefined && compareSamples(sample, wanted) === 0;
    });
  }

  /** History does not have what was told: that stays as it is. */
  private beginAnew(now: number): void {
    this.floor = undefined;
    this.boundaries = [];
    this.since = now;
  }

  private fillOne(record: SampledRecord): void {
    const sample = this.knownSample(record);
    if (sample === undefined) return;
    if (this.floor !== undefined && compareSamples(sample, this.floor.sample) <= 0) return;
    insertSample(this.samples, sample);
  }

  /** Does over what came late, and returns what is new. `now` in epoch milliseconds. */
  settle(now: number): TripNews[] {
    if (this.asking !== undefined) return [];
    if (this.isDirty) {
      this.refold();
      this.toldChanges = Number.NaN;
    }
    const isNews = this.fold.changes !== this.toldChanges || this.isOverdue(now);
    const news = isNews ? this.ledger.compare(this.tellable(now), this.settled) : [];
    this.toldChanges = this.fold.changes;
    if (isNews) this.wasSilent = this.fold.isSilent(now);
    if (news.length > 0) this.isUnsaved = true;
    this.keepBoundaries();
    this.trim();
    return news;
  }

  /** All since the floor, as it is known now. */
  current(now: number): { intervals: Interval[]; events: DrivingEvent[] } {
    if (this.isDirty) this.refold();
    return { intervals: this.fold.intervals(now), events: this.fold.events(now) };
  }

  /** Whether nothing was heard for so long that what lasts has ended. */
  private isOverdue(now: number): boolean {
    return this.hasOpen && this.fold.isSilent(now);
  }

  private get settled(): Settled {
    const { floor, since } = this;
    if (floor === undefined) return { start: since, trips: since, others: since };
    return { start: Number.NEGATIVE_INFINITY, trips: floor.stand.start, others: floor.sample.time };
  }

  private tellable(now: number): Tellable[] {
    const { intervals, events } = this.current(now);
    return [
      ...intervals.map((content) => ({ what: "interval", content }) as const),
      ...events.map((content) => ({ what: "event", content }) as const),
    ];
  }

  private sampleFrom(record: ReceivedRecord, receivedAt: number): TripSample | undefined {
    const time = correctedTime(record.time, receivedAt);
    if (time === record.time) return sampleOf(record);
    this.wrongTimes.set(digestOf(record), time ?? null);
    this.isUnsaved = true;
    const [oldest] = this.wrongTimes.keys();
    if (this.wrongTimes.size > MOST_WRONG_TIMES && oldest !== undefined) this.wrongTimes.delete(oldest);
    return time === undefined ? undefined : sampleOf(record, time);
  }

  /** History has the times that devices said. */
  private knownSample(record: SampledRecord): TripSample | undefined {
    if (this.wrongTimes.size === 0) return sampleOf(record);
    const time = this.wrongTimes.get(digestOf(record));
    if (time === null) return undefined;
    return sampleOf(record, time ?? record.time);
  }

  private feed(sample: TripSample): void {
    this.fold.take(sample);
    this.calm++;
    // What was told to have ended goes on.
    if (this.wasSilent) this.toldChanges = Number.NaN;
    this.wasSilent = false;
  }

  /** Takes the boundaries until which everything was told. */
  private keepBoundaries(): void {
    const known = this.boundaries.at(-1)?.sample.time ?? Number.NEGATIVE_INFINITY;
    const fresh = this.fold.boundaries.filter(({ sample }) => sample.time > known);
    if (fresh.length === 0) return;
    this.boundaries = thinned([...this.boundaries, ...fresh]);
    this.isUnsaved = true;
  }

  /** Boundaries that are not before a sample are none any more. */
  private drop(sample: TripSample): void {
    const count = this.boundaries.length;
    this.boundaries = this.boundaries.filter((one) => compareSamples(one.sample, sample) < 0);
    if (this.boundaries.length < count) this.isUnsaved = true;
  }

  /** Goes back to the last boundary before a sample, for which history has to be read. */
  private lower(sample: TripSample, floor: Boundary): TakenAs {
    if (compareSamples(sample, floor.sample) === 0) return "nothing";
    const asking = this.asking ?? { from: sample.time, floor, boundaries: this.boundaries };
    this.drop(sample);
    this.floor = this.boundaries.at(-1);
    const from = this.floor?.sample.time ?? sample.time - LOOK_BACK_MS;
    this.asking = { ...asking, from: Math.min(asking.from, from) };
    insertSample(this.samples, sample);
    this.isDirty = true;
    this.calm = 0;
    return "late";
  }

  private refold(): void {
    this.fold = new Fold(this.settings, this.floor);
    for (const sample of this.samples) this.fold.take(sample);
    this.isDirty = false;
  }

  /** Lets go of samples before a boundary that is old enough. */
  private trim(): void {
    if (this.samples.length <= MANY || this.calm < CALM) return;
    const last = (this.samples.at(-1) as TripSample).time;
    const floor = this.boundaries.findLast(({ sample }) => sample.time <= last - KEPT_MS);
    if (floor === undefined || floor === this.floor) return;
    this.floor = floor;
    this.samples = this.samples.filter((sample) => compareSamples(sample, floor.sample) > 0);
    const oldest = this.boundaries[0] as Boundary;
    this.ledger.forget(Math.min(oldest.stand.start, last - LOOK_BACK_MS));
    this.refold();
    this.toldChanges = this.fold.changes;
  }
}

function digestOf(record: SampledRecord): number {
  return digest52(JSON.stringify(sampleOf(record)));
}

function thinned(boundaries: readonly Boundary[]): Boundary[] {
  const last = boundaries.slice(-LAST_ONES);
  let before = Number.NEGATIVE_INFINITY;
  const older = boundaries.slice(0, -LAST_ONES).filter(({ sample }) => {
    if (sample.time - before < APART_MS) return false;
    before = sample.time;
    return true;
  });
  return [...older, ...last].slice(-MOST_BOUNDARIES);
}
