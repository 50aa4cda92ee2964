const BUCKETS = 60;

/** Counts what happened in the last minute, to the second, in fixed memory. Times are those of `performance.now()`. */
export class RateMeter {
  private readonly counts = new Uint32Array(BUCKETS);
  private second = 0;

  add(count: number, now = performance.now()): void {
    const bucket = this.advance(now);
    this.counts[bucket] = (this.counts[bucket] as number) + count;
  }

  perMinute(now = performance.now()): number {
    this.advance(now);
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Empties the buckets of the seconds that have passed; returns the current one. */
  private advance(now: number): number {
    const second = Math.floor(now / 1000);
    const passed = Math.min(second - this.second, BUCKETS);
    for (let step = 0; step < passed; step++) this.counts[(second - step) % BUCKETS] = 0;
    this.second = Math.max(second, this.second);
    return this.second % BUCKETS;
  }
}
