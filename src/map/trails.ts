import type { History } from "../history/history";
import type { Condition, RecordsQuery, Span } from "../history/port";
import type { HistoryRecord } from "../history/record";
import type { TrackerEvent } from "../model/events";
import { isNullIsland } from "../model/position";

/** Where a device was. */
export interface Fix {
  /** By the device's clock, epoch milliseconds. */
  readonly time: number;
  /** Degrees, WGS 84. */
  readonly latitude: number;
  readonly longitude: number;
  /** km/h; null where the device said none. */
  readonly speed: number | null;
  /** Degrees clockwise from north; null where the device said none. */
  readonly course: number | null;
}

/** An event of a device. */
export interface PastEvent {
  readonly time: number;
  readonly event: TrackerEvent;
}

/** Where devices were over time, and what happened to them. */
export interface Trails {
  /** A device's fixes from a time to another (epoch ms, both included), oldest first, one of each moment. */
  read(imei: string, from: number, to: number): Promise<readonly Fix[]>;
  /** Its events of a time, oldest first. */
  events(imei: string, span: Span): Promise<readonly PastEvent[]>;
}

/** Fixes of an answer, about: of a longer time they lie further apart. */
const MOST_FIXES = 20_000;
/** More events are not looked at. */
const MOST_EVENTS = 500;
/** Milliseconds that a device's clock may be ahead; what is later never was. */
export const AHEAD_MS = 600_000;

const FIX_PATHS = ["position.latitude", "position.longitude", "position.speed", "position.course"];
const IS_VALID: Condition = { path: "position.valid", is: "=", value: true };
const HAS_EVENT: Condition = { path: "event", is: "!=", value: "" };

/** Trails out of the history of a registry, which may open only later. */
export class HistoryTrails implements Trails {
  constructor(
    private readonly history: () => History | undefined,
    private readonly now: () => number,
  ) {}

  async read(imei: string, from: number, to: number): Promise<readonly Fix[]> {
    const span = this.known({ from, to });
    const every = Math.floor((span.to - span.from) / MOST_FIXES);
    const fixes: Fix[] = [];
    const query = { imei, ...span, paths: FIX_PATHS, where: [IS_VALID], ...(every > 1 && { every }) };
    for await (const record of this.records(query)) {
      const fix = fixOf(record);
      if (fix === undefined) continue;
      if (fixes.at(-1)?.time === fix.time) fixes.pop();
      fixes.push(fix);
    }
    return fixes;
  }

  async events(imei: string, span: Span): Promise<readonly PastEvent[]> {
    const events: PastEvent[] = [];
    for await (const record of this.records({
      imei,
      ...this.known(span),
      paths: ["event"],
      where: [HAS_EVENT],
    })) {
      if (record.kind === "event") events.push({ time: record.time, event: record.event });
      if (events.length >= MOST_EVENTS) break;
    }
    return events;
  }

  private async *records(query: RecordsQuery): AsyncGenerator<HistoryRecord> {
    const history = this.history();
    if (history === undefined || query.from > query.to) return;
    for await (const page of history.records(query)) yield* page;
  }

  private known({ from, to }: Span): Span {
    return { from, to: Math.min(to, this.now() + AHEAD_MS) };
  }
}

/** Undefined where a position is not a place. */
function fixOf({ time, position }: HistoryRecord): Fix | undefined {
  const { latitude = null, longitude = null, speed = null, course = null } = position ?? {};
  if (latitude === null || longitude === null || isNullIsland(latitude, longitude)) return undefined;
  return { time, latitude, longitude, speed, course };
}
