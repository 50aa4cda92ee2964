import type { Directory } from "../fleet/directory";
import type { InboxMessage } from "../inbox/port";
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
  publish(message: InboxMessage): Promise<void>;
  /** Told of a message that nobody subscribes to and that had to make room for newer ones. */
  gaveUp(message: InboxMessage): void;
}

/**
 * What waits for somebody to hear it, at most: a part of what the registry keeps (inbox.ts), so that a topic that
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
  readonly message: InboxMessage;
  readonly to: readonly Hearer[];
  readonly at: number;
}

/**
 * Hands kept messages to the flow, in order, as soon as somebody is there to hear them. A message whose hearers
 * went away at once is handed over again: rather twice than never, since the registry knows repeated records.
 */
export class InboxDelivery {
  /** What nobody hears yet, by topic, oldest first. */
  private readonly waiting = new Map<string, Set<InboxMessage>>();
  /** The same by who sent it. */
  private readonly waitingOf = new Map<string, Set<InboxMessage>>();
  private waitingCount = 0;
  private readonly room = new Room(MAX_WAITING_BYTES, MAX_WAITING);
  private ready: InboxMessage[] = [];
  private sent: Sent[] = [];
  private sending = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly directory: Directory,
    private readonly outlet: Outlet,
  ) {
    for (const message of directory.kept()) this.wait(message);
    this.heard();
  }

  add(message: InboxMessage): void {
    if (this.closed) return;
    if (this.outlet.hearers(message.topic).length === 0) this.wait(message);
    else this.ready.push(message);
    this.pump();
  }

  /** Somebody has subscribed. */
  heard(): void {
    const found: InboxMessage[] = [];
    for (const [topic, inbox] of this.waiting) {
      if (this.outlet.hearers(topic).length === 0) continue;
      for (const message of inbox) {
        found.push(message);
        this.leave(message);
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

  private wait(message: InboxMessage): void {
    addTo(this.waiting, message.topic, message);
    addTo(this.waitingOf, message.client, message);
    this.waitingCount++;
    this.room.take(message.client, message.payload.length);
    while (this.room.isFuller(1)) this.giveUp();
  }

  private leave(message: InboxMessage): void {
    removeFrom(this.waiting, message.topic, message);
    removeFrom(this.waitingOf, message.client, message);
    this.waitingCount--;
    this.room.release(message.client, message.payload.length);
  }

  /** Lets go the oldest message of the client that takes most room: nobody's sending costs others what they have. */
  private giveUp(): void {
    const [message] = this.waitingOf.get(this.room.largest ?? "") ?? [];
    if (message === undefined) return;
    this.leave(message);
    this.directory.delivered(message);
    this.outlet.gaveUp(message);
  }

  private pump(): void {
    let at = 0;
    for (; at < this.ready.length && this.sending < WINDOW && !this.closed; at++) {
      const message = this.ready[at] as InboxMessage;
      const to = this.outlet.hearers(message.topic);
      if (to.length === 0) this.wait(message);
      else void this.send(message, to);
    }
    this.ready.splice(0, at);
  }

  private async send(message: InboxMessage, to: readonly Hearer[]): Promise<void> {
    this.sending++;
    try {
      await this.outlet.publish(message);
      this.sent.push({ message, to, at: performance.now() });
      this.settleLater();
    } catch {
      this.wait(message);
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
    for (const { message, to } of this.sent.splice(0, still < 0 ? this.sent.length : still)) {
      if (to.some(({ isConnected }) => isConnected)) this.directory.delivered(message);
      else {
        this.wait(message);
        lost = true;
      }
    }
    if (lost) this.heard();
  }
}

function addTo(lists: Map<string, Set<InboxMessage>>, key: string, message: InboxMessage): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, new Set([message]));
  else list.add(message);
}

function removeFrom(lists: Map<string, Set<InboxMessage>>, key: string, message: InboxMessage): void {
  const list = lists.get(key);
  list?.delete(message);
  if (list?.size === 0) lists.delete(key);
}
