export interface Limits {
  /** Bytes of a packet of somebody who is logged in. */
  readonly packetBytes: number;
  readonly connections: number;
  /** Behind the address of a mobile operator there can be a whole fleet. */
  readonly connectionsPerAddress: number;
  /** Of one device, in the long run; ten times as many may come at once. */
  readonly messagesPerSecond: number;
  /** From one address, until it is blocked. */
  readonly wrongLogins: number;
  readonly blockSeconds: number;
  /** Until a connection has said who it is. */
  readonly connectSeconds: number;
}

export const DEFAULT_LIMITS: Limits = {
  packetBytes: 262_144,
  connections: 10_000,
  connectionsPerAddress: 6000,
  messagesPerSecond: 50,
  wrongLogins: 30,
  blockSeconds: 60,
  connectSeconds: 10,
};

/** Who is not logged in yet has nothing larger to say than who it is. */
export const CONNECT_BYTES = 16_384;
/** A vendor's cloud speaks for many devices. */
export const GATEWAY_FACTOR = 40;
const BURST_SECONDS = 10;

/** Counts open connections. */
export class ConnectionCount {
  private readonly perAddress = new Map<string, number>();
  private count = 0;

  constructor(private readonly limits: Pick<Limits, "connections" | "connectionsPerAddress">) {}

  /** Counts one more where that is allowed. */
  open(key: string): boolean {
    const here = this.perAddress.get(key) ?? 0;
    if (this.count >= this.limits.connections || here >= this.limits.connectionsPerAddress) return false;
    this.count++;
    this.perAddress.set(key, here + 1);
    return true;
  }

  close(key: string): void {
    this.count--;
    const here = (this.perAddress.get(key) ?? 1) - 1;
    if (here > 0) this.perAddress.set(key, here);
    else this.perAddress.delete(key);
  }
}

/** How many messages somebody may send: those beyond have to wait, none is lost. */
export class MessageRate {
  private free: number;
  private at: number;

  constructor(
    private readonly perSecond: number,
    now: number,
  ) {
    this.free = perSecond * BURST_SECONDS;
    this.at = now;
  }

  /** Takes one message; returns the milliseconds that it has to wait. */
  take(now: number): number {
    const earned = ((now - this.at) / 1000) * this.perSecond;
    this.free = Math.min(this.perSecond * BURST_SECONDS, this.free + earned) - 1;
    this.at = now;
    return this.free >= 0 ? 0 : (-this.free / this.perSecond) * 1000;
  }
}

interface Attempts {
  /** Wrong logins that count; falls with time. */
  wrong: number;
  at: number;
  blockedUntil: number;
  /** Clients that have logged in rightly from here, and the wrong tries that they have had since. */
  readonly trusted: Map<string, number>;
}

const MAX_ADDRESSES = 20_000;
const MAX_TRUSTED = 10_000;
/** A client that got in before may mistake itself so often before it is treated as a stranger. */
const TRUSTED_TRIES = 5;
/** A wrong login is forgotten after this. */
const FORGET_MS = 10_000;
const DELAY_MS = 50;
const MAX_DELAY_MS = 1500;

/**
 * Wrong logins by address: each is answered a little later, too many block the address for a while. A client that
 * logged in rightly from there before gets in all the same, because many devices can share an address.
 * Times are those of `performance.now()`.
 */
export class LoginGuard {
  private readonly addresses = new Map<string, Attempts>();

  constructor(private readonly limits: Pick<Limits, "wrongLogins" | "blockSeconds">) {}

  admits(key: string, client: string, now: number): boolean {
    const attempts = this.addresses.get(key);
    return attempts === undefined || now >= attempts.blockedUntil || attempts.trusted.has(client);
  }

  /** True where nobody at all gets in from there. */
  isClosed(key: string, now: number): boolean {
    const attempts = this.addresses.get(key);
    return attempts !== undefined && now < attempts.blockedUntil && attempts.trusted.size === 0;
  }

  /** Returns the milliseconds after which to answer, and whether the address is blocked from now on. */
  wrong(key: string, client: string, now: number): { readonly delay: number; readonly blocks: boolean } {
    const attempts = this.attemptsOf(key, now);
    attempts.wrong = Math.max(0, attempts.wrong - (now - attempts.at) / FORGET_MS) + 1;
    attempts.at = now;
    const tries = attempts.trusted.get(client);
    if (tries !== undefined && tries + 1 >= TRUSTED_TRIES) attempts.trusted.delete(client);
    else if (tries !== undefined) attempts.trusted.set(client, tries + 1);
    const delay = Math.min(attempts.wrong * DELAY_MS, MAX_DELAY_MS);
    const blocks = attempts.wrong > this.limits.wrongLogins && now >= attempts.blockedUntil;
    if (blocks) {
      attempts.blockedUntil = now + this.limits.blockSeconds * 1000;
      attempts.wrong = this.limits.wrongLogins * 0.75;
    }
    return { delay, blocks };
  }

  /**
   * A device that is new here and gets in makes up for one wrong login: an address with many devices is no attacker.
   * Others can have as many client ids as they like.
   */
  right(key: string, client: string, isDevice: boolean, now: number): void {
    const attempts = this.attemptsOf(key, now);
    if (isDevice && !attempts.trusted.has(client)) attempts.wrong = Math.max(0, attempts.wrong - 1);
    attempts.trusted.delete(client);
    attempts.trusted.set(client, 0);
    dropOldest(attempts.trusted, MAX_TRUSTED);
  }

  private attemptsOf(key: string, now: number): Attempts {
    const known = this.addresses.get(key) ?? { wrong: 0, at: now, blockedUntil: 0, trusted: new Map() };
    this.addresses.delete(key);
    this.addresses.set(key, known);
    dropOldest(this.addresses, MAX_ADDRESSES);
    return known;
  }
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  if (map.size > max) map.delete(map.keys().next().value as string);
}
