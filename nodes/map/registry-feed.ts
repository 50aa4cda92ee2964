import { isRingingAlarm } from "../../src/alarms/alarm";
import { wiredName } from "../../src/device-config/wired-name";
import type { Fleet } from "../../src/fleet/fleet";
import type { FleetLife } from "../../src/fleet/life";
import { rowOf } from "../../src/fleet/views";
import type { MapChanges, MapDevice, MapFeed, MapValue } from "../../src/map/feed";
import { type Fix, HistoryTrails, type Trails } from "../../src/map/trails";
import type { Position } from "../../src/model/message";
import { isNullIsland } from "../../src/model/position";
import { timeAt } from "../../src/state/attributes";
import type { LiveState } from "../../src/state/live-state";

/** The devices of a fleet, and where they were, as a map needs them. */
export interface RegistrySource {
  readonly feed: MapFeed;
  readonly trails: Trails;
  /** Undefined while the registry is not open. */
  readonly fleet: () => Fleet | undefined;
}

export function sourceOf(life: FleetLife): RegistrySource {
  const fleet = () => life.current;
  const trails = new HistoryTrails(() => fleet()?.history.asked, Date.now);
  return { feed: new RegistryFeed(life), trails, fleet };
}

class RegistryFeed implements MapFeed {
  constructor(private readonly life: FleetLife) {}

  get epoch(): string | undefined {
    return this.life.current === undefined ? undefined : this.life.epoch;
  }

  get revision(): number {
    return this.life.current?.revisions.current ?? 0;
  }

  since(revision: number | undefined): MapChanges {
    const fleet = this.life.current;
    if (fleet === undefined) return { revision: 0, full: true, devices: [], removed: [] };
    const now = fleet.revisions.current;
    const changes = revision === undefined ? undefined : fleet.revisions.since(revision);
    if (changes === undefined) {
      const devices = [...fleet.devices.all()].flatMap(({ imei }) => deviceOf(fleet, imei) ?? []);
      return { revision: now, full: true, devices, removed: [] };
    }
    const devices = changes.changed.flatMap((imei) => deviceOf(fleet, imei) ?? []);
    const shown = new Set(devices.map(({ imei }) => imei));
    // Also one that was deactivated, or is pending.
    const others = changes.changed.filter((imei) => !shown.has(imei));
    return { revision: now, full: false, devices, removed: [...changes.removed, ...others] };
  }

  device(imei: string): MapDevice | undefined {
    return this.life.current === undefined ? undefined : deviceOf(this.life.current, imei);
  }

  values(imei: string): readonly MapValue[] {
    const fleet = this.life.current;
    const live = fleet?.states.get(imei);
    const device = fleet?.devices.get(imei);
    if (fleet === undefined || live === undefined || device === undefined) return [];
    const config = fleet.configFor(device);
    return live.keys.map((key, index) => ({
      key,
      value: live.values[index] ?? null,
      time: timeAt(live, index),
      wired: wiredName(key, config),
    }));
  }
}

function deviceOf(fleet: Fleet, imei: string): MapDevice | undefined {
  const row = fleet.devices.get(imei)?.state === "active" ? rowOf(fleet, imei) : undefined;
  if (row === undefined) return undefined;
  const { name, plate, group, status, lastSeen, ignition, speedUntil, ignitionUntil, alarms } = row;
  return {
    imei,
    name,
    plate,
    group,
    online: status === "online",
    lastSeen,
    fix: lastFix(fleet.states.get(imei)),
    speedUntil: speedUntil ?? null,
    ignition,
    ignitionUntil: ignitionUntil ?? null,
    alarmSince: alarms?.find(isRingingAlarm)?.begin ?? null,
  };
}

function lastFix(live: LiveState | undefined): Fix | null {
  return live?.position == null ? null : (fixOf(live.position, live.position.time) ?? null);
}

/** Undefined where a position is not a place. */
function fixOf({ valid, latitude, longitude, speed, course }: Position, time: number): Fix | undefined {
  if (!valid || latitude === null || longitude === null || isNullIsland(latitude, longitude))
    return undefined;
  return { time, latitude, longitude, speed: speed ?? null, course: course ?? null };
}
