import { fingerprint, SeenRecords } from "../dedupe/seen";
import type { DeployedConfig, DeployedConfigs } from "../device-config/deployed";
import type { Change, Device, JournalEntry, LiveState, Pending } from "../devices/device";
import { PendingList } from "../devices/pending";
import { TrackerError } from "../errors";
import { Inbox, type UplinkSave } from "../inbox/inbox";
import { checkImei } from "../model/imei";
import type { NormalizedRecord } from "../model/message";
import { inSlices } from "../slices";
import { Connections, ended } from "../state/connections";
import { absorb, hasKnownTime, judge, type Marks, marksAgain, newLiveState } from "../state/live";
import type { Refusal } from "./directory";
import { Revisions } from "./revisions";
import {
  type Changes,
  type CommandChanges,
  type Found,
  JOURNAL_LENGTH,
  type SeenChunk,
  type Store,
  type StoredCommands,
} from "./store";
import { StoreAccess } from "./store-access";

/** Two clocks in milliseconds: of the day, which may be set, and one that only goes forward. */
export interface Clock {
  wall(): number;
  monotonic(): number;
}

export interface RegistrySettings {
  /** Id of the device config of devices that have none of their own; empty for none. */
  readonly deviceConfig: string;
  /** Milliseconds of silence after which a device is offline, where its device config does not say. */
  readonly offlineAfter: number;
  /** Milliseconds that a device's clock may be ahead. */
  readonly clockTolerance: number;
}

/** Something became of a device. `device` is how it is after it (before it, where it was removed). */
export interface StatusChange extends JournalEntry {
  readonly device: Device;
}

/** What came of restoring from a copy: how many devices were added, and how many were there already. */
export interface Restored {
  readonly copy: string;
  readonly added: number;
  readonly kept: number;
}

export type Verdict =
  | { readonly kind: "active"; readonly device: Device; readonly marks: Marks }
  | { readonly kind: "inactive"; readonly device: Device }
  | { readonly kind: "unknown" };

/** What came since the last save. */
interface Unsaved {
  /** Of devices whose state has changed. */
  readonly imeis: readonly string[];
  readonly pending: Map<string, Pending | null>;
  readonly seen: readonly SeenChunk[];
  readonly journal: Map<string, JournalEntry[]>;
  readonly inbox: UplinkSave;
}

/** A record of an active device that has come, after it was taken in. */
export type RecordListener = (record: NormalizedRecord & { readonly imei: string }, marks: Marks) => void;

