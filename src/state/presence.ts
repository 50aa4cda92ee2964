import type { Clock } from "../clock";
import type { LiveState } from "./live-state";
import type { States } from "./states";

/** What presence needs to know of devices. */
export interface PresencePort {
  isActive(imei: string): boolean;
  /** Milliseconds of silence after which a device is offline. */
  offlineAfter(imei: string): number;
  /** A device went online or offline. Wall clock. */
  changed(imei: string, online: boolean, at: number): void;
}

/** Who is online. Has no timers: {@link tick} is to be called every second or so. */
export class Presence {
  /** When a device that is online was last active, on the monotonic clock. */
  private readonly lastActivity = new Map<string, number>();

  constructor(
    private readonly states: States,
    private readonly clock: Clock,
    private readonly port: PresencePort,
  ) {}

  /** Takes over how things were with a device when its state was written. */
  load(imei: string, live: LiveState): void {
    // It was deactivated shortly before the end, and its state was not saved any more.
    if (!this.port.isActive(imei)) live.online = false;
    // Those that were online get the whole time to be heard again: nobody listened while this was not running.
    if (live.online) this.lastActivity.set(imei, this.clock.monotonic());
  }

  get online(): number {
    return this.lastActivity.size;
  }

  /** Takes in a sign of life; undefined where the device is not active. */
  activity(imei: string): LiveState | undefined {
    if (!this.port.isActive(imei)) return undefined;
    const now = this.clock.wall();
    const live = this.states.touch(imei, now);
    live.heard = true;
    this.lastActivity.set(imei, this.clock.monotonic());
    if (!live.online) this.set(imei, live, true, now);
    return live;
  }

  tick(): void {
    const now = this.clock.monotonic();
    for (const [imei, at] of this.lastActivity) {
      const live = this.states.get(imei);
      if (live === undefined) this.lastActivity.delete(imei);
      // Silent or not: the broker would have noticed if it were gone.
      else if (live.connection?.connected) this.lastActivity.set(imei, now);
      else if (now - at > this.port.offlineAfter(imei)) {
        this.lastActivity.delete(imei);
        this.set(imei, live, false, this.clock.wall());
      }
    }
  }

  /** A device that is no longer active is not online either; nobody is told of it. */
  end(imei: string): void {
    this.lastActivity.delete(imei);
    const live = this.states.get(imei);
    if (!live?.online) return;
    live.online = false;
    this.states.change(imei);
  }

  private set(imei: string, live: LiveState, online: boolean, now: number): void {
    live.online = online;
    this.states.change(imei);
    this.port.changed(imei, online, now);
  }
}
