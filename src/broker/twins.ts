import type { Session } from "./session";

/** So often within this time, somebody who was there lost its place: then it is two who want it. */
const OFTEN = 3;
const WITHIN_MS = 600_000;
const MAX_CLIENTS = 10_000;

/** When a client's living connection was replaced, and by whom. */
interface Lost {
  readonly at: number;
  readonly addresses: readonly string[];
}

/**
 * Recognises two clients with one client id: each takes the place of the other, which comes back at once. One that has
 * lost its connection and comes back takes the place of a dead one, and is none of these.
 */
export class Twins {
  private readonly clients = new Map<string, Lost[]>();

  /** `found` is told of one of them, and of the addresses that both come from. */
  constructor(private readonly found: (one: Session, addresses: readonly string[]) => void) {}

  /** Watches a connection whose place a new one of the same client is about to take. */
  watch(client: string, old: Session, by: Session): void {
    if (old.stream === undefined) return;
    old.stream.answered = () => {
      const addresses = [old.origin.address, by.origin.address];
      const both = by.isIn ? this.replaced(client, addresses, performance.now()) : undefined;
      if (both !== undefined) this.found(by, both);
    };
  }

  /**
   * A client's connection was replaced while it was alive. Returns the addresses that both come from, where that
   * happens again and again. `now` is that of `performance.now()`.
   */
  replaced(client: string, addresses: readonly string[], now: number): readonly string[] | undefined {
    const before = this.clients.get(client) ?? [];
    const lost = [...before.filter(({ at }) => now - at < WITHIN_MS), { at: now, addresses }].slice(-OFTEN);
    this.clients.delete(client);
    this.clients.set(client, lost);
    if (this.clients.size > MAX_CLIENTS) this.clients.delete(this.clients.keys().next().value as string);
    if (lost.length < OFTEN) return undefined;
    return [...new Set(lost.flatMap((one) => one.addresses))];
  }
}
