import { MAX_TEXT } from "../model/limits";
import type { Scalar } from "../model/message";
import type { LiveState } from "./live-state";

/** More names than any device has; a wild one must not fill the memory. */
const MAX_ATTRIBUTES = 250;
/** Different lists of names that are shared; a fleet has some hundreds. */
const MAX_LISTS = 4096;

const lists = new Map<string, readonly string[]>();

/** A list of names, the same one for all devices that have it. Nobody changes it. */
export function sharedList(keys: readonly string[]): readonly string[] {
  const text = JSON.stringify(keys);
  const known = lists.get(text);
  if (known !== undefined || lists.size >= MAX_LISTS) return known ?? keys;
  lists.set(text, keys);
  return keys;
}

/** The time of an attribute's reading, by its place. */
export function timeAt({ times }: Pick<LiveState, "times">, at: number): number {
  return typeof times === "number" ? times : (times[at] ?? Number.NEGATIVE_INFINITY);
}

/**
 * Puts the values of a reading into a state; the newest reading counts, for each attribute by itself. What is in the state
 * from later than `latest` does not count.
 */
export function setAttributes(
  live: LiveState,
  reading: readonly (Readonly<Record<string, unknown>> | undefined)[],
  time: number,
  latest: number,
): void {
  const update = new Update(live, time, latest);
  for (const named of reading) {
    for (const key in named) {
      const value = named[key];
      if (isScalar(value)) update.put(key, typeof value === "string" ? value.slice(0, MAX_TEXT) : value);
    }
  }
  update.end();
}

/**
 * Nearly always a reading has all values of the state in their order. So they are set one after the other as long as that
 * holds: the first `done` have this reading's time then, and all others still their common one.
 */
class Update {
  private done = 0;
  /** Times one by one, from when that does not hold any more. */
  private times: number[] | undefined;
  private readonly newKeys: string[] = [];
  private readonly newValues: Scalar[] = [];

  constructor(
    private readonly live: LiveState,
    private readonly time: number,
    private readonly latest: number,
  ) {
    if (typeof live.times !== "number" || !this.isNewerThan(live.times)) this.times = listOf(live);
  }

  put(key: string, value: Scalar): void {
    const { keys, values } = this.live;
    if (this.times === undefined && keys[this.done] === key) {
      values[this.done++] = value;
      return;
    }
    const at = keys.indexOf(key);
    if (at < 0) {
      this.putNew(key, value);
      return;
    }
    this.times ??= listOf(this.live, this.done, this.time);
    if (!this.isNewerThan(this.times[at] as number)) return;
    values[at] = value;
    this.times[at] = this.time;
  }

  end(): void {
    const { live, done, time, newKeys, newValues } = this;
    if (done < live.keys.length) this.times ??= listOf(live, done, time);
    if (live.keys.length > 0) live.times = this.times === undefined ? time : shortest(this.times);
    if (newKeys.length === 0) return;
    const times = live.keys.length === 0 ? [] : listOf(live);
    live.keys = sharedList(live.keys.concat(newKeys));
    // As long as it has to be: a list that is pushed to keeps room for half as many more.
    live.values = live.values.concat(newValues);
    live.times = shortest(times.concat(newKeys.map(() => time)));
  }

  private putNew(key: string, value: Scalar): void {
    const { newKeys, newValues } = this;
    const at = newKeys.indexOf(key);
    if (at >= 0) newValues[at] = value;
    else if (this.live.keys.length + newKeys.length < MAX_ATTRIBUTES && key.length <= MAX_TEXT) {
      newKeys.push(key);
      newValues.push(value);
    }
  }

  private isNewerThan(known: number): boolean {
    return known > this.latest || this.time >= known;
  }
}

/** Times one by one, the first `done` of them those of a reading. */
function listOf({ keys, times }: LiveState, done = 0, time = 0): number[] {
  return typeof times === "number" ? keys.map((_, at) => (at < done ? time : times)) : times;
}

/** One time where all are the same. */
function shortest(times: number[]): LiveState["times"] {
  const [first] = times;
  return first !== undefined && times.every((time) => time === first) ? first : times;
}

/** Whether a value is one that a state can keep: also flows of the user's own make records. */
function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === "boolean" || typeof value === "string" || Number.isFinite(value);
}
