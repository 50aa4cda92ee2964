import type { Profile } from "../../src/device-config/deployed";
import type { LiveState } from "../../src/devices/device";
import type { Registry } from "../../src/fleet/fleet";
import { rowOf } from "../../src/fleet/views";
import type { MapChanges, MapDevice, MapFeed, MapValue } from "../../src/map/feed";
import { type Fix, MemoryTrails, type Trails } from "../../src/map/trails";
import type { Position } from "../../src/model/message";
import { isNullIsland } from "../../src/model/position";
import { hasKnownTime } from "../../src/state/live";
import type { RegistryHost } from "../runtime/registry-host";

/** A day of a vehicle that drives for eight hours and reports every ten seconds. */
const LIMITS = { perDevice: 3000, bytes: 32 * 1024 * 1024 };

/** The devices of a registry, and where they were in this run, as a map needs them. */
export interface RegistrySource {
  readonly feed: MapFeed;
  readonly trails: Trails;
}

/** Trails are kept once for all maps of a registry, as long as that runs. */
const SOURCES = new WeakMap<RegistryHost, RegistrySource>();

export function sourceOf(host: RegistryHost): RegistrySource {
  let source = SOURCES.get(host);
  if (source === undefined) {
    const trails = new MemoryTrails(LIMITS);
    recordTrails(host, trails);
    source = { feed: new RegistryFeed(host), trails };
    SOURCES.set(host, source);
  }
  return source;
}

class RegistryFeed implements MapFeed {
  constructor(private readonly host: RegistryHost) {}

  get epoch(): string | undefined {
    return this.host.current === undefined ? undefined : this.host.epoch;
  }

  get revision(): number {
    return this.host.current?.revisions.current ?? 0;
  }

  since(revision: number | undefined): MapChanges {
    const registry = this.host.current;
    if (registry === undefined) return { revision: 0, full: true, devices: [], removed: [] };
    const now = registry.revisions.current;
    const changes = revision === undefined ? undefined : registry.revisions.since(revision);
    if (changes === undefined) {
      const devices = [...registry.allDevices()].flatMap(({ imei }) => deviceOf(registry, imei) ?? []);
      return { revision: now, full: true, devices, removed: [] };
    }
    const devices = changes.changed.flatMap((imei) => deviceOf(registry, imei) ?? []);
    const shown = new Set(devices.map(({ imei }) => imei));
    // Also one that was deactivated, or is pending.
    const others = changes.changed.filter((imei) => !shown.has(imei));
    return { revision: now, full: false, devices, removed: [...changes.removed, ...others] };
  }

  device(imei: string): MapDevice | undefined {
    return this.host.current === undefined ? undefined : deviceOf(this.host.current, imei);
  }

  values(imei: string): readonly MapValue[] {
    const registry = this.host.current;
    const live = registry?.live(imei);
    const device = registry?.device(imei);
    if (registry === undefined || live === undefined || device === undefined) return [];
    const profile = registry.profileOf(device);
    return live.keys.map((key, index) => ({
      key,
      value: live.values[index] ?? null,
      time: live.times[index] ?? 0,
      wired: wiredTo(key, profile),
    }));
  }
}

function deviceOf(registry: Registry, imei: string): MapDevice | undefined {
  const row = registry.device(imei)?.state === "active" ? rowOf(registry, imei) : undefined;
  if (row === undefined) return undefined;
  const { name, plate, group, status, lastSeen, ignition, speedUntil, ignitionUntil } = row;
  return {
    imei,
    name,
    plate,
    group,
    online: status === "online",
    lastSeen,
    fix: lastFix(registry.live(imei)),
    speedUntil: speedUntil ?? null,
    ignition,
    ignitionUntil: ignitionUntil ?? null,
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

function wiredTo(key: string, profile: Profile | undefined): string {
  const [, kind, digit] = /^(input|output)(\d)$/.exec(key) ?? [];
  const names = kind === "input" ? profile?.inputNames : profile?.outputNames;
  return kind === undefined ? "" : (names?.[Number(digit) - 1]?.trim() ?? "");
}

/** The registry may open only later, and then tells of records. */
function recordTrails(host: RegistryHost, trails: MemoryTrails): void {
  let followed: Registry | undefined;
  const follow = () => {
    const registry = host.current;
    if (registry === undefined || registry === followed) return;
    followed = registry;
    registry.onRecord((record, marks) => {
      const isSure = hasKnownTime(marks) && !marks.duplicate && !marks.otherProtocol;
      if (record.kind === "file" || record.position === undefined || !isSure) return;
      const fix = fixOf(record.position, record.time);
      if (fix !== undefined) trails.add(record.imei, fix);
    });
    registry.onChange(({ imei, change }) => {
      if (change === "removed") trails.forget(imei);
    });
  };
  follow();
  host.onTick(follow);
}
