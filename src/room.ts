/** One client alone may take three quarters of the room; of two, three sevenths each. */
const GREED = 3;

/**
 * Room that several clients share, fairly: what one of them sends too much of costs that one, and nobody else. It is
 * full of so many bytes, or of so many messages, or of some of both: a small message counts as one of average size.
 */
export class Room {
  private readonly held = new Map<string, number>();
  private used = 0;

  constructor(
    private readonly bytes: number,
    private readonly messages: number,
  ) {}

  /** Whether more than a part of the room is taken. */
  isFuller(part: number): boolean {
    return this.used > this.size * part;
  }

  /**
   * Whether a client may take more without making room: a client that holds {@link GREED} times what is still free
   * may not, so that some is always left for others (dynamic thresholds, as switches share their buffers).
   */
  admits(client: string, bytes: number): boolean {
    const size = this.sizeOf(bytes);
    return (this.held.get(client) ?? 0) + size <= GREED * (this.size - this.used - size);
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

  private get size(): number {
    return this.bytes * this.messages;
  }

  /** In parts of a byte, so that sums are exact. */
  private sizeOf(bytes: number): number {
    return Math.max(bytes * this.messages, this.bytes);
  }
}
