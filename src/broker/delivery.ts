import type { Directory, Uplink } from "../fleet/directory";
import { Room } from "../room";

/** Whoever is subscribed: somebody that can go away. */
export interface Hearer {
  readonly isConnected: boolean;
}

/** What the hand-over needs of the broker. */
export interface Outlet {
  /** Services with a subscription that a topic fits, now. */
  hearers(topic: string): readonly Hearer[];
  /** Sends it to all that have subscribed; done once it is written to their connections. */
  publish(uplink: Uplink): Promise<void>;
  /** Told of a message that nobody subscribes to and that had to make room for newer ones. */
  gaveUp(uplink: Uplink): void;
}

/**
 * What waits for somebody to hear it, at most: a part of what the registry keeps (uplinks.ts), so that a topic that
 * no flow subscribes to does not take the room of the others.
 */
export const MAX_WAITING = 20_000;
export const MAX_WAITING_BYTES = 12 * 1024 * 1024;

/** Messages that are written and not done at the same time. */
const WINDOW = 50;
/**
 * A message that is written to a connection is not with the flow yet: it counts as delivered when the connection
 * has lived on for this time.
 */
const SETTLE_MS = 1000;

interface Sent {
  readonly uplink: Uplink;
  readonly to: readonly Hearer[];
  readonly at: number;
}

/**
 * Hands kept messages to the flow, in order, as soon as somebody is there to hear them. A message whose hearers
 * went away at once is handed over again: rather twice than never, since the registry knows repeated records.
 */
export class Handover {
  /** What nobody hears yet, by topic, oldest first. */
  private readonly waiting = new Map<string, Set<Uplink>>();
  /** The same by who sent it. */
  private readonly waitingOf = new Map<string, Set<Uplink>>();
  private waitingCount = 0;
  private readonly room = new Room(MAX_WAITING_BYTES, MAX_WAITING);
  private ready: Uplink[] = [];
  private sent: Sent[] = [];
  private sending = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly directory: Directory,
    private readonly outlet: Outlet,
  ) {
    for (const uplink of directory.kept()) this.wait(uplink);
    this.heard();
  }

  add(uplink: Uplink): void {
    if (this.closed) return;
    if (this.outlet.hearers(uplink.topic).length === 0) this.wait(uplink);
    else this.ready.push(uplink);
    this.pump();
  }

  /** Somebody has subscribed. */
  heard(): void {
    const found: Uplink[] = [];
    for (const [topic, uplinks] of this.waiting) {
      if (this.outlet.hearers(topic).length === 0) continue;
      for (const uplink of uplinks) {
        found.push(uplink);
        this.leave(uplink);
      }
    }
    if (found.length === 0) return;
    this.ready = this.ready.concat(found).sort((a, b) => a.id - b.id);
    this.pump();
  }

  /** How many wait for somebody to hear them. */
  get backlog(): number {
    return this.waitingCount + this.ready.length;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private wait(uplink: Uplink): void {
    addTo(this.waiting, uplink.topic, uplink);
    addTo(this.waitingOf, uplink.client, uplink);
    this.waitingCount++;
    this.room.take(uplink.client, uplink.payload.length);
    while (this.room.isFuller(1)) this.giveUp();
  }

  private leave(uplink: Uplink): void {
    removeFrom(this.waiting, uplink.topic, uplink);
    removeFrom(this.waitingOf, uplink.client, uplink);
    this.waitingCount--;
    this.room.release(uplink.client, uplink.payload.length);
  }

  /** Lets go the oldest message of the client that takes most room: nobody's sending costs others what they have. */
  private giveUp(): void {
    const [uplink] = this.waitingOf.get(this.room.largest ?? "") ?? [];
    if (uplink === undefined) return;
    this.leave(uplink);
    this.directory.delivered(uplink);
    this.outlet.gaveUp(uplink);
  }

  private pump(): void {
    let at = 0;
    for (; at < this.ready.length && this.sending < WINDOW && !this.closed; at++) {
      const uplink = this.ready[at] as Uplink;
      const to = this.outlet.hearers(uplink.topic);
      if (to.length === 0) this.wait(uplink);
      else void this.send(uplink, to);
    }
    this.ready.splice(0, at);
  }

  private async send(uplink: Uplink, to: readonly Hearer[]): Promise<void> {
    this.sending++;
    try {
      await this.outlet.publish(uplink);
      this.sent.push({ uplink, to, at: performance.now() });
      this.settleLater();
    } catch {
      this.wait(uplink);
    } finally {
      this.sending--;
      this.pump();
    }
  }

  private settleLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.settle(performance.now() - SETTLE_MS);
      if (this.sent.length > 0 && !this.closed) this.settleLater();
    }, SETTLE_MS / 4).unref();
  }

  private settle(until: number): void {
    const still = this.sent.findIndex(({ at }) => at > until);
    let lost = false;
    for (const { uplink, to } of this.sent.splice(0, still < 0 ? this.sent.length : still)) {
      if (to.some(({ isConnected }) => isConnected)) this.directory.delivered(uplink);
      else {
        this.wait(uplink);
        lost = true;
      }
    }
    if (lost) this.heard();
  }
}

function addTo(lists: Map<string, Set<Uplink>>, key: string, uplink: Uplink): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, new Set([uplink]));
  else list.add(uplink);
}

function removeFrom(lists: Map<string, Set<Uplink>>, key: string, uplink: Uplink): void {
  const list = lists.get(key);
  list?.delete(uplink);
  if (list?.size === 0) lists.delete(key);
}
