import type { Clock } from "../clock";
import { DeviceTrips, type ReceivedRecord, type SavedTrips } from "./device-trips";
import type { TripNews } from "./ledger";
import type { SampledRecord } from "./sample";
import type { TripSettings } from "./settings";

/** Where trips have their history and their memory from. */
export interface TripsPorts {
  readonly clock: Clock;
  /** The records of a device from one time to another, both included, oldest first. Epoch milliseconds. */
  recordsBetween(imei: string, from: number, to: number): Promise<readonly SampledRecord[]>;
  saved(imei: string): SavedTrips | undefined;
  save(imei: string, saved: SavedTrips): void;
  /** Something is new about a device. */
  tell(imei: string, news: readonly TripNews[]): void;
  /** The history of a device could not be read. */
  failed(imei: string, error: unknown): void;
}

/** A device, and what waits until what is known of it was read. */
interface Entry {
  readonly trips: DeviceTrips;
  /** Records that wait for history, with when they came. */
  waiting: (readonly [record: ReceivedRecord, receivedAt: number])[] | undefined;
  /** Monotonic milliseconds of the first and the last record that came late and waits to be counted. */
  lateSince?: number | undefined;
  lateLast?: number;
}

/** Milliseconds without another late record after which they are counted, and how long they wait at most. */
const QUIET_MS = 1500;
const MOST_MS = 10_000;
const END_OF_TIME = 8.64e15;

/** The trips of all devices of one node. Has no timers: whoever owns it calls {@link tick} every second. */
export class FleetTrips {
  private readonly entries = new Map<string, Entry>();
  private readonly reading = new Set<Promise<void>>();

  constructor(
    private readonly settings: TripSettings,
    private readonly ports: TripsPorts,
  ) {}

  get devices(): number {
    return this.entries.size;
  }

  /** Takes up a device of which something was told that may have ended meanwhile. */
  resume(imei: string): void {
    if (!this.entries.has(imei)) this.open(imei);
  }

  take(imei: string, record: ReceivedRecord): void {
    const { clock } = this.ports;
    const receivedAt = record.receivedAt ?? clock.wall();
    const entry = this.entries.get(imei) ?? this.open(imei);
    if (entry.waiting !== undefined) {
      entry.waiting.push([record, receivedAt]);
      return;
    }
    this.takeNow(imei, entry, record, receivedAt);
  }

  tick(): void {
    const now = this.ports.clock.monotonic();
    for (const [imei, entry] of this.entries) {
      if (entry.waiting !== undefined) continue;
      if (this.isDue(entry, now)) this.catchUp(imei, entry);
      else if (entry.lateSince === undefined && entry.trips.hasOpen)
        this.settle(imei, entry, this.ports.clock.wall());
    }
  }

  /** Counts all that has come, however late. Resolves when it is told. */
  async flush(): Promise<void> {
    do {
      await Promise.all(this.reading);
      for (const [imei, entry] of this.entries) {
        if (entry.waiting === undefined && entry.lateSince !== undefined) this.catchUp(imei, entry);
      }
    } while (this.reading.size > 0);
  }

  forget(imei: string): void {
    this.entries.delete(imei);
  }

  private isDue({ lateSince, lateLast = 0 }: Entry, now: number): boolean {
    if (lateSince === undefined) return false;
    return now - lateLast >= QUIET_MS || now - lateSince >= MOST_MS;
  }

  private takeNow(imei: string, entry: Entry, record: ReceivedRecord, receivedAt: number): void {
    const arrival = entry.trips.take(record, receivedAt);
    if (arrival === "nothing") {
      this.save(imei, entry);
      return;
    }
    if (arrival === "live" && receivedAt - record.time <= this.settings.silence * 1000) {
      if (entry.lateSince === undefined) this.settle(imei, entry, receivedAt);
      return;
    }
    const now = this.ports.clock.monotonic();
    entry.lateSince ??= now;
    entry.lateLast = now;
    this.save(imei, entry);
  }

  private settle(imei: string, entry: Entry, now: number): void {
    const news = entry.trips.settle(now);
    this.save(imei, entry);
    if (news.length > 0) this.ports.tell(imei, news);
  }

  private save(imei: string, { trips }: Entry): void {
    const saved = trips.takeSaved();
    if (saved !== undefined) this.ports.save(imei, saved);
  }

  private catchUp(imei: string, entry: Entry): void {
    entry.lateSince = undefined;
    const { needs } = entry.trips;
    if (needs === undefined) {
      this.settle(imei, entry, this.ports.clock.wall());
      return;
    }
    this.read(imei, entry, needs, (records) => entry.trips.fill(records));
  }

  private open(imei: string): Entry {
    const { clock } = this.ports;
    const saved = this.ports.saved(imei);
    const entry: Entry = { trips: new DeviceTrips(this.settings, saved), waiting: undefined };
    this.entries.set(imei, entry);
    this.read(imei, entry, entry.trips.beginsAt(clock.wall()), (records) => {
      // History has what waits, too; that is new all the same.
      const but = (entry.waiting ?? []).map(([record]) => record);
      entry.trips.begin(records, but, clock.wall());
    });
    return entry;
  }

  /** Reads history, has it taken, then takes what came meanwhile. */
  private read(
    imei: string,
    entry: Entry,
    from: number,
    take: (records: readonly SampledRecord[]) => void,
  ): void {
    entry.waiting = [];
    const reading = this.ports
      .recordsBetween(imei, from, END_OF_TIME)
      .then((records) => {
        if (this.entries.get(imei) !== entry) return;
        take(records);
        const waiting = entry.waiting ?? [];
        entry.waiting = undefined;
        for (const [record, receivedAt] of waiting) this.takeNow(imei, entry, record, receivedAt);
        if (entry.lateSince === undefined) this.settle(imei, entry, this.ports.clock.wall());
      })
      .catch((error: unknown) => {
        // History has what waited, and is asked again with the next record.
        if (this.entries.get(imei) === entry) this.entries.delete(imei);
        this.ports.failed(imei, error);
      })
      .finally(() => this.reading.delete(reading));
    this.reading.add(reading);
  }
}
