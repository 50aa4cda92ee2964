import { Alarms } from "../alarms/alarms";
import type { Clock } from "../clock";
import { CommandBook } from "../commands/book";
import { Dedupe } from "../dedupe/dedupe";
import type { AskedWhole } from "../dedupe/port";
import type { DeployedConfig, DeployedConfigs } from "../device-config/deployed";
import type { Device } from "../devices/device";
import { Devices } from "../devices/devices";
import { Fences } from "../fences/fences";
import { GROUP_MS, Inbox } from "../inbox/inbox";
import type { JournalEntry } from "../journal/entry";
import { Journal } from "../journal/journal";
import { Listeners } from "../listeners";
import { Days } from "../model/days";
import type { OwnRecord } from "../model/message";
import type { Owner } from "../owner";
import { ShareLinks } from "../shares/share-links";
import { Connections, ended } from "../state/connections";
import { type Marks, newestTime } from "../state/live";
import type { LiveState } from "../state/live-state";
import { Presence } from "../state/presence";
import { States } from "../state/states";
import { TripBook } from "../trips/trip-book";
import type { FleetHistory } from "./fleet-history";
import { Revisions } from "./revisions";
import type { Changes, Found, OwnerName, Ports, Store, StoredPage } from "./store";
import { type Shares, UnitOfWork } from "./unit-of-work";

export interface RegistrySettings {
  /** Id of the device config of devices that have none of their own; empty for none. */
  readonly deviceConfig: string;
  /** Milliseconds of silence after which a device is offline, where its device config does not say. */
  readonly offlineAfter: number;
  /** Milliseconds that a device's clock may be ahead. */
  readonly clockTolerance: number;
  /** Name in the IANA database, of the zone whose days people mean. */
  readonly timeZone: string;
}

/** Owners that have a part for each device, and take it page by page. */
const PAGED: readonly OwnerName[] = ["devices", "state"];

/** Something became of a device. `device` is how it is after it (before it, where it was removed). */
export interface StatusChange extends JournalEntry {
  readonly device: Device;
}

type OwnersByName = { readonly [Name in OwnerName]: Owner<Ports[Name]> };

/**
 * The owners, put together: who is told of what, and what is written with what. Everything is in memory; the store
 * has it too: what people change before they are told so, everything else with the next {@link flush}.
 */
export class FleetOwners {
  readonly revisions = new Revisions();
  readonly days: Days;
  readonly devices = new Devices();
  readonly states = new States((imei) => this.revisions.touch(imei));
  readonly dedupe: Dedupe;
  readonly journal = new Journal();
  readonly commands = new CommandBook();
  readonly fences = new Fences();
  readonly shareLinks = new ShareLinks();
  readonly trips = new TripBook();
  readonly alarms = new Alarms((imei) => this.revisions.touch(imei));
  readonly inbox: Inbox;
  readonly presence: Presence;
  readonly connections: Connections;
  readonly unitOfWork: UnitOfWork;
  /** How many events, changes of alarms and new unknown senders came in this run: what a person may want to see at once. */
  news = 0;

  /** Something became of a device. */
  readonly onStatus = new Listeners<[change: StatusChange]>();
  /** A record of an active device has come, and was taken in. */
  readonly onRecord = new Listeners<[record: OwnRecord, marks: Marks]>();
  /** A person has changed a device, or removed it. */
  readonly onEdit = new Listeners<[imei: string]>();

  private readonly owners: OwnersByName;

  constructor(
    store: Store,
    readonly deviceConfigs: DeployedConfigs,
    readonly settings: RegistrySettings,
    readonly clock: Clock,
    readonly history: FleetHistory,
  ) {
    const { devices, states: state, journal, commands, fences, shareLinks, trips, alarms } = this;
    this.days = new Days(settings.timeZone);
    alarms.onMessage.add(({ change }) => {
      if (change !== "update" && change !== "past") this.news++;
    });
    this.unitOfWork = new UnitOfWork(store, () => this.everything());
    this.dedupe = new Dedupe({
      newest: (imei) => newestTime(state.get(imei), clock.wall()),
      hasHistory: () => history.isLasting,
      wasSeen: (records) => this.wasSeen(records),
      monotonic: () => clock.monotonic(),
    });
    this.inbox = new Inbox(
      (changes) => this.exclusively(() => this.commit({ inbox: { changes: changes() } })),
      () => clock.monotonic(),
      store.kind === "memory" ? 0 : GROUP_MS,
      () => this.dedupe.waitingSince,
    );
    const { inbox, dedupe } = this;
    this.owners = { devices, state, dedupe, inbox, commands, journal, fences, shareLinks, trips, alarms };
    this.presence = new Presence(this.states, clock, {
      isActive: (imei) => devices.isActive(imei),
      offlineAfter: (imei) => this.offlineAfter(imei),
      changed: (imei, online, time) => {
        const entry: JournalEntry = { imei, time, change: online ? "online" : "offline", by: "" };
        journal.add(entry);
        const device = devices.get(imei);
        if (device !== undefined) this.onStatus.tell({ ...entry, device });
      },
    });
    this.connections = new Connections({
      hear: (imei) => this.presence.activity(imei),
      live: (imei) => this.states.get(imei),
      changed: (imei) => this.states.change(imei),
      shown: (imei) => this.revisions.touch(imei),
      now: () => clock.wall(),
    });
  }

