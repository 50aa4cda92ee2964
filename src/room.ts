/** One client alone may take three quarters of the room; of two, three sevenths each. */
const GREED = 3;

/**
 * Room that several clients share, fairly: what one of them sends too much of costs that one, and nobody else.
 * Sizes are bytes. A message counts for at least `least`, because it takes room however small it is.
 */
export class Room {
  private readonly held = new Map<string, number>();
  private used = 0;

  constructor(
    readonly size: number,
    private readonly least: number,
  ) {}

  get free(): number {
    return this.size - this.used;
  }

  /**
   * Whether a client may take more without making room: a client that holds {@link GREED} times what is still free
   * may not, so that some is always left for others (dynamic thresholds, as switches share their buffers).
   */
  admits(client: string, bytes: number): boolean {
    const size = this.sizeOf(bytes);
    return (this.held.get(client) ?? 0) + size <= GREED * (this.free - size);
  }

  take(client: string, bytes: number): void {
    const size = this.sizeOf(bytes);
    this.used += size;
    this.held.set(client, (this.held.get(client) ?? 0) + size);
  }

  release(client: string, bytes: number): void {
    const size = this.sizeOf(bytes);
    this.used -= size;
    const left = (this.held.get(client) ?? 0) - size;
    if (left > 0) this.held.set(client, left);
    else this.held.delete(client);
  }

  /** Who holds most, and so surely its share or more; undefined where nobody holds anything. */
  get largest(): string | undefined {
    let largest: string | undefined;
    let most = 0;
    for (const [client, held] of this.held) {
      if (held <= most) continue;
      largest = client;
      most = held;
    }
    return largest;
  }

  private sizeOf(bytes: number): number {
    return Math.max(bytes, this.least);
  }
}
