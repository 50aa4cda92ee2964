/** Wrong secrets from an address in a minute, after which no more are looked at. */
const MOST_WRONG = 20;
const MINUTE_MS = 60_000;
/** Addresses that are remembered; whose wrong secrets are oldest is forgotten first. */
const MOST_ADDRESSES = 1000;

/** Counts who tries secrets out. */
export class Attempts {
  private readonly wrong = new Map<string, { count: number; readonly until: number }>();

  constructor(private readonly now: () => number) {}

  isBlocked(address: string): boolean {
    const found = this.wrong.get(address);
    return found !== undefined && found.until > this.now() && found.count >= MOST_WRONG;
  }

  failed(address: string): void {
    const now = this.now();
    const found = this.wrong.get(address);
    if (found !== undefined && found.until > now) {
      found.count++;
      return;
    }
    this.wrong.delete(address);
    this.wrong.set(address, { count: 1, until: now + MINUTE_MS });
    const [oldest] = this.wrong.keys();
    if (this.wrong.size > MOST_ADDRESSES && oldest !== undefined) this.wrong.delete(oldest);
  }
}
