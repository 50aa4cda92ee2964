import type { Device } from "../devices/device";
import type { Change } from "../journal/entry";
import { inSlices } from "../slices";
import type { FleetOwners, StatusChange } from "./owners";

/** What came of restoring from a copy: how many devices were added, and how many were there already. */
export interface Restored {
  readonly copy: string;
  readonly added: number;
  readonly kept: number;
}

/** How devices are afterwards, by IMEI; null removes. */
export type Plan = ReadonlyMap<string, Device | null>;

/** Who has to finish something of devices before they are removed; nothing else is written meanwhile. */
export type RemovalListener = (imeis: readonly string[]) => Promise<void>;

/** What people change of devices: all of it is in the store before anybody is told of it. */
export class DeviceChanges {
  private readonly removalListeners = new Set<RemovalListener>();

  constructor(private readonly fleet: FleetOwners) {}

  /** Asks before devices are removed; where that is rejected, they stay. Returns how to stop it. */
  onRemoval(listener: RemovalListener): () => void {
    this.removalListeners.add(listener);
    return () => this.removalListeners.delete(listener);
  }

  /**
   * Changes devices, all or none: `plan` says how each is afterwards (null: removed, also an unknown sender), on
   * what there is when it is its turn. Resolves when the store has it. `by` says who did it. The history of devices that
   * are removed goes after that, unless it is among the `kept`.
   */
  async change(
    plan: () => Plan | Promise<Plan>,
    by: string,
    kept: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    const { fleet } = this;
    let deletion: Promise<unknown> | undefined;
    await fleet.exclusively(async () => {
      const devices = await plan();
      if (devices.size === 0) return;
      const removed = [...devices].flatMap(([imei, device]) => (device === null ? [imei] : []));
      if (removed.length > 0) for (const listener of this.removalListeners) await listener(removed);
      const time = fleet.clock.wall();
      const changes = [...devices].flatMap(([imei, after]) => this.changesOf(imei, after, time, by));
      // The journal of a removed device goes with it.
      const entries = changes.filter(({ change }) => change !== "removed").map(withoutDevice);
      await fleet.commit({
        ...(removed.length > 0 ? fleet.forget(removed) : {}),
        devices: fleet.devices.write(devices),
        journal: fleet.journal.write(entries, removed),
      });
      // A sender that was never registered has none, or one that somebody chose to keep.
      const left = changes.flatMap(({ imei, change }) =>
        change === "removed" && !kept.has(imei) ? [imei] : [],
      );
      deletion = fleet.history.remove(left);
      for (const [imei, device] of devices) this.applied(imei, device);
      await inSlices(changes, (change) => fleet.onStatus.tell(change));
      await inSlices([...devices.keys()], (imei) => fleet.onEdit.tell(imei));
    });
    await deletion;
  }

  /** Takes unknown senders out of sight, or back into it. */
  ignore(imeis: readonly string[], ignored: boolean): Promise<void> {
    const { fleet } = this;
    return fleet.exclusively(async () => {
      await fleet.commit({ devices: fleet.devices.ignore(imeis, ignored) });
      for (const imei of imeis) fleet.revisions.touch(imei);
    });
  }

  /**
   * Adds the devices of a copy of the store that are not there any more, with their last state; those that are there
   * stay as they are. Rejects with `COPY_UNKNOWN`.
   */
  async restore(wanted: string | undefined, by: string): Promise<Restored> {
    const { fleet } = this;
    const { name, devices, states } = await fleet.exclusively(() =>
      fleet.unitOfWork.use((store) => store.readCopy(wanted)),
    );
    let missing: Device[] = [];
    await this.change(() => {
      missing = devices.filter(({ imei }) => fleet.devices.get(imei) === undefined);
      return new Map(missing.map((device) => [device.imei, device]));
    }, by);
    const added = new Set(missing.map(({ imei }) => imei));
    for (const [imei, { connection: _, ...kept }] of states) {
      if (added.has(imei)) fleet.states.restore(imei, { ...kept, online: false });
    }
    return { copy: name, added: added.size, kept: devices.length - added.size };
  }

  private applied(imei: string, device: Device | null): void {
    const { connections, presence, revisions } = this.fleet;
    if (device?.state !== "active") presence.end(imei);
    if (device === null) {
      connections.forget(imei);
      revisions.remove(imei);
    } else {
      revisions.touch(imei);
    }
  }

  private changesOf(imei: string, after: Device | null, time: number, by: string): StatusChange[] {
    const before = this.fleet.devices.get(imei);
    const entry = (change: Change, device: Device): StatusChange => ({ imei, time, change, by, device });
    if (after === null) return before === undefined ? [] : [entry("removed", before)];
    const changes = before === undefined ? [entry("registered", after)] : [];
    if (after.state === (before?.state ?? "registered")) return changes;
    return [...changes, entry(after.state === "active" ? "activated" : "deactivated", after)];
  }
}

function withoutDevice({ device: _, ...entry }: StatusChange): Omit<StatusChange, "device"> {
  return entry;
}
