import type { Coordinates } from "../../src/model/earth";
import { makeEvent } from "../../src/model/events";
import type { DrivingEvent, Interval } from "../../src/trips/interval";
import type { TripNews } from "../../src/trips/ledger";
import { type ScoreSettings, scoreOf } from "../../src/trips/score";
import type { NamedPlace } from "../runtime/place-names";

/** What makes messages of news: whose they are, and when it is. Epoch milliseconds. */
export interface MessageContext {
  readonly imei: string;
  /** As the registry has it; counts where the device read none. */
  readonly driver: string;
  readonly now: number;
  /** Seconds: what ended longer ago is past. */
  readonly silence: number;
  readonly score: ScoreSettings;
  readonly named: (place: Partial<Coordinates>) => NamedPlace;
}

/** The payload of news, and the output that it goes to. */
export function payloadOf(news: TripNews, context: MessageContext): { output: 0 | 1; payload: object } {
  const { imei } = context;
  const { revision, change } = news;
  const about = { schema: 1, imei, id: `${imei}-${news.id}`, revision, change };
  if (change === "deleted") {
    const { name, start, end } = news.content as { name: string; start: number; end?: number };
    const times = { start: { time: start }, ...(end !== undefined && { end: { time: end } }) };
    return news.what === "interval"
      ? { output: 0, payload: { ...about, kind: name, ...times } }
      : { output: 1, payload: { ...about, kind: "event", time: start, event: { type: name } } };
  }
  return news.what === "interval"
    ? { output: 0, payload: { ...about, ...intervalPayload(news.content as Interval, context) } }
    : { output: 1, payload: { ...about, ...eventPayload(news.content as DrivingEvent, context) } };
}

function intervalPayload(interval: Interval, { driver, now, silence, score, named }: MessageContext): object {
  const isTrip = interval.kind === "trip" || interval.kind === "carried";
  const who = interval.driver ?? driver;
  return {
    ...withPlaces(interval, named),
    ...(isTrip && who !== "" && { driver: who }),
    ...(interval.kind === "trip" && !interval.open && { score: scoreOf([interval], score) }),
    ...past(interval.open, interval.end.time, now, silence),
  };
}

/** An interval that says what its start and end are called. */
export function withPlaces(interval: Interval, named: MessageContext["named"]): Interval {
  const { start, end } = interval;
  return { ...interval, start: { ...start, ...named(start) }, end: { ...end, ...named(end) } };
}

function eventPayload(event: DrivingEvent, { now, silence }: MessageContext): object {
  const { type, source, start, seconds, open, value, speed, limit } = event;
  const { time, ...place } = start;
  const details = {
    ...(value !== undefined && { value }),
    ...(speed !== undefined && { speed }),
    ...(limit !== undefined && { limit }),
    ...(seconds > 0 && { seconds }),
  };
  return {
    kind: "event",
    protocol: "trips",
    time,
    receivedAt: now,
    ...(place.latitude !== undefined && { position: { valid: true, ...place } }),
    event: makeEvent(type, source, details),
    open,
    ...past(open, time + seconds * 1000, now, silence),
  };
}

/** What comes out of late history is no reason for an alarm. */
function past(open: boolean, end: number, now: number, silence: number): object {
  return !open && now - end > silence * 1000 ? { past: true } : {};
}
