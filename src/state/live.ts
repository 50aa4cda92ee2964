import { isTooOld, LONGEST_HISTORY_MS } from "../model/device-clock";
import { readEvent } from "../model/events";
import { MAX_TEXT } from "../model/limits";
import type { DeviceEvent, NormalizedRecord, Scalar, Telemetry } from "../model/message";
import { setAttributes, timeAt } from "./attributes";
import type { LastEvent, LiveState } from "./live-state";

/** What the registry found about a record; absent where it is not so. */
export interface Marks {
  /** Older than the current state, which it does not change. */
  late?: true;
  /** Came before, with the same content. */
  duplicate?: true;
  /** Its time is further in the future than the tolerance; it does not change the current state. */
  future?: true;
  /** Its time is older than any history that a device keeps; it does not change the current state. */
  slowClock?: true;
  /** The device said a time that cannot be read; it does not change the current state. */
  timeUnknown?: true;
  /** It came in another protocol than that of the device's config, and does not count for the device at all. */
  otherProtocol?: true;
}

/** Whether a record says when it was taken, by a clock that can be right, so that it counts for the current state. */
export function hasKnownTime({ future, slowClock, timeUnknown }: Marks): boolean {
  return !future && !slowClock && !timeUnknown;
}

const LAST_EVENTS = 20;
/** One for all devices that had none. */
const NO_EVENTS: readonly LastEvent[] = [];

export function newLiveState(now: number): LiveState {
  return {
    firstSeen: now,
    lastSeen: now,
    heard: false,
    online: false,
    time: null,
    position: null,
    keys: [],
    values: [],
    times: [],
    events: NO_EVENTS,
    counters: { records: 0, late: 0, duplicates: 0, future: 0 },
  };
}

/**
 * Says whether a record is late, or its time cannot be right. `tolerance` is in milliseconds.
 *
 * Events are late only where they are older than everything else by more than that: they come on a topic of
 * their own and so overtake readings and each other, and nobody wants to take an alarm for history because of a
 * second.
 *
 * What is in the state but lies in the future itself does not count: it came while a clock was wrong.
 */
export function judge(live: LiveState, record: NormalizedRecord, now: number, tolerance: number): Marks {
  if (record.kind === "file") return {};
  const latest = now + tolerance;
  if (record.timeUnknown) return { timeUnknown: true };
  if (record.time > latest) return { future: true };
  if (isTooOld(record.time, now)) return { slowClock: true };
  const late =
    record.kind === "telemetry"
      ? record.time < upTo(latest, live.time)
      : record.time < Math.max(upTo(latest, live.time), upTo(latest, live.events[0]?.time)) - tolerance;
  return late ? { late: true } : {};
}

/** The marks of a record that came before: as it was marked then, and what is true of its time at any moment. */
export function marksAgain(
  { slowClock, timeUnknown }: Marks,
  met: { late: boolean; future: boolean },
): Marks {
  return {
    ...(met.late ? { late: true } : {}),
    ...(met.future ? { future: true } : {}),
    ...(slowClock ? { slowClock } : {}),
    ...(timeUnknown ? { timeUnknown } : {}),
  };
}

/** A time that no record of a device which has come before `now` is newer than, but for those from the future. */
export function newestTime(live: LiveState | undefined, now: number): number {
  if (live === undefined || live.counters.records === 0) return Number.NEGATIVE_INFINITY;
  // What a slow clock said is not in the state.
  return Math.max(live.time ?? 0, live.events[0]?.time ?? 0, now - LONGEST_HISTORY_MS);
}

/** A time, unless it is later than `latest`. */
function upTo(latest: number, time: number | null | undefined): number {
  return time === null || time === undefined || time > latest ? Number.NEGATIVE_INFINITY : time;
}

/**
 * Puts a record that is no duplicate and {@link hasKnownTime} into a device's state. The newest reading counts,
 * for each attribute by itself, so that history can fill gaps but never overwrite. `receivedAt` is when it came
 * first, where that is known.
 */
export function absorb(
  live: LiveState,
  record: NormalizedRecord,
  now: number,
  tolerance: number,
  receivedAt: number | undefined,
): void {
  const latest = now + tolerance;
  if (record.kind !== "file") absorbReading(live, record, latest, receivedAt);
  if (record.kind === "event") {
    const event: LastEvent = { ...readEvent({ ...record.event }, MAX_TEXT), time: record.time };
    const events = live.events.filter(({ time }) => time <= latest);
    live.events = [...events, event].toSorted((a, b) => b.time - a.time).slice(0, LAST_EVENTS);
  }
}

function absorbReading(
  live: LiveState,
  { kind, time, position, attributes, sensors }: Telemetry | DeviceEvent,
  latest: number,
  receivedAt: number | undefined,
): void {
  // Events overtake readings, which are not late because of them.
  if (kind === "telemetry") live.time = Math.max(time, upTo(latest, live.time));
  if (position?.valid && position.latitude !== null && time >= upTo(latest, live.position?.time)) {
    live.position = { ...position, time, ...(receivedAt === undefined ? {} : { receivedAt }) };
  }
  setAttributes(live, [attributes, sensors], time, latest);
}

/** The last value of an attribute, or undefined. */
export function attributeOf(live: LiveState, key: string): Scalar | undefined {
  return attributeAt(live, key).value;
}

/** The last value of an attribute with the time of its reading; undefined and -Infinity where there is none. */
export function attributeAt(
  live: LiveState | undefined,
  key: string,
): { value: Scalar | undefined; time: number } {
  const at = live?.keys.indexOf(key) ?? -1;
  if (live === undefined || at < 0) return { value: undefined, time: Number.NEGATIVE_INFINITY };
  return { value: live.values[at], time: timeAt(live, at) };
}
