import type { AlarmMessage } from "../alarms/alarm";
import type { Scalar } from "../model/message";
import type { Interval, IntervalChange, IntervalKind, TripMoment } from "../trips/interval";
import type { Score } from "../trips/score";

/** A trip, a stop or idling, as the node trips tells of it; of one that was none, only what, and when. */
export interface TellableInterval extends Partial<Omit<Interval, "kind" | "start">> {
  readonly schema: 1;
  readonly imei: string;
  readonly id: string;
  readonly revision: number;
  readonly change: IntervalChange;
  readonly kind: IntervalKind;
  readonly start: TripMoment;
  readonly score?: Score;
  readonly past?: true;
}

/** As the node alarms tells of it. */
export type TellableAlarm = AlarmMessage;

/** Every kind of interval, with what it is called on a map. */
export const INTERVAL_LABELS: Readonly<Record<IntervalKind, string>> = {
  trip: "Trip",
  carried: "Carried",
  stop: "Stop",
  idling: "Idling",
};

export function isInterval(record: { readonly kind: string }): record is TellableInterval {
  return Object.hasOwn(INTERVAL_LABELS, record.kind);
}

export function isAlarm(record: { readonly kind: string }): record is TellableAlarm {
  return record.kind === "alarm";
}

export function isFound(record: { readonly kind: string }): record is TellableInterval | TellableAlarm {
  return isAlarm(record) || isInterval(record);
}

/** Values under their names; what is not known is absent. */
export type FoundFacts = Readonly<Record<string, Exclude<Scalar, null>>>;

/**
 * How each part of something is said where a value is a text, a number or a yes; `[]` where the target is told of it in
 * another place. Whoever gives the thing one more part is asked for it here.
 */
type Parts<Thing> = {
  readonly [Part in keyof Required<Thing>]: (
    value: NonNullable<Thing[Part]>,
  ) => readonly (readonly [name: string, value: unknown])[];
};

const as = (name: string) => (value: unknown) => [[name, value]] as const;
const elsewhere = () => [];
const moment =
  (name: string) =>
  ({ time, latitude, longitude }: TripMoment) =>
    [
      [name, time],
      [`${name}Latitude`, latitude],
      [`${name}Longitude`, longitude],
    ] as const;

const INTERVAL_PARTS: Parts<TellableInterval> = {
  schema: elsewhere,
  imei: elsewhere,
  kind: as("kind"),
  id: as("id"),
  revision: as("revision"),
  change: as("change"),
  open: as("open"),
  silent: as("silent"),
  past: as("past"),
  start: moment("start"),
  end: moment("end"),
  duration: as("duration"),
  distance: as("distance"),
  distanceBy: as("distanceBy"),
  movingTime: as("movingTime"),
  idleTime: as("idleTime"),
  topSpeed: as("topSpeed"),
  meanSpeed: as("meanSpeed"),
  fuelUsed: as("fuelUsed"),
  fuelBy: as("fuelBy"),
  driver: as("driver"),
  events: (events) => [
    ["events", events.length],
    ["eventTypes", events.map(({ type }) => type).join(" ") || undefined],
  ],
  score: ({ value, formula, points, per100Km, parts = [] }) => [
    ["score", value],
    ["scoreFormula", formula],
    ["scorePoints", points],
    ["scorePer100Km", per100Km],
    ...parts.map(({ type, points }) => [`scoreOf${upperFirst(type)}`, points] as const),
  ],
};

const ALARM_PARTS: Parts<TellableAlarm> = {
  schema: elsewhere,
  imei: elsewhere,
  kind: elsewhere,
  id: as("id"),
  revision: as("revision"),
  node: as("node"),
  rule: as("rule"),
  name: as("name"),
  alarm: as("alarm"),
  level: as("level"),
  state: as("state"),
  begin: as("begin"),
  end: as("end"),
  repeats: as("repeats"),
  acknowledged: ({ time, by, note }) => [
    ["acknowledgedAt", time],
    ["acknowledgedBy", by],
    ["acknowledgedNote", note],
  ],
  clearedBy: ({ time, by, note }) => [
    ["clearedAt", time],
    ["clearedBy", by],
    ["clearedNote", note],
  ],
  toldAt: as("toldAt"),
  escalatedAt: as("escalatedAt"),
  past: as("past"),
  position: ({ latitude, longitude }) => [
    ["latitude", latitude],
    ["longitude", longitude],
  ],
  details: (details) => Object.entries(details).map(([key, value]) => [`detail${upperFirst(key)}`, value]),
  change: as("change"),
  time: as("time"),
  again: as("again"),
};

/** All that is known of an interval; times are epoch milliseconds. */
export const intervalFacts = (interval: TellableInterval): FoundFacts => factsOf(interval, INTERVAL_PARTS);
/** All that is known of an alarm; times are epoch milliseconds. */
export const alarmFacts = (alarm: TellableAlarm): FoundFacts => factsOf(alarm, ALARM_PARTS);

function factsOf<Thing extends object>(thing: Thing, parts: Parts<Thing>): FoundFacts {
  const names = Object.keys(parts) as (keyof Thing)[];
  return Object.fromEntries(
    names
      .flatMap((name) => {
        const value = thing[name];
        return value === undefined || value === null ? [] : parts[name](value);
      })
      .filter(([, value]) => value !== undefined && value !== null && value !== ""),
  ) as FoundFacts;
}

/** The same facts, each under a prefix: `tripDistance`. */
export function prefixed(prefix: string, facts: FoundFacts): FoundFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [`${prefix}${upperFirst(key)}`, value]),
  );
}

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Where a moment was, where that is known. */
export function placeOfFound(
  moment: TripMoment | TellableAlarm["position"] | undefined,
): { readonly latitude: number; readonly longitude: number } | undefined {
  const { latitude, longitude } = moment ?? {};
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}
