import type { FenceSchedule } from "./fence";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** Every change of a zone's offset lies at the end of a quarter of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;
/** 5 January 1970 was a Monday. */
const FIRST_MONDAY_MINUTES = 4 * DAY_MINUTES;
/** More than two weeks are looked through only at their end. */
const LONGEST_MS = 16 * DAY_MINUTES * MINUTE_MS;
const MOST_QUARTERS = 3000;

/** The minutes of a day that "08:30" is; undefined where it is no such time. "24:00" is the end of the day. */
export function minutesOf(time: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? [];
  const read = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && read <= DAY_MINUTES ? read : undefined;
}

/** When a schedule is open, and when that changes. */
export class OpenHours {
  /** Minutes of the week from Monday on; the last may end in the next week. */
  private readonly spans: readonly (readonly [from: number, to: number])[];
  private readonly zone: ZoneOffsets;

  constructor({ days, from, to, timeZone }: FenceSchedule) {
    const [begin, end] = [minutesOf(from) ?? 0, minutesOf(to) ?? DAY_MINUTES];
    const length = end > begin ? end - begin : end - begin + DAY_MINUTES;
    this.spans = days.map((day) => {
      const start = (day - 1) * DAY_MINUTES + begin;
      return [start, start + length];
    });
    this.zone = zoneOffsets(timeZone);
  }

  isOpen(time: number): boolean {
    const minute = this.minuteOfWeek(time);
    return this.spans.some(([from, to]) => (minute >= from && minute < to) || minute + WEEK_MINUTES < to);
  }

  /** The times after `from` and up to `to` at which it opens or closes, in their order. */
  changes(from: number, to: number): { readonly time: number; readonly isOpen: boolean }[] {
    const changes: { time: number; isOpen: boolean }[] = [];
    let time = Math.max(from, to - LONGEST_MS);
    let isOpen = this.isOpen(time);
    while (time < to) {
      // Within a quarter of an hour the offset is the same, and minutes alone count.
      const end = Math.min(to, (Math.floor(time / QUARTER_MS) + 1) * QUARTER_MS);
      const firstMinute = (Math.floor(time / MINUTE_MS) + 1) * MINUTE_MS;
      for (let next = firstMinute; next <= end; next += MINUTE_MS) {
        if (this.isOpen(next) === isOpen) continue;
        isOpen = !isOpen;
        changes.push({ time: next, isOpen });
      }
      time = end;
    }
    return changes;
  }

  private minuteOfWeek(time: number): number {
    const minutes = Math.floor((time + this.zone.at(time)) / MINUTE_MS) - FIRST_MONDAY_MINUTES;
    return ((minutes % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
  }
}

/** Milliseconds to be added to UTC in a time zone; to ask Intl each time takes long. */
class ZoneOffsets {
  private readonly format: Intl.DateTimeFormat;
  private readonly known = new Map<number, number>();

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  }

  at(time: number): number {
    const quarter = Math.floor(time / QUARTER_MS);
    let offset = this.known.get(quarter);
    if (offset === undefined) {
      if (this.known.size >= MOST_QUARTERS) this.known.clear();
      offset = this.ask(quarter * QUARTER_MS);
      this.known.set(quarter, offset);
    }
    return offset;
  }

  private ask(time: number): number {
    const name = this.format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours, minutes = "0", seconds = "0"] = /GMT([+-])(\d+):?(\d+)?:?(\d+)?/.exec(name) ?? [];
    if (hours === undefined) return 0;
    const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === "-" ? -size : size;
  }
}

const ZONES = new Map<string, ZoneOffsets>();

function zoneOffsets(timeZone: string): ZoneOffsets {
  let zone = ZONES.get(timeZone);
  if (zone === undefined) {
    zone = new ZoneOffsets(timeZone);
    ZONES.set(timeZone, zone);
  }
  return zone;
}
