import { connect, type IClientOptions, type MqttClient } from "mqtt";
import type { Problem } from "../../src/errors";
import { attempt } from "../runtime/problems";

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** With TLS: refuse a broker whose certificate cannot be verified. */
  readonly verify: boolean;
}

/** One connection to the broker: that of a device, or of a cloud that speaks for many. */
export interface Account {
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
  /** What it subscribes to; empty for none. */
  readonly topic: string;
  /** It can send now, or no longer. */
  ready(ready: boolean): void;
  heard(topic: string, payload: Buffer): void;
}

/** Connections that are begun in a second. */
const STARTS_PER_SECOND = 50;
const START_EVERY_MS = 100;
/** Milliseconds before the first attempt to connect again; doubled with each, and by chance half as long to once and a half. */
const BACK_OFF = { first: 1000, most: 15_000 } as const;
/** Messages that the broker has not acknowledged; above that the device keeps what it has to say. */
const MAX_UNACKNOWLEDGED = 20;

/** Connections of virtual devices to a broker: begun one after the other, and again when they are lost. */
export class FleetConnections {
  private readonly connections: readonly Connection[];
  private starter: NodeJS.Timeout | undefined;

  constructor(
    address: BrokerAddress,
    accounts: readonly Account[],
    complain: (problem: Problem) => void,
    private readonly startsPerSecond = STARTS_PER_SECOND,
  ) {
    this.connections = accounts.map((account) => new Connection(address, account, complain));
  }

  /** Begins a moment later, when a broker that is deployed with it listens. */
  open(): void {
    let next = 0;
    const some = () => {
      const end = Math.min(next + (this.startsPerSecond * START_EVERY_MS) / 1000, this.connections.length);
      while (next < end) this.connections[next++]?.open();
      if (next === this.connections.length) clearInterval(this.starter);
    };
    this.starter = setInterval(some, START_EVERY_MS);
  }

  /** Publishes at QoS 1 on the connection with this index. */
  publish(index: number, topic: string, payload: Buffer | string): void {
    this.connections[index]?.publish(topic, payload);
  }

  /** Ends all connections and attempts at once; resolves when their sockets are closed. */
  async close(): Promise<void> {
    clearInterval(this.starter);
    await Promise.all(this.connections.map((connection) => connection.close()));
  }
}

class Connection {
  private readonly address: BrokerAddress;
  private readonly account: Account;
  private readonly complain: (problem: Problem) => void;
  private client: MqttClient | undefined;
  private retry: NodeJS.Timeout | undefined;
  private attempts = 0;
  private unacknowledged = 0;
  private connected = false;
  private isReady = false;
  private closed = false;

  constructor(address: BrokerAddress, account: Account, complain: (problem: Problem) => void) {
    this.address = address;
    this.account = account;
    this.complain = complain;
  }

  /** Called by timers, so it does not throw. */
  open(): void {
    const { value: client, problem } = attempt(() => connect(options(this.address, this.account)));
    if (client === undefined) {
      this.complain({ ...problem, code: "BROKER" });
      return;
    }
    this.client = client;
    client.on("connect", () => this.subscribe(client));
    client.on("message", (topic, payload) => this.account.heard(topic, payload));
    client.on("error", (error) => this.complain(this.problem(error)));
    client.on("close", () => this.lost());
  }

  publish(topic: string, payload: Buffer | string): void {
    this.unacknowledged++;
    this.client?.publish(topic, payload, { qos: 1 }, () => {
      this.unacknowledged--;
      this.tell();
    });
    this.tell();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    this.tell();
    await this.client?.endAsync(true);
  }

  /** A device listens before it speaks. */
  private subscribe(client: MqttClient): void {
    const begin = () => {
      if (!client.connected) return;
      this.attempts = 0;
      this.connected = true;
      this.tell();
    };
    if (this.account.topic === "") begin();
    else
      client.subscribe(this.account.topic, { qos: 1 }, (error, granted) => {
        if (error || granted?.some(({ qos }) => qos > 2))
          this.complain(this.problem(error ?? "subscription refused"));
        begin();
      });
  }

  private lost(): void {
    this.connected = false;
    this.tell();
    if (this.closed) return;
    const delay = Math.min(BACK_OFF.first * 2 ** this.attempts++, BACK_OFF.most) * (0.5 + Math.random());
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.client?.reconnect(), delay);
  }

  private tell(): void {
    const ready = this.connected && this.unacknowledged < MAX_UNACKNOWLEDGED && !this.closed;
    if (ready === this.isReady) return;
    this.isReady = ready;
    this.account.ready(ready);
  }

  private problem(error: Error | string): Problem {
    const { host, port } = this.address;
    const reason = typeof error === "string" ? error : error.message || (error as NodeJS.ErrnoException).code;
    return { code: "BROKER", message: `${this.account.clientId} at ${host}:${port}: ${reason}` };
  }
}

function options({ host, port, tls, verify }: BrokerAddress, account: Account): IClientOptions {
  const { clientId, user, password } = account;
  return {
    host,
    port,
    protocol: tls ? "mqtts" : "mqtt",
    rejectUnauthorized: verify,
    clientId,
    ...(user === "" ? {} : { username: user }),
    ...(password === "" ? {} : { password }),
    // Nothing of a simulated device is to be left on the broker when it has gone.
    clean: true,
    resubscribe: false,
    reconnectPeriod: 0,
    connectTimeout: 20_000,
  };
}
