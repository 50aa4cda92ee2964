import { setTimeout as sleep } from "node:timers/promises";
import type { Denial, Identity } from "./access";
import type { BrokerClient } from "./aedes";
import type { Hearer } from "./delivery";
import { Quiet, type Why } from "./events";
import { fits } from "./filters";
import type { GuardedStream } from "./guarded-stream";
import type { MessageRate } from "./limits";

/** Where a connection comes from. */
export interface ConnectionOrigin {
  readonly address: string;
  /** What limits by address count by. */
  readonly key: string;
  readonly isLocal: boolean;
  readonly certificate: string | undefined;
}

/** Subscriptions that a connection may have: a service's flow may have one for each device. */
const MAX_FILTERS = { service: 10_000, others: 100 };
/** Characters of a filter, on average. */
const FILTER_LENGTH = 200;
const QUIET_MS = 60_000;
const MAX_QUIET = 1000;

/** One connection: who it is, since it has said so, and what it has asked for. */
export class Session implements Hearer {
  client: BrokerClient | undefined;
  stream: GuardedStream | undefined;
  identity: Identity | undefined;
  user = "";
  /** Its client id is one that only devices have. */
  isNamedAsDevice = false;
  rate: MessageRate | undefined;
  /** Why it ends, where the broker ends it. */
  ending: Why | undefined;
  /** Since when a service has subscriptions, by `performance.now()`. */
  hearsSince: number | undefined;
  /** What a service has subscribed to. */
  private readonly filters = new Set<string>();
  /** What is told of it once in a while. */
  readonly quiet = new Quiet(QUIET_MS, MAX_QUIET);
  isListening = false;
  /** True from when aedes counts it among its clients. */
  isIn = false;
  /** A newer connection of the same client. */
  successor: Session | undefined;
  /** What it was granted, from when it asks. */
  private readonly asked = new Set<string>();
  private askedLength = 0;
  /** What it has asked for that is no filter, by what aedes is shown for it. */
  private readonly standIns = new Map<string, string>();
  private standInCount = 0;
  private turns: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(readonly origin: ConnectionOrigin) {}

  get isConnected(): boolean {
    return this.client !== undefined && !this.client.closed;
  }

  get imei(): string | null {
    return this.identity?.kind === "device" ? this.identity.account.imei : null;
  }

  /** A service has subscribed. */
  hear(filters: readonly string[]): void {
    this.hearsSince ??= performance.now();
    for (const filter of filters) this.filters.add(filter);
  }

  /** Whether a service has a subscription that a topic fits. */
  hears(topic: string): boolean {
    for (const filter of this.filters) if (fits(filter, topic)) return true;
    return false;
  }

  /** Counts one more filter, or says why that is too many. */
  ask(filter: string): Denial | undefined {
    if (this.asked.has(filter)) return undefined;
    const most = MAX_FILTERS[this.identity?.kind === "service" ? "service" : "others"];
    const length = this.askedLength + filter.length;
    if (this.asked.size >= most || length > most * FILTER_LENGTH) {
      return { code: "FILTERS", reason: `it has ${this.asked.size} subscriptions, and may have no more` };
    }
    this.asked.add(filter);
    this.askedLength = length;
    return undefined;
  }

  unask(filter: string): void {
    if (this.asked.delete(filter)) this.askedLength -= filter.length;
    this.filters.delete(filter);
  }

  /** What to show aedes for a filter that is none. */
  standIn(filter: string): string {
    const shown = `\0${this.standInCount++}`;
    this.standIns.set(shown, filter);
    return shown;
  }

  /** The filter that aedes was shown this for. */
  takeStandIn(shown: string): string | undefined {
    const filter = this.standIns.get(shown);
    this.standIns.delete(shown);
    return filter;
  }

  /** Waits where it sends too fast, one message after the other; undefined where it need not wait. */
  turn(now: number): Promise<unknown> | undefined {
    const wait = this.rate?.take(now) ?? 0;
    if (wait <= 0 && this.waiting === 0) return undefined;
    if (this.waiting++ === 0) this.stream?.hold();
    this.turns = this.turns.then(async () => {
      if (this.isConnected)
        await sleep(Math.max(0, now + wait - performance.now()), undefined, { ref: false });
      if (--this.waiting === 0) this.stream?.letGo();
    });
    return this.turns;
  }
}