  /**
   * Reads the store. `onFound` is told what was wrong with it, now or whenever it has to be opened again. Rejects as
   * {@link Store.open}.
   */
  async open(onFound: (found: Found) => void = () => undefined): Promise<void> {
    const stored = await this.unitOfWork.open(onFound, (page) => this.loadPage(page));
    this.loadPage({ devices: stored.devices.devices, state: stored.state });
    this.devices.load({ devices: [], pending: stored.devices.pending });
    for (const name of this.names.filter((one) => !PAGED.includes(one)))
      (this.owners[name] as Owner<Ports[typeof name]>).load(stored[name] as never);
    await this.history.open();
  }

  private loadPage({ devices, state }: StoredPage): void {
    this.devices.load({ devices, pending: [] });
    this.states.load(state);
    for (const [imei] of state) {
      const live = this.states.get(imei) as LiveState;
      this.presence.load(imei, live);
      if (live.connection?.connected) live.connection = ended(live.connection, live.lastSeen);
    }
  }

  /** Saves what is not saved yet and lets the store go. */
  async close(): Promise<void> {
    this.inbox.writeNow();
    try {
      await this.commitHistory();
      await this.flush();
    } finally {
      await this.history.close();
      await this.unitOfWork.close();
    }
  }

  /** Writes what came since the last time. Where that fails, it is kept for the next time. */
  flush(): Promise<void> {
    return this.exclusively(() =>
      this.commit(Object.fromEntries(this.names.map((name) => [name, this.owners[name].share()])) as Shares),
    );
  }

  /** Writes the history that came since the last time. Where that fails, it is kept for the next time. */
  async commitHistory(): Promise<void> {
    const [secured, committed] = [this.inbox.securing(), this.dedupe.committing()];
    await this.history.commit();
    committed(this.history.isLasting);
    secured();
  }

  /** By history, and by what is left of the time before there was one. */
  private async wasSeen(records: readonly AskedWhole[]): Promise<boolean[]> {
    const inHistory = await this.history.wasSeen(records).catch(() => []);
    const asked = records.map(({ record: _, ...rest }) => rest);
    const before = await this.exclusively(() => this.unitOfWork.use((store) => store.wasSeen(asked)));
    return records.map((_, at) => inHistory[at] === true || before[at] === true);
  }

  /** The device config that describes a device, where there is one. */
  configFor(device: Device): DeployedConfig | undefined {
    return this.deviceConfigs.get(device.deviceConfig || this.settings.deviceConfig);
  }

  /** The device config of a registered device. */
  configOf(imei: string): DeployedConfig | undefined {
    const device = this.devices.get(imei);
    return device && this.configFor(device);
  }

  /** Milliseconds of silence after which a device counts as offline. */
  offlineAfter(imei: string): number {
    return this.configOf(imei)?.offlineAfter ?? this.settings.offlineAfter;
  }

  counts(): { devices: number; active: number; online: number; pending: number } {
    return { ...this.devices.counts(), online: this.presence.online };
  }

  /** What became of a device, newest first. */
  journalOf(imei: string): Promise<JournalEntry[]> {
    const read = (asked: string) => this.unitOfWork.use((store) => store.journal(asked));
    return this.exclusively(() => this.journal.of(imei, read));
  }

  /** Does some work while nobody else writes. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.unitOfWork.exclusively(work);
  }

  /** Writes together; only inside {@link exclusively}. */
  commit(shares: Shares): Promise<void> {
    return this.unitOfWork.commit(shares);
  }

  /** The shares of all owners in the removal of devices. */
  forget(imeis: readonly string[]): Shares {
    return Object.fromEntries(this.names.map((name) => [name, this.owners[name].forget(imeis)])) as Shares;
  }

  private get names(): readonly OwnerName[] {
    return Object.keys(this.owners) as OwnerName[];
  }

  private everything(): Changes {
    return Object.fromEntries(this.names.map((name) => [name, this.owners[name].everything()])) as Changes;
  }
}
