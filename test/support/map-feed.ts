import type { MapChanges, MapDevice, MapFeed } from "../../src/map/feed";
import { MINUTE, START } from "./registry";

/** A van that drives. */
export const mapDevice = (imei: string, rest: Partial<MapDevice> = {}): MapDevice => ({
  imei,
  name: `van ${imei.slice(-2)}`,
  plate: "AB 12",
  group: "vans",
  online: true,
  lastSeen: START,
  fix: { time: START, latitude: 54.687_212_34, longitude: 25.279_712_34, speed: 43.26, course: 89.6 },
  speedUntil: START + 10 * MINUTE,
  ignition: true,
  ignitionUntil: START + 10 * MINUTE,
  alarmSince: null,
  ...rest,
});

/** Devices that are changed one after another. */
export class SampleFeed implements MapFeed {
  epoch: string | undefined = "e";
  revision = 0;
  private readonly devices = new Map<string, MapDevice>();
  private readonly changes: string[] = [];

  put(one: MapDevice): void {
    this.devices.set(one.imei, one);
    this.changes[this.revision++] = one.imei;
  }

  remove(imei: string): void {
    this.devices.delete(imei);
    this.changes[this.revision++] = imei;
  }

  since(revision: number | undefined): MapChanges {
    const full = revision === undefined || revision > this.revision;
    const changed = full ? [...this.devices.keys()] : [...new Set(this.changes.slice(revision))];
    const devices = changed.flatMap((imei) => this.devices.get(imei) ?? []);
    const removed = changed.filter((imei) => !this.devices.has(imei));
    return { revision: this.revision, full, devices, removed };
  }

  device(imei: string): MapDevice | undefined {
    return this.devices.get(imei);
  }

  values(): [] {
    return [];
  }
}
