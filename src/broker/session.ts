import { setTimeout as sleep } from "node:timers/promises";
import type { Identity } from "./access";
import type { BrokerClient } from "./aedes";
import type { Why } from "./events";
import type { GuardedStream } from "./guarded-stream";
import type { Hearer } from "./handover";
import type { MessageRate } from "./limits";

/** Where a connection comes from. */
export interface Origin {
  readonly address: string;
  /** What limits by address count by. */
  readonly key: string;
  readonly isLocal: boolean;
  readonly certificate: string | undefined;
}

/** One connection: who it is, since it has said so, and what it has asked for. */
export class Session implements Hearer {
  client: BrokerClient | undefined;
  stream: GuardedStream | undefined;
  identity: Identity | undefined;
  user = "";
  rate: MessageRate | undefined;
  /** Why it ends, where the broker ends it. */
  ending: Why | undefined;
  /** What a service has subscribed to. */
  readonly filters = new Set<string>();
  isListening = false;
  /** True from when aedes counts it among its clients. */
  isIn = false;
  /** A newer connection of the same client. */
  successor: Session | undefined;
  private turns: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(readonly origin: Origin) {}

  get isConnected(): boolean {
    return this.client !== undefined && !this.client.closed;
  }

  get imei(): string | null {
    return this.identity?.kind === "device" ? this.identity.account.imei : null;
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
