import { round } from "./driving";
import type { DrivingEvent, Interval } from "./interval";

/** How driving is rated. `navixy`: 100 less the points of 100 km; `wialon`: a rank from 10 down to 1. */
export const SCORE_FORMULAS = ["navixy", "wialon"] as const;
export type ScoreFormula = (typeof SCORE_FORMULAS)[number];

export interface ScoreSettings {
  readonly formula: ScoreFormula;
  /** Points of one event. */
  readonly acceleration: number;
  readonly braking: number;
  readonly cornering: number;
  readonly idling: number;
  /** Points of each minute above the limit but the first: up to 20 km/h, up to 40 km/h, and more than that above it. */
  readonly over: number;
  readonly over20: number;
  readonly over40: number;
}

export const DEFAULT_SCORE: ScoreSettings = {
  formula: "navixy",
  acceleration: 5,
  braking: 5,
  cornering: 5,
  idling: 1,
  over: 2,
  over20: 5,
  over40: 10,
};

/** What was counted of one kind, and the points that it makes. */
export interface ScorePart {
  readonly type: string;
  readonly events: number;
  /** Minutes that count; of speeding. */
  readonly minutes?: number;
  readonly points: number;
}

export interface Score {
  readonly formula: ScoreFormula;
  /** `navixy`: 0 to 100; `wialon`: 1 to 10. Absent below 1 km: too little was driven. */
  readonly value?: number;
  readonly distance: number;
  readonly points: number;
  /** Points on 100 km. */
  readonly per100Km?: number;
  readonly parts: readonly ScorePart[];
}

/** Km below which there is no score. */
const LEAST_KM = 1;
/** Milliseconds within which the same thing counts once. */
const MERGE_MS = 120_000;
/** Wialon's ranks by penalty. Source: Wialon, driving quality assessment parameters. */
const RANKS = [
  [0, 10],
  [17, 9],
  [38, 8],
  [67, 7],
  [107, 6],
  [167, 5],
  [267, 4],
  [467, 3],
  [1067, 2],
] as const;

const WEIGHTS = {
  harshAcceleration: "acceleration",
  harshBraking: "braking",
  harshCornering: "cornering",
  idling: "idling",
} as const satisfies Record<string, keyof ScoreSettings>;

/** The score of trips together. Carried trips and stops do not count. */
export function scoreOf(intervals: readonly Interval[], settings: ScoreSettings): Score {
  const trips = intervals.filter(({ kind }) => kind === "trip");
  const distance = trips.reduce((sum, trip) => sum + (trip.distance ?? 0), 0);
  const parts = [...partsOf(trips, settings)];
  const points = round(
    parts.reduce((sum, part) => sum + part.points, 0),
    2,
  );
  const { formula } = settings;
  if (distance < LEAST_KM) return { formula, distance: round(distance, 3), points, parts };
  const per100Km = round((points / distance) * 100, 2);
  const value = formula === "navixy" ? Math.max(0, 100 - per100Km) : rankOf(per100Km);
  return { formula, value: round(value, 1), distance: round(distance, 3), points, per100Km, parts };
}

function* partsOf(trips: readonly Interval[], settings: ScoreSettings): Generator<ScorePart> {
  for (const [type, weight] of Object.entries(WEIGHTS)) {
    const count = trips.reduce((sum, trip) => sum + merged(eventsOf(trip, type)).length, 0);
    if (count > 0) yield { type, events: count, points: round(count * settings[weight], 2) };
  }
  const speeding = trips.flatMap((trip) => merged(eventsOf(trip, "overspeed")));
  if (speeding.length === 0) return;
  const minutes = speeding.reduce((sum, event) => sum + minutesOf(event), 0);
  const points = speeding.reduce((sum, event) => sum + minutesOf(event) * tierOf(event, settings), 0);
  yield { type: "overspeed", events: speeding.length, minutes, points: round(points, 2) };
}

function eventsOf(trip: Interval, type: string): DrivingEvent[] {
  return (trip.events ?? []).filter((event) => event.type === type);
}

/** The same within minutes counts once, for as long and as much as all of it. */
function merged(events: readonly DrivingEvent[]): DrivingEvent[] {
  const found: DrivingEvent[] = [];
  for (const event of events) {
    const last = found.at(-1);
    const gap = last && event.start.time - (last.start.time + last.seconds * 1000);
    if (last === undefined || (gap as number) > MERGE_MS) {
      found.push(event);
      continue;
    }
    const seconds = last.seconds + event.seconds;
    const speed = Math.max(last.speed ?? 0, event.speed ?? 0);
    found[found.length - 1] = { ...last, seconds, ...(speed > 0 && { speed }) };
  }
  return found;
}

/** Begun minutes but the first, which is free. */
function minutesOf({ seconds }: DrivingEvent): number {
  return Math.max(0, Math.ceil(seconds / 60) - 1);
}

function tierOf({ speed = 0, limit = 0 }: DrivingEvent, { over, over20, over40 }: ScoreSettings): number {
  const above = speed - limit;
  return above > 40 ? over40 : above > 20 ? over20 : over;
}

/** Between two lines of the table in proportion; beyond the last, ever closer to 1. */
function rankOf(penalty: number): number {
  const next = RANKS.findIndex(([most]) => penalty <= most);
  const [lastMost] = RANKS[RANKS.length - 1] as (typeof RANKS)[number];
  if (next < 0) return 1 + lastMost / penalty;
  if (next === 0) return 10;
  const [low, high] = [RANKS[next - 1], RANKS[next]] as [(typeof RANKS)[number], (typeof RANKS)[number]];
  return low[1] - (penalty - low[0]) / (high[0] - low[0]);
}
