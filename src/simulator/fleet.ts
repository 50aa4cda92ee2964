import { shown, TrackerError } from "../errors";
import { type Behaviour, type Send, VirtualDevice } from "./device";
import { EVENT_NAMES, type EventName } from "./events";
import type { Execution } from "./outputs";
import type { PlannedDevice } from "./plan";
import { Random } from "./random";
import type { Route } from "./route";

export interface FleetSettings extends Behaviour {
  readonly devices: readonly PlannedDevice[];
  /** At least one; devices are spread over them. */
  readonly routes: readonly Route[];
  readonly seed: string;
  /** Epoch milliseconds. */
  readonly start: number;
}

/**
 * Virtual devices whose time goes on only when it is told to. With the same settings they send the same bytes at
 * the same times, in however many steps the time goes on.
 */
export class VirtualFleet {
  readonly devices: readonly VirtualDevice[];
  private readonly byImei: ReadonlyMap<string, VirtualDevice>;
  private readonly random: Random;
  private now: number;
  /** Begin of the second that is being worked on, and the first device that has not lived through it. */
  private second: number;
  private next = 0;

  constructor({ devices, routes, seed, start, ...behaviour }: FleetSettings) {
    this.devices = devices.map(
      (planned, index) => new VirtualDevice(planned, routes[index % routes.length] as Route, seed, behaviour),
    );
    this.byImei = new Map(this.devices.map((device) => [device.imei, device]));
    this.random = new Random(seed);
    this.now = start;
    this.second = start;
  }

  /** Epoch milliseconds. */
  get time(): number {
    return this.now;
  }

  device(imei: string): VirtualDevice | undefined {
    return this.byImei.get(imei);
  }

  /** Lets the time go on to `to`. Each device has its own moment in a second, so that they do not all send at once. */
  advance(to: number, send: Send): void {
    const { devices } = this;
    const between = 1000 / devices.length;
    while (devices.length > 0) {
      const moment = this.second + Math.floor(this.next * between);
      if (moment >= to) break;
      (devices[this.next] as VirtualDevice).step(moment, send);
      if (++this.next < devices.length) continue;
      this.next = 0;
      this.second += 1000;
    }
    this.now = Math.max(this.now, to);
  }

  /** Sets the time to `to` without anything happening in between, as after the computer was asleep. */
  skip(to: number): void {
    this.second += Math.max(0, Math.floor((to - this.now) / 1000)) * 1000;
    this.now = Math.max(this.now, to);
  }

  /** Gives a device a frame from its output control topic; undefined where it is not one of these. */
  execute(imei: string, frame: Uint8Array): Execution | undefined {
    return this.byImei.get(imei)?.execute(frame, this.now);
  }

  /**
   * Lets an event happen to a device, or, without one, to any that it can happen to now, if possible to one that is
   * connected and so can tell of it at once; returns whose it was. One that may wait happens as soon as it can.
   * Throws `EVENT_UNKNOWN`, `DEVICE_UNKNOWN` or `EVENT_IMPOSSIBLE`.
   */
  trigger(event: unknown, imei?: string, mayWait = false): string {
    const name = EVENT_NAMES.find((known) => known === event);
    if (name === undefined) {
      const message = `there is no event ${shown(event)}; there are ${EVENT_NAMES.join(", ")}`;
      throw new TrackerError({ code: "EVENT_UNKNOWN", path: "event", message });
    }
    const device = imei === undefined ? this.any(name, mayWait) : this.byImei.get(imei);
    if (device === undefined) {
      const message = `there is no device ${shown(imei)} in this simulator`;
      throw new TrackerError({ code: "DEVICE_UNKNOWN", path: "imei", message });
    }
    device.trigger(name, this.now, mayWait);
    return device.imei;
  }

  private any(name: EventName, mayWait: boolean): VirtualDevice {
    const now = this.devices.filter((device) => device.can(name));
    const able =
      now.length > 0 || !mayWait ? now : this.devices.filter(({ model }) => model.events.includes(name));
    const connected = able.filter((device) => device.connected);
    const among = connected.length > 0 ? connected : able;
    const device = among[this.random.whole(0, among.length - 1)];
    if (device !== undefined) return device;
    const message = `no device can have the event ${name} now`;
    throw new TrackerError({ code: "EVENT_IMPOSSIBLE", path: "event", message });
  }
}
