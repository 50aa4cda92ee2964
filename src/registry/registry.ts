import { TrackerError } from "../errors";
import type { NormalizedRecord } from "../model/message";
import type { Change, Device, HistoryEntry, LiveState, Pending } from "./device";
import { type Marks, newLiveState, observe } from "./live";
import { MAX_PENDING, toForget, withRecord } from "./pending";
import type { Profile, Profiles } from "./profiles";
import { Revisions } from "./revisions";
import { fingerprint, SeenRecords } from "./seen";
import type { Changes, SeenChunk, Store } from "./store";

/** Two clocks in milliseconds: of the day, which may be set, and one that only goes forward. */
export interface Clock {
  day(): number;
  steady(): number;
}

export interface RegistrySettings {
  /** Id of the device config of devices that have none of their own; empty for none. */
  readonly profile: string;
  /** Milliseconds of silence after which a device is offline, where its device config does not say. */
  readonly offlineAfter: number;
  /** Milliseconds that a device's clock may be ahead. */
  readonly clockTolerance: number;
}

/** Something became of a device. `device` is how it is after it (before it, where it was removed). */
export interface StatusChange extends HistoryEntry {
  readonly device: Device;
}

export type Verdict =
  | { readonly kind: "active"; readonly device: Device; readonly marks: Marks }
  | { readonly kind: "inactive"; readonly device: Device }
  | { readonly kind: "unknown" };

/**
 * The devices, what is known of each, and who is online. Everything is in memory; the store has it too: what
 * people change before they are told so, states with the next {@link flush}.
 *
 * Has no timers: whoever owns it calls {@link tick} every second and {@link flush} as often as states are to be
 * saved.
 */
export class Registry {
  private readonly devices = new Map<string, Device>();
  private readonly states = new Map<string, LiveState>();
  private readonly seen = new Map<string, SeenRecords>();
  private readonly unknown = new Map<string, Pending>();
  /** When a device that is online was last heard, on the steady clock. */
  private readonly heard = new Map<string, number>();
  private readonly dirtyStates = new Set<string>();
  private readonly dirtyPending = new Set<string>();
  private newHistory: HistoryEntry[] = [];
  private readonly listeners = new Set<(change: StatusChange) => void>();
  /** Writes wait for each other, so that each is planned on what is in the store. */
  private turn: Promise<unknown> = Promise.resolve();
  readonly revisions = new Revisions();

  constructor(
    private readonly store: Store,
    readonly profiles: Profiles,
    private readonly settings: RegistrySettings,
    readonly clock: Clock,
  ) {}

  /** Reads the store; returns where a damaged file was set aside. Rejects as {@link Store.open}. */
  async open(): Promise<string | undefined> {
    const { devices, states, pending, seen, setAside } = await this.store.open();
    for (const device of devices) this.devices.set(device.imei, device);
    for (const [imei, state] of states) this.states.set(imei, state);
    for (const one of pending) this.unknown.set(one.imei, one);
    const chunks = Map.groupBy(seen, ({ imei }) => imei);
    for (const [imei, ofDevice] of chunks) this.seen.set(imei, SeenRecords.from(ofDevice));
    // Those that were online get the whole time to be heard again: nobody listened while this was not running.
    for (const [imei, { online }] of this.states) if (online) this.heard.set(imei, this.clock.steady());
    return setAside;
  }

