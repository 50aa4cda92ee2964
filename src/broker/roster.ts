import { type Identity, ownerOf } from "./access";
import type { Session } from "./session";

/** A session without its client is forgotten after this. */
const SESSION_MS = 24 * 3600_000;
const SWEEP_MS = 600_000;

interface Owner {
  readonly name: string;
  readonly isDevice: boolean;
  /** Since when its session is without a connection; undefined while it has one. */
  since: number | undefined;
}

/** Who is logged in, and whose a client id is: nobody takes over what belongs to somebody else. */
export class Roster {
  /** By client id. */
  private readonly live = new Map<string, Session>();
  private readonly services = new Set<Session>();
  private readonly clouds = new Set<Session>();
  private readonly owners = new Map<string, Owner>();
  private readonly sweeper: NodeJS.Timeout;

  /**
   * @param hasFull whether there are users that may do everything
   * @param forget called with the client id of a session that is over
   */
  constructor(
    private readonly hasFull: boolean,
    private readonly forget: (client: string) => void,
  ) {
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  get size(): number {
    return this.live.size;
  }

  get(client: string): Session | undefined {
    return this.live.get(client);
  }

  all(): readonly Session[] {
    return [...this.live.values()];
  }

  /** Connections of vendors' clouds. */
  gateways(): readonly Session[] {
    return [...this.clouds];
  }

  /** Whose a client id is, by {@link ownerOf}; also while its session waits for it to come back. */
  owner(client: string): string | undefined {
    return this.owners.get(client)?.name;
  }

  /** Whether messages are kept for it until it has acknowledged them. Not a device's: the registry keeps its commands. */
  keepsPackets(client: string): boolean {
    return this.owners.get(client)?.isDevice === false;
  }

  add(client: string, session: Session, identity: Identity): void {
    session.isIn = true;
    this.live.set(client, session);
    const isDevice = identity.kind === "device";
    this.owners.set(client, { name: ownerOf(identity), isDevice, since: undefined });
    if (identity.kind === "service") this.services.add(session);
    if (identity.kind === "gateway") this.clouds.add(session);
  }

  /** Its connection has ended. True where a newer one of the same client has taken its place, which then stays. */
  remove(client: string, session: Session, keepsSession: boolean): boolean {
    this.services.delete(session);
    this.clouds.delete(session);
    if (session.successor?.isConnected) return true;
    if (this.live.get(client) === session) this.live.delete(client);
    const owner = this.owners.get(client);
    if (owner === undefined) return false;
    if (keepsSession) owner.since = Date.now();
    else this.release(client);
    return false;
  }

  /** Services with a subscription that a topic fits, that count as the flow. */
  hearers(topic: string): readonly Session[] {
    return [...this.services].filter((session) => this.isFlow(session) && session.hears(topic));
  }

  /** Since when the flow has subscriptions, by `performance.now()`; undefined where it has none. */
  flowSince(): number | undefined {
    const since = [...this.services].flatMap((one) => (this.isFlow(one) ? (one.hearsSince ?? []) : []));
    return since.length === 0 ? undefined : Math.min(...since);
  }

  /** Users that may do everything are the flow, and others only where there is none of these. */
  private isFlow({ identity, isConnected }: Session): boolean {
    return isConnected && (!this.hasFull || (identity?.kind === "service" && identity.role === "full"));
  }

  close(): void {
    clearInterval(this.sweeper);
  }

  private sweep(): void {
    const now = Date.now();
    for (const [client, { since }] of this.owners) {
      if (since !== undefined && Math.abs(now - since) >= SESSION_MS) this.release(client);
    }
  }

  private release(client: string): void {
    this.owners.delete(client);
    this.forget(client);
  }
}