/** Somebody who has to finish something of devices before they are removed; nothing else is written meanwhile. */
export type RemovalListener = (imeis: readonly string[]) => Promise<void>;

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
  private readonly unknown = new PendingList();
  private newsCount = 0;
  /** When a device that is online was last heard, on the monotonic clock. */
  private readonly heard = new Map<string, number>();
  private readonly dirtyStates = new Set<string>();
  /** What became of devices and is not saved yet, by IMEI, oldest first. */
  private newJournal = new Map<string, JournalEntry[]>();
  /** Nodes that receive records, each for its own flow, by the order in which they came up. */
  private readonly nodes = new Map<string, number>();
  private readonly listeners = new Set<(change: StatusChange) => void>();
  private readonly recordListeners = new Set<RecordListener>();
  private readonly removalListeners = new Set<RemovalListener>();
  private readonly editListeners = new Set<(imei: string) => void>();
  /** The commands there are: of the commander, or those that the store had while there is none. */
  commands: () => StoredCommands = () => ({ commands: [], sendings: [] });
  private readonly store: StoreAccess;
  readonly revisions = new Revisions();
  /** Messages that the built-in broker keeps until what came of them is saved. */
  readonly inbox: Inbox;
  readonly connections: Connections;

  constructor(
    store: Store,
    readonly deviceConfigs: DeployedConfigs,
    private readonly settings: RegistrySettings,
    readonly clock: Clock,
  ) {
    this.store = new StoreAccess(store, () => this.everything());
    this.inbox = new Inbox(this.store, () => clock.monotonic());
    this.connections = new Connections({
      hear: (imei) => this.hearActive(imei),
      live: (imei) => this.states.get(imei),
      changed: (imei) => this.changed(imei),
      shown: (imei) => this.revisions.touch(imei),
      now: () => clock.wall(),
    });
  }

  /**
   * Reads the store. `onFound` is told what was wrong with it, now or whenever it has to be opened again. Rejects as
   * {@link Store.open}.
   */
  async open(onFound: (found: Found) => void = () => undefined): Promise<void> {
    const { devices, states, pending, seen, inbox, commands, sendings } = await this.store.open(onFound);
    this.commands = () => ({ commands, sendings });
    this.inbox.load(inbox);
    for (const device of devices) this.devices.set(device.imei, device);
    for (const [imei, state] of states) this.states.set(imei, state);
    this.unknown.load(pending);
    const chunks = Map.groupBy(seen, ({ imei }) => imei);
    for (const [imei, ofDevice] of chunks) this.seen.set(imei, SeenRecords.from(ofDevice));
    for (const [imei, state] of this.states) {
      // It was deactivated shortly before the end, and its state was not saved any more.
      if (this.devices.get(imei)?.state !== "active") state.online = false;
      // Those that were online get the whole time to be heard again: nobody listened while this was not running.
      if (state.online) this.heard.set(imei, this.clock.monotonic());
      if (state.connection?.connected) state.connection = ended(state.connection, state.lastSeen);
    }
  }

  /** Saves what is not saved yet and lets the store go. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.store.close();
    }
  }

  /** Tells of everything that becomes of devices; returns how to stop it. */
  onChange(listener: (change: StatusChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells of every record of an active device; returns how to stop it. */
  onRecord(listener: RecordListener): () => void {
    this.recordListeners.add(listener);
    return () => this.recordListeners.delete(listener);
  }

  /** Asks before devices are removed; where that is rejected, they stay. Returns how to stop it. */
  onRemoval(listener: RemovalListener): () => void {
    this.removalListeners.add(listener);
    return () => this.removalListeners.delete(listener);
  }

  /** Tells of every device that a person has changed, or removed; returns how to stop it. */
  onEdit(listener: (imei: string) => void): () => void {
    this.editListeners.add(listener);
    return () => this.editListeners.delete(listener);
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
    return this.unknown.all();
  }

  /** How many events and new unknown senders came in this run: what a person may want to see at once. */
  get news(): number {
    return this.newsCount;
  }

  /** Milliseconds of silence after which a device counts as offline. */
  offlineAfter(device: Device): number {
    return this.configFor(device)?.offlineAfter ?? this.settings.offlineAfter;
  }

  counts(): { devices: number; active: number; online: number; pending: number } {
    const active = [...this.devices.values()].filter(({ state }) => state === "active").length;
    return { devices: this.devices.size, active, online: this.heard.size, pending: this.unknown.notIgnored };
  }

  /** The device config that describes a device, where there is one. */
  configFor(device: Device): DeployedConfig | undefined {
    return this.deviceConfigs.get(device.deviceConfig || this.settings.deviceConfig);
  }

  /** What became of a device, newest first. */
  journal(imei: string): Promise<JournalEntry[]> {
    return this.exclusively(async () => {
      const unsaved = this.newJournal.get(imei)?.toReversed() ?? [];
      const stored = await this.store.use((store) => store.journal(imei));
      return [...unsaved, ...stored].slice(0, JOURNAL_LENGTH);
    });
  }

  /**
   * Takes in a record and says whose it is. `list` puts an unknown sender on the pending list; `node` is the id of
   * the node it came to. Throws, before anything is changed, where the record has what JSON has not.
   */
  receive(
    record: NormalizedRecord & { readonly imei: string },
    topic: string,
    list: boolean,
    node = "",
  ): Verdict {
    const { imei } = record;
    const now = this.clock.wall();
    const device = this.devices.get(imei);
    if (device === undefined) {
      if (list) this.note(record, topic, now);
      return { kind: "unknown" };
    }
    if (device.state !== "active") {
      this.touchLive(imei, now).counters.records++;
      return { kind: "inactive", device };
    }
    const print = fingerprint(record);
    if (this.isOtherProtocol(device, record))
      return { kind: "active", device, marks: { otherProtocol: true } };
    const live = this.hear(device, now);
    const marks = this.observe(live, record, print, this.numberOf(node), now);
    this.connections.reported(live, record);
    if (record.kind === "event" && Object.keys(marks).length === 0) this.newsCount++;
    for (const listener of this.recordListeners) listener(record, marks);
    return { kind: "active", device, marks };
  }

  /** Whether a record cannot be of the device that it names, because that speaks another protocol. */
  private isOtherProtocol(device: Device, { protocol }: NormalizedRecord): boolean {
    const deviceConfig = this.configFor(device);
    return deviceConfig !== undefined && deviceConfig.protocol !== protocol;
  }

  /** The built-in broker did not let a client in that has the IMEI of a device. */
  refused(imei: string, reason: Refusal, address: string): void {
    if (this.devices.has(imei)) {
      this.connections.refused(imei, reason, address);
      return;
    }
    // What has never sent a record may have been made up.
    if (!this.unknown.has(imei) && checkImei(imei) !== undefined) return;
    const isNew = !this.unknown.has(imei);
    const forgotten = this.unknown.refuse(imei, reason, address, this.clock.wall());
    if (forgotten === imei) return;
    if (isNew) this.newsCount++;
    if (forgotten !== undefined) this.revisions.remove(forgotten);
    this.revisions.touch(imei);
  }

  /** Compares a record with what is known, and puts it into the state where it is new. */
  private observe(
    live: LiveState,
    record: NormalizedRecord & { readonly imei: string },
    print: number,
    node: number,
    now: number,
  ): Marks {
    const { counters } = live;
    const seen = this.seenOf(record.imei);
    const met = seen.meet(print, node);
    const marks = judge(live, record, now, this.settings.clockTolerance);
    // What was from the future and is so no more never counted yet.
    if (met !== undefined && !(met.future && !marks.future)) {
      const again = marksAgain(marks, met);
      if (!met.here) return again;
      counters.records++;
      counters.duplicates++;
      return { ...again, duplicate: true };
    }
    seen.add(print, node, marks);
    counters.records++;
    if (marks.late) counters.late++;
    if (marks.future) counters.future++;
    if (hasKnownTime(marks))
      absorb(live, record, now, this.settings.clockTolerance, met === undefined ? now : undefined);
    return marks;
  }

  private numberOf(node: string): number {
    const known = this.nodes.get(node) ?? this.nodes.size;
    this.nodes.set(node, known);
    return known;
  }

  private seenOf(imei: string): SeenRecords {
    let seen = this.seen.get(imei);
    if (seen === undefined) {
      seen = new SeenRecords();
      this.seen.set(imei, seen);
    }
    return seen;
  }

  /** Finds who has become silent. To be called every second or so. */
  tick(): void {
    const monotonic = this.clock.monotonic();
    for (const [imei, heardAt] of this.heard) {
      const device = this.devices.get(imei);
      const live = this.states.get(imei);
      if (device === undefined || live === undefined) {
        this.heard.delete(imei);
        continue;
      }
      // Silent or not: the broker would have noticed if it were gone.
      if (live.connection?.connected) {
        this.heard.set(imei, monotonic);
        continue;
      }
      const limit = this.offlineAfter(device);
      if (monotonic - heardAt <= limit) continue;
      this.heard.delete(imei);
      this.setOnline(device, live, false, this.clock.wall());
    }
  }

  /** Writes what came since the last time. Where that fails, it is kept for the next time. */
  flush(): Promise<void> {
    return this.exclusively(async () => {
      const unsaved = this.takeUnsaved();
      try {
        await this.save(unsaved);
        this.unknown.saved(unsaved.pending);
        this.inbox.endSave(unsaved.inbox);
      } catch (error) {
        this.giveBack(unsaved);
        throw error;
      }
    });
  }

  private async save({ imeis, pending, seen, journal, inbox }: Unsaved): Promise<void> {
    const isNothing = [imeis.length, pending.size, journal.size, inbox.forgotten.size].every((n) => n === 0);
    if (isNothing) return;
    const states = pick(this.states, imeis);
    const entries = [...journal.values()].flat();
    await this.store.commit({ states, pending, seen, journal: entries, inbox: inbox.forgotten });
  }

  /**
   * Changes devices, all or none: `plan` says how each is afterwards (null: removed, also an unknown sender), on
   * what there is when it is its turn. Resolves when the store has it. `by` says who did it.
   */
  change(plan: () => ReadonlyMap<string, Device | null>, by: string): Promise<void> {
    return this.exclusively(async () => {
      const devices = plan();
      if (devices.size === 0) return;
      await this.prepareRemoval(devices);
      const time = this.clock.wall();
      const changes = [...devices].flatMap(([imei, after]) => this.changesOf(imei, after, time, by));
      // The journal of a removed device goes with it.
      const journal = changes.filter(({ change }) => change !== "removed").map(withoutDevice);
      const pending = new Map(
        [...devices.keys()].filter((imei) => this.unknown.has(imei)).map((imei) => [imei, null]),
      );
      await this.store.commit({ devices, journal, pending });
      this.apply(devices);
      await inSlices(changes, (change) => this.tell(change));
      await inSlices([...devices.keys()], (imei) => this.tellEdit(imei));
    });
  }

  /** Takes the day's copy of the store. */
  copy(): Promise<void> {
    return this.exclusively(() => this.store.use((store) => store.copy()));
  }

  /**
   * Adds the devices of a copy of the store that are not there any more, with their last state; those that are there
   * stay as they are. Rejects with `COPY_UNKNOWN`.
   */
  async restore(wanted: string | undefined, by: string): Promise<Restored> {
    const { name, devices, states } = await this.exclusively(() =>
      this.store.use((store) => store.readCopy(wanted)),
    );
    let missing: Device[] = [];
    await this.change(() => {
      missing = devices.filter(({ imei }) => !this.devices.has(imei));
      return new Map(missing.map((device) => [device.imei, device]));
    }, by);
    const added = new Set(missing.map(({ imei }) => imei));
    for (const [imei, state] of states) {
      if (!added.has(imei) || this.states.has(imei)) continue;
      const { connection: _, ...kept } = state;
      this.states.set(imei, { ...kept, online: false });
      this.changed(imei);
    }
    return { copy: name, added: added.size, kept: devices.length - added.size };
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
        this.unknown.setIgnored(imei, ignored);
        this.revisions.touch(imei);
      }
    });
  }

  /** All there is, but for the journal that is saved. */
  private everything(): Changes {
    for (const seen of this.seen.values()) seen.giveBack();
    const { commands, sendings } = this.commands();
    return {
      commands: new Map(commands.map((command) => [command.id, command])),
      sendings: new Map(sendings),
      devices: this.devices,
      states: this.states,
      pending: new Map([...this.unknown.all()].map((one) => [one.imei, one])),
      seen: [...this.seen].flatMap(([imei, ofDevice]) => ofDevice.takeChanged(imei)),
      inbox: this.inbox.all(),
    };
  }

  /** Does some work while nobody else writes. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.store.exclusively(work);
  }

  /** Writes changes of commands; only inside {@link exclusively}, or when a removal is prepared. */
  commitCommands(changes: CommandChanges): Promise<void> {
    return this.store.commit(changes);
  }

  private async prepareRemoval(devices: ReadonlyMap<string, Device | null>): Promise<void> {
    const removed = [...devices].flatMap(([imei, device]) => (device === null ? [imei] : []));
    if (removed.length === 0) return;
    for (const listener of this.removalListeners) await listener(removed);
  }

  private note(record: NormalizedRecord & { readonly imei: string }, topic: string, now: number): void {
    if (!this.unknown.has(record.imei)) this.newsCount++;
    const forgotten = this.unknown.note(record, topic, now);
    if (forgotten !== undefined) this.revisions.remove(forgotten);
    this.revisions.touch(record.imei);
  }

  private touchLive(imei: string, now: number): LiveState {
    let live = this.states.get(imei);
    if (live === undefined) {
      live = newLiveState(now);
      this.states.set(imei, live);
    }
    live.lastSeen = now;
    this.changed(imei);
    return live;
  }

  /** Takes in a sign of life of an active device. */
  private hear(device: Device, now: number): LiveState {
    const live = this.touchLive(device.imei, now);
    live.heard = true;
    this.heard.set(device.imei, this.clock.monotonic());
    if (!live.online) this.setOnline(device, live, true, now);
    return live;
  }

  private hearActive(imei: string): LiveState | undefined {
    const device = this.devices.get(imei);
    return device?.state === "active" ? this.hear(device, this.clock.wall()) : undefined;
  }

  /** The state of a device is to be saved and shown. */
  private changed(imei: string): void {
    this.dirtyStates.add(imei);
    this.revisions.touch(imei);
  }

  private takeUnsaved(): Unsaved {
    const imeis = [...this.dirtyStates];
    const journal = this.newJournal;
    this.dirtyStates.clear();
    this.newJournal = new Map();
    const seen = imeis.flatMap((imei) => this.seen.get(imei)?.takeChanged(imei) ?? []);
    const inbox = this.inbox.beginSave();
    return { imeis, pending: this.unknown.takeChanges(), seen, journal, inbox };
  }

  private giveBack({ imeis, pending, seen, journal }: Unsaved): void {
    for (const imei of imeis) if (this.devices.has(imei)) this.dirtyStates.add(imei);
    this.unknown.giveBack(pending);
    for (const [imei, chunks] of Map.groupBy(seen, (chunk) => chunk.imei))
      this.seen.get(imei)?.giveBack(chunks);
    for (const entry of [...this.newJournal.values()].flat()) push(journal, entry);
    this.newJournal = journal;
  }

  private setOnline(device: Device, live: LiveState, online: boolean, time: number): void {
    const { imei } = device;
    live.online = online;
    this.changed(imei);
    const entry: JournalEntry = { imei, time, change: online ? "online" : "offline", by: "" };
    push(this.newJournal, entry);
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
      this.unknown.remove(imei);
      if (device === null) {
        for (const known of [this.devices, this.states, this.seen, this.heard, this.newJournal])
          known.delete(imei);
        this.dirtyStates.delete(imei);
        this.connections.forget(imei);
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

  private tellEdit(imei: string): void {
    for (const listener of this.editListeners) listener(imei);
  }

  private tell(change: StatusChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

export function unknownDevice(imei: string): TrackerError {
  const message = `no device with IMEI ${imei} is registered`;
  return new TrackerError({ code: "DEVICE_UNKNOWN", path: "imei", message });
}

/** Adds an entry to the unsaved ones of its device, of which the oldest are forgotten as in the store. */
function push(journal: Map<string, JournalEntry[]>, entry: JournalEntry): void {
  const entries = [...(journal.get(entry.imei) ?? []), entry];
  journal.set(entry.imei, entries.slice(-JOURNAL_LENGTH));
}

function withoutDevice({ device: _, ...entry }: StatusChange): JournalEntry {
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
