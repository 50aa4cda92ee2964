import type { NormalizedRecord, Scalar, Telemetry } from "../model/message";
import type { LastEvent, LiveState } from "./device";

/** What the registry found about a record; absent where it is not so. */
export interface Marks {
  /** Older than the current state, which it does not change. */
  late?: true;
  /** Came before, with the same content. */
  duplicate?: true;
  /** Its time is further in the future than the tolerance; it does not change the current state. */
  future?: true;
}

const LAST_EVENTS = 20;
/** More names than any device has; a wild one must not fill the memory. */
const MAX_ATTRIBUTES = 250;

export function newLiveState(now: number): LiveState {
  return {
    firstSeen: now,
    lastSeen: now,
    online: false,
    time: null,
    position: null,
    keys: [],
    values: [],
    times: [],
    events: [],
    counters: { records: 0, late: 0, duplicates: 0, future: 0 },
  };
}

/**
 * Puts a record of an active device into its state and says what is odd about it. The newest reading counts,
 * for each attribute by itself, so that history can fill gaps but never overwrite.
 *
 * Events are late only where they are older than everything else by more than `tolerance` (milliseconds):
 * they come on a topic of their own and so overtake readings and each other, and nobody wants to take an alarm
 * for history because of a second.
 */
export function observe(
  live: LiveState,
  record: NormalizedRecord,
  isDuplicate: boolean,
  now: number,
  tolerance: number,
): Marks {
  const marks = isDuplicate
    ? { ...judge(live, record, now, tolerance), duplicate: true as const }
    : judge(live, record, now, tolerance);
  live.counters.records++;
  if (marks.duplicate) live.counters.duplicates++;
  if (marks.late) live.counters.late++;
  if (marks.future) live.counters.future++;
  if (!marks.duplicate && !marks.future) absorb(live, record);
  return marks;
}

function judge(live: LiveState, record: NormalizedRecord, now: number, tolerance: number): Marks {
  if (record.kind === "file") return {};
  if (record.time > now + tolerance) return { future: true };
  const late =
    record.kind === "telemetry"
      ? record.time < (live.time ?? Number.NEGATIVE_INFINITY)
      : record.time < newest(live) - tolerance;
  return late ? { late: true } : {};
}

function newest({ time, events }: LiveState): number {
  const none = Number.NEGATIVE_INFINITY;
  return Math.max(time ?? none, events[0]?.time ?? none);
}

function absorb(live: LiveState, record: NormalizedRecord): void {
  if (record.kind === "telemetry") absorbTelemetry(live, record);
  else if (record.kind === "event") {
    const { function: called, code, text = "" } = record.event;
    const event: LastEvent = { time: record.time, function: called, code, text };
    live.events = [...live.events, event].toSorted((a, b) => b.time - a.time).slice(0, LAST_EVENTS);
  }
}

function absorbTelemetry(live: LiveState, { time, position, attributes, sensors }: Telemetry): void {
  live.time = Math.max(live.time ?? time, time);
  if (position?.valid && position.latitude !== null && time >= (live.position?.time ?? time)) {
    live.position = { ...position, time };
  }
  for (const named of [attributes, sensors]) {
    for (const [key, value] of Object.entries(named)) {
      if (typeof value !== "object" || value === null) setAttribute(live, key, value, time);
    }
  }
}

function setAttribute({ keys, values, times }: LiveState, key: string, value: Scalar, time: number): void {
  const at = keys.indexOf(key);
  if (at < 0) {
    if (keys.length >= MAX_ATTRIBUTES) return;
    keys.push(key);
    values.push(value);
    times.push(time);
  } else if (time >= (times[at] as number)) {
    values[at] = value;
    times[at] = time;
  }
}

/** The last value of an attribute, or undefined. */
export function attributeOf({ keys, values }: LiveState, key: string): Scalar | undefined {
  const at = keys.indexOf(key);
  return at < 0 ? undefined : values[at];
}
