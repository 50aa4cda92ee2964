interface Waiting {
  readonly entry: unknown;
  /** Counted when it is first asked for: most is sent before that. */
  bytes?: number;
}

/** What a device stores until it can send it; where it is full, the oldest gives way. */
export class Backlog {
  private readonly waiting: Waiting[] = [];
  private counted = 0;

  constructor(
    private readonly most: number,
    private readonly sizeOf: (entry: unknown) => number,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  push(entry: unknown): void {
    if (this.waiting.length === this.most) this.take(1);
    this.waiting.push({ entry });
  }

  /** The oldest, at most so many; they wait no longer. */
  take(count: number): unknown[] {
    const taken = this.waiting.splice(0, count);
    for (const { bytes = 0 } of taken) this.counted -= bytes;
    return taken.map(({ entry }) => entry);
  }

  /** Size of all that waits. */
  get bytes(): number {
    for (let index = this.waiting.length - 1; index >= 0; index--) {
      const one = this.waiting[index] as Waiting;
      if (one.bytes !== undefined) break;
      one.bytes = this.sizeOf(one.entry);
      this.counted += one.bytes;
    }
    return this.counted;
  }
}
