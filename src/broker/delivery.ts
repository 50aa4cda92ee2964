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
  /** Since when a service is there that has subscribed to anything, on the monotonic clock; undefined while none is. */
  flowSince(): number | undefined;
  /** Sends it to all that have subscribed; done once it is written to their connections. */
  publish(message: InboxMessage): Promise<void>;
  /** Told of a message that nobody subscribes to and that had to make room for newer ones. */
  gaveUp(message: InboxMessage): void;
}

/**
 * What topics that the flow does not subscribe to may keep, at most: a part of what the registry keeps (inbox.ts), so that
 * they do not take the room of the others.
 */
export const MAX_WAITING = 20_000;
export const MAX_WAITING_BYTES = 12 * 1024 * 1024;
/** A flow that has been there for so long has subscribed to all that it ever will (milliseconds). */
const PATIENCE_MS = 60_000;

/** Messages that are written and not done at the same time. */
export const WINDOW = 1000;
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

/** Messages of a topic that nobody hears. */
interface Unheard {
  /** Oldest first. */
  readonly messages: Set<InboxMessage>;
  readonly since: number;
  /** The flow has had the time to subscribe to it, so that they may be given up. */
  isUnwanted: boolean;
}

/** A message that is to be sent as soon as few enough are on their way. */
interface Ready {
  readonly message: InboxMessage;
  begun?(): void;
}

/**
 * Hands kept messages to the flow, in order, as soon as somebody is there to hear them. A message whose hearers
 * went away at once is handed over again: rather twice than never, since the registry knows repeated records.
 * What waits for the flow is given up only where a flow is there that does not want it.
 */
export class InboxDelivery {
  /** What nobody hears yet, by topic. */
  private readonly waiting = new Map<string, Unheard>();
  private waitingCount = 0;
  /** What of it may be given up, by who sent it. */
  private readonly unwantedOf = new Map<string, Set<InboxMessage>>();
  private readonly room = new Room(MAX_WAITING_BYTES, MAX_WAITING);
  private ready: Ready[] = [];
  /** What could not be stored after all: its sender has it still. */
  private readonly withdrawn = new WeakSet<InboxMessage>();
  private sent: Sent[] = [];
  private sending = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly directory: Directory,
    private readonly outlet: Outlet,
    private readonly patience = PATIENCE_MS,
    private readonly now = () => performance.now(),
  ) {
    for (const message of directory.kept()) this.wait(message);
    this.heard();
  }

  /**
   * Takes a message for the flow. Done when it is on its way, or waits for somebody to hear it: no sooner than that is its
   * sender to have an answer, or more would come than the flow takes. Undefined where that is at once.
   */
  add(message: InboxMessage, to = this.hearers(message.topic)): Promise<void> | undefined {
    if (this.closed) return undefined;
    if (to.length === 0) {
      this.wait(message);
      return undefined;
    }
    if (this.ready.length === 0 && this.sending < WINDOW) {
      void this.send(message, to);
      return undefined;
    }
    return new Promise((begun) => this.ready.push({ message, begun }));
  }

  /** Who hears a topic. */
  hearers(topic: string): readonly Hearer[] {
    return this.outlet.hearers(topic);
  }

  /** Forgets a message that could not be stored, as far as it is not with the flow. */
  withdraw(message: InboxMessage): void {
    this.withdrawn.add(message);
    if (this.waiting.get(message.topic)?.messages.has(message)) this.leave(message);
  }

  /** Somebody has subscribed. */
  heard(): void {
    const found: InboxMessage[] = [];
    for (const [topic, { messages }] of this.waiting) {
      if (this.hearers(topic).length === 0) continue;
      for (const message of messages) {
        found.push(message);
        this.leave(message);
      }
    }
    if (found.length === 0) return;
    const ready = found.map((message): Ready => ({ message }));
    this.ready = this.ready.concat(ready).sort((a, b) => a.message.id - b.message.id);
    this.pump();
  }

  /** How many wait for somebody to hear them. */
  get backlog(): number {
    return this.waitingCount + this.ready.length;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const { begun } of this.ready) begun?.();
  }

  private wait(message: InboxMessage): void {
    if (this.withdrawn.has(message)) return;
    const { topic } = message;
    const unheard = this.waiting.get(topic) ?? { messages: new Set(), since: this.now(), isUnwanted: false };
    this.waiting.set(topic, unheard);
    unheard.messages.add(message);
    this.waitingCount++;
    if (unheard.isUnwanted) this.unwanted(message);
    else if (this.isUnwanted(unheard)) {
      unheard.isUnwanted = true;
      for (const one of unheard.messages) this.unwanted(one);
    }
    while (this.room.isFuller(1)) this.giveUp();
  }

  private isUnwanted({ since }: Unheard): boolean {
    const flow = this.outlet.flowSince();
    return flow !== undefined && this.now() - Math.max(since, flow) >= this.patience;
  }

  private unwanted(message: InboxMessage): void {
    const ofClient = this.unwantedOf.get(message.client) ?? new Set();
    this.unwantedOf.set(message.client, ofClient.add(message));
    this.room.take(message.client, message.payload.length);
  }

  private leave(message: InboxMessage): void {
    const { topic, client } = message;
    const unheard = this.waiting.get(topic);
    unheard?.messages.delete(message);
    if (unheard?.messages.size === 0) this.waiting.delete(topic);
    this.waitingCount--;
    const ofClient = this.unwantedOf.get(client);
    if (!ofClient?.delete(message)) return;
    if (ofClient.size === 0) this.unwantedOf.delete(client);
    this.room.release(client, message.payload.length);
  }

  /** Lets go the oldest message of the client that takes most room: nobody's sending costs others what they have. */
  private giveUp(): void {
    const [message] = this.unwantedOf.get(this.room.largest ?? "") ?? [];
    if (message === undefined) return;
    this.leave(message);
    this.directory.delivered(message);
    this.outlet.gaveUp(message);
  }

  private pump(): void {
    let at = 0;
    for (; at < this.ready.length && this.sending < WINDOW && !this.closed; at++) {
      const { message, begun } = this.ready[at] as Ready;
      const to = this.outlet.hearers(message.topic);
      if (to.length === 0) this.wait(message);
      else void this.send(message, to);
      begun?.();
    }
    if (at > 0) this.ready.splice(0, at);
  }

  private async send(message: InboxMessage, to: readonly Hearer[]): Promise<void> {
    this.sending++;
    try {
      await this.outlet.publish(message);
      this.sent.push({ message, to, at: this.now() });
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
      this.settle(this.now() - SETTLE_MS);
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
