/** Records of a device in memory at most, and how many go at once where there are more. */
export const RECENT = 128;
const GONE_AT_ONCE = 32;
/** Records that there is room for at first; it doubles. */
const FIRST_ROOM = 4;
/** Seconds that 16 bits count. */
const SPAN = 2 ** 16;

/**
 * A device's last records in the order of their times, 4 or 5 bytes each: a word of the second (16 bits, counted from
 * `base`) and 16 bits of the fingerprint, and the number of a note where not all have the same. Two records of one word are only suspected to be the
 * same one; the word has one place, whose note says less than each.
 *
 * All that came with a time after {@link horizon} are here. Older ones may have come or not.
 */
export class RecentRecords {
  /** Milliseconds: no record that came is newer. */
  newest: number;
  /** Seconds. */
  private horizon: number;
  private base = 0;
  private used = 0;
  /** Ascending. */
  private words = new Uint32Array(FIRST_ROOM);
  /** Of all of them, or of each. */
  private notes: number | Uint8Array = 0;

  /** `newest`: the time of the newest record that came before this run; −∞ where there was none. */
  constructor(newest: number) {
    this.newest = newest;
    this.horizon = secondOf(newest);
  }

  /** Whether a record that came with this time is here for sure. */
  reaches(time: number): boolean {
    return secondOf(time) > this.horizon;
  }

  /** The number of the note of records that may be this one; undefined where there are none. */
  find(time: number, print: number): number | undefined {
    const at = this.search(this.wordOf(time, print));
    return at < 0 ? undefined : this.note(at);
  }

  /** Notes anew what {@link find} has found. */
  renew(time: number, print: number, note: number): void {
    const at = this.search(this.wordOf(time, print));
    if (at >= 0) this.setNote(at, note);
  }

  /** Remembers a record that has no place yet. */
  add(time: number, print: number, note: number): void {
    this.newest = Math.max(this.newest, time);
    if (!this.moveTo(time)) return;
    this.makeRoom();
    const word = this.wordOf(time, print);
    const place = -1 - this.search(word);
    if (place < 0) return;
    if (place < this.used) this.moveUp(place);
    this.words[place] = word;
    if (this.used++ === 0) this.notes = note;
    else this.setNote(place, note);
  }

  /** Lets seconds be counted so that a time has its place; false where it is too old for one. */
  private moveTo(time: number): boolean {
    const second = secondOf(time);
    if (second <= this.horizon) return false;
    if (this.used === 0) this.base = second - SPAN / 2;
    if (second < this.base) {
      this.horizon = second;
      return false;
    }
    if (second < this.base + SPAN) return true;
    const moved = second - SPAN / 2 - this.base;
    let gone = 0;
    while (gone < this.used && this.secondAt(gone) < moved) gone++;
    this.drop(gone);
    this.base += moved;
    for (let at = 0; at < this.used; at++) this.words[at] = (this.words[at] as number) - moved * SPAN;
    return true;
  }

  private makeRoom(): void {
    if (this.used === RECENT) this.drop(GONE_AT_ONCE);
    if (this.used < this.words.length) return;
    const { words, notes } = this;
    this.words = new Uint32Array(2 * words.length);
    this.words.set(words);
    if (typeof notes === "number") return;
    this.notes = new Uint8Array(2 * words.length);
    this.notes.set(notes);
  }

  private moveUp(place: number): void {
    this.words.copyWithin(place + 1, place, this.used);
    if (typeof this.notes !== "number") this.notes.copyWithin(place + 1, place, this.used);
  }

  /** Forgets the oldest. */
  private drop(count: number): void {
    if (count === 0) return;
    this.horizon = Math.max(this.horizon, this.base + this.secondAt(count - 1));
    this.words.copyWithin(0, count, this.used);
    if (typeof this.notes !== "number") this.notes.copyWithin(0, count, this.used);
    this.used -= count;
  }

  /** Where a word is; −1 − its place where it is not. */
  private search(word: number): number {
    // Nearly always it is the newest.
    if (this.used === 0 || (this.words[this.used - 1] as number) < word) return -1 - this.used;
    let low = 0;
    let high = this.used;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.words[middle] as number) < word) low = middle + 1;
      else high = middle;
    }
    return low < this.used && this.words[low] === word ? low : -1 - low;
  }

  /** A number that is no word where the time has no place. */
  private wordOf(time: number, print: number): number {
    const second = secondOf(time) - this.base;
    return second < 0 || second >= SPAN ? -1 : second * SPAN + (print & (SPAN - 1));
  }

  private secondAt(at: number): number {
    return (this.words[at] as number) >>> 16;
  }

  private note(at: number): number {
    return typeof this.notes === "number" ? this.notes : (this.notes[at] as number);
  }

  private setNote(at: number, note: number): void {
    if (typeof this.notes === "number") {
      if (this.notes === note) return;
      this.notes = new Uint8Array(this.words.length).fill(this.notes);
    }
    this.notes[at] = note;
  }
}

function secondOf(time: number): number {
  return Math.floor(time / 1000);
}
