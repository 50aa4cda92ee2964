/** Numbers that look random and come again, in the same order, with the same seed. */
export class Random {
  private state: number;

  /** Every text is a seed; texts that differ little give numbers that have nothing to do with each other. */
  constructor(seed: string) {
    this.state = hash(seed) || 1;
  }

  /** 0 up to, but not including, 1. Marsaglia's xorshift with 32 bits: enough for a simulation, one number to keep. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state / 0x1_0000_0000;
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  whole(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }
}

/** FNV-1a, stirred once more so that the last letter changes every bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