  /** Saves what is not saved yet and lets the store go. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.exclusively(() => this.store.close());
    }
  }

  /** Tells of everything that becomes of devices; returns how to stop it. */
  onChange(listener: (change: StatusChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  device(imei: string): Device | undefined {
    return this.devices.get(imei);
  }

  live(imei: string): LiveState | undefined {
    return this.states.get(imei);
  }

  pending(imei: string): Pending | undefined {
    return this.unknown.get(imei);
  }

  allDevices(): Iterable<Device> {
    return this.devices.values();
  }

  allPending(): Iterable<Pending> {
    return this.unknown.values();
  }

  counts(): { devices: number; active: number; online: number; pending: number } {
    const active = [...this.devices.values()].filter(({ state }) => state === "active").length;
    const pending = [...this.unknown.values()].filter(({ ignored }) => !ignored).length;
    return { devices: this.devices.size, active, online: this.heard.size, pending };
  }

  /** The device config that describes a device, where there is one. */
  profileOf(device: Device): Profile | undefined {
    return this.profiles.get(device.profile || this.settings.profile);
  }

  /** What became of a device, newest first. */
  history(imei: string): Promise<HistoryEntry[]> {
    return this.exclusively(async () => {
      const stored = await this.store.history(imei);
      const unsaved = this.newHistory.filter((entry) => entry.imei === imei).reverse();
      return [...unsaved, ...stored];
    });
  }

  /** Takes in a record and says whose it is. `list` puts an unknown sender on the pending list. */
  receive(record: NormalizedRecord & { readonly imei: string }, topic: string, list: boolean): Verdict {
    const { imei } = record;
    const now = this.clock.day();
    const device = this.devices.get(imei);
    if (device === undefined) {
      if (list) this.note(record, topic, now);
      return { kind: "unknown" };
    }
    const live = this.touchLive(imei, now);
    if (device.state !== "active") {
      live.counters.records++;
      return { kind: "inactive", device };
    }
    this.heard.set(imei, this.clock.steady());
    if (!live.online) this.setOnline(device, live, true, now);
    const isDuplicate = this.isDuplicate(imei, fingerprint(record));
    const marks = observe(live, record, isDuplicate, now, this.settings.clockTolerance);
    return { kind: "active", device, marks };
  }

  /** Finds who has become silent. To be called every second or so. */
  tick(): void {
    const steady = this.clock.steady();
    for (const [imei, heardAt] of this.heard) {
      const device = this.devices.get(imei);
      const live = this.states.get(imei);
      if (device === undefined || live === undefined) {
        this.heard.delete(imei);
        continue;
      }
      const limit = this.profileOf(device)?.offlineAfter ?? this.settings.offlineAfter;
      if (steady - heardAt <= limit) continue;
      this.heard.delete(imei);
      this.setOnline(device, live, false, this.clock.day());
    }
  }

  /** Writes what came since the last time. Where that fails, it is kept for the next time. */
  flush(): Promise<void> {
    return this.exclusively(async () => {
      const states = [...this.dirtyStates];
      const pending = [...this.dirtyPending];
      const history = this.newHistory;
      if (states.length === 0 && pending.length === 0 && history.length === 0) return;
      const seen = states.flatMap((imei) => this.seen.get(imei)?.takeChanged(imei) ?? []);
      this.dirtyStates.clear();
      this.dirtyPending.clear();
      this.newHistory = [];
      try {
        await this.store.commit({
          states: pick(this.states, states),
          pending: new Map(pending.map((imei) => [imei, this.unknown.get(imei) ?? null])),
          seen,
          history,
        });
      } catch (error) {
        for (const imei of states) if (this.devices.has(imei)) this.dirtyStates.add(imei);
        for (const imei of pending) this.dirtyPending.add(imei);
        this.newHistory = [...history, ...this.newHistory];
        this.giveBack(seen);
        throw error;
      }
    });
  }

  /**
   * Changes devices, all or none: `plan` says how each is afterwards (null: removed), on what there is when it is
   * its turn. Resolves when the store has it. `by` says who did it.
   */
  change(plan: () => ReadonlyMap<string, Device | null>, by: string): Promise<void> {
    return this.exclusively(async () => {
      const devices = plan();
      const time = this.clock.day();
      const changes = [...devices].flatMap(([imei, after]) => this.changesOf(imei, after, time, by));
      // The history of a removed device goes with it.
      const history = changes.filter(({ change }) => change !== "removed").map(withoutDevice);
      const noLongerPending = [...devices.keys()].filter((imei) => this.unknown.has(imei));
      const pending: Changes["pending"] = new Map(noLongerPending.map((imei) => [imei, null]));
      await this.store.commit({ devices, history, pending });
      this.apply(devices);
      for (const change of changes) this.tell(change);
    });
  }

  /** Takes unknown senders out of sight, or back into it. */
  ignore(imeis: readonly string[], ignored: boolean): Promise<void> {
    return this.exclusively(async () => {
      const changed = imeis.map((imei): [string, Pending] => {
        const pending = this.unknown.get(imei);
        if (pending === undefined) throw unknownDevice(imei);
        return [imei, { ...pending, ignored }];
      });
      await this.store.commit({ pending: new Map(changed) });
      for (const [imei] of changed) {
        const current = this.unknown.get(imei);
        if (current !== undefined) this.unknown.set(imei, { ...current, ignored });
        this.revisions.touch(imei);
      }
    });
  }

  /** Forgets an unknown sender; it comes back with its next message. */
  forget(imeis: readonly string[]): Promise<void> {
    return this.exclusively(async () => {
      await this.store.commit({ pending: new Map(imeis.map((imei) => [imei, null])) });
      for (const imei of imeis) {
        this.unknown.delete(imei);
        this.dirtyPending.delete(imei);
        this.revisions.remove(imei);
      }
    });
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private note(record: NormalizedRecord & { readonly imei: string }, topic: string, now: number): void {
    const { imei } = record;
    const before = this.unknown.get(imei);
    if (before === undefined && this.unknown.size >= MAX_PENDING) {
      const forgotten = toForget(this.unknown);
      if (forgotten !== undefined) {
        this.unknown.delete(forgotten);
        this.dirtyPending.add(forgotten);
        this.revisions.remove(forgotten);
      }
    }
    this.unknown.set(imei, withRecord(before, record, topic, now));
    this.dirtyPending.add(imei);
    this.revisions.touch(imei);
  }

  private touchLive(imei: string, now: number): LiveState {
    let live = this.states.get(imei);
    if (live === undefined) {
      live = newLiveState(now);
      this.states.set(imei, live);
    }
    live.lastSeen = now;
    this.dirtyStates.add(imei);
    this.revisions.touch(imei);
    return live;
  }

  private isDuplicate(imei: string, print: number): boolean {
    let seen = this.seen.get(imei);
    if (seen === undefined) {
      seen = new SeenRecords();
      this.seen.set(imei, seen);
    }
    if (seen.has(print)) return true;
    seen.add(print);
    return false;
  }

  private giveBack(chunks: readonly SeenChunk[]): void {
    for (const [imei, ofDevice] of Map.groupBy(chunks, (chunk) => chunk.imei)) {
      this.seen.get(imei)?.giveBack(ofDevice);
    }
  }

  private setOnline(device: Device, live: LiveState, online: boolean, time: number): void {
    const { imei } = device;
    live.online = online;
    this.dirtyStates.add(imei);
    this.revisions.touch(imei);
    const entry: HistoryEntry = { imei, time, change: online ? "online" : "offline", by: "" };
    this.newHistory.push(entry);
    this.tell({ ...entry, device });
  }

  /** What a change of a device means for those who follow it. */
  private changesOf(imei: string, after: Device | null, time: number, by: string): StatusChange[] {
    const before = this.devices.get(imei);
    const entry = (change: Change, device: Device): StatusChange => ({ imei, time, change, by, device });
    if (after === null) return before === undefined ? [] : [entry("removed", before)];
    const changes = before === undefined ? [entry("registered", after)] : [];
    if (after.state === (before?.state ?? "registered")) return changes;
    return [...changes, entry(after.state === "active" ? "activated" : "deactivated", after)];
  }

  private apply(devices: ReadonlyMap<string, Device | null>): void {
    for (const [imei, device] of devices) {
      this.unknown.delete(imei);
      this.dirtyPending.delete(imei);
      if (device === null) {
        for (const known of [this.devices, this.states, this.seen, this.heard]) known.delete(imei);
        this.dirtyStates.delete(imei);
        this.newHistory = this.newHistory.filter((entry) => entry.imei !== imei);
        this.revisions.remove(imei);
        continue;
      }
      this.devices.set(imei, device);
      this.revisions.touch(imei);
      if (device.state !== "active") this.silence(imei);
    }
  }

  /** A device that is no longer active is not online either. */
  private silence(imei: string): void {
    this.heard.delete(imei);
    const live = this.states.get(imei);
    if (!live?.online) return;
    live.online = false;
    this.dirtyStates.add(imei);
  }

  private tell(change: StatusChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

export function unknownDevice(imei: string): TrackerError {
  const message = `no device with IMEI ${imei} is registered`;
  return new TrackerError({ code: "DEVICE_UNKNOWN", path: "imei", message });
}

function withoutDevice({ device: _, ...entry }: StatusChange): HistoryEntry {
  return entry;
}

function pick<V>(map: ReadonlyMap<string, V>, keys: readonly string[]): Map<string, V> {
  const picked = new Map<string, V>();
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) picked.set(key, value);
  }
  return picked;
}
