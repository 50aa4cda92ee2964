import type { FormatSubject, LeftOut } from "./format";
import {
  type FoundFacts,
  intervalFacts,
  isAlarm,
  isInterval,
  type TellableAlarm,
  type TellableInterval,
} from "./found";

export type Entity = Readonly<Record<string, unknown>>;

/** What Home Assistant is told of the last trip, by our name for it. */
const LAST_TRIP: Readonly<Record<string, Entity>> = {
  start: { name: "Last trip: start", device_class: "timestamp" },
  end: { name: "Last trip: end", device_class: "timestamp" },
  distance: measured("distance", "km", 1),
  duration: measured("duration", "s", 0),
  movingTime: measured("duration", "s", 0),
  idleTime: measured("duration", "s", 0),
  topSpeed: measured("speed", "km/h", 0),
  meanSpeed: measured("speed", "km/h", 0),
  fuelUsed: measured("volume", "L", 1),
  driver: {},
  events: { state_class: "measurement" },
  score: { state_class: "measurement", suggested_display_precision: 0 },
};
const WORDS: Readonly<Record<string, string>> = {
  distance: "distance",
  duration: "duration",
  movingTime: "moving time",
  idleTime: "idle time",
  topSpeed: "top speed",
  meanSpeed: "mean speed",
  fuelUsed: "fuel",
  driver: "driver",
  events: "driving events",
  score: "score",
};

function measured(
  device_class: string,
  unit_of_measurement: string,
  suggested_display_precision: number,
): Entity {
  return { device_class, unit_of_measurement, suggested_display_precision };
}

/** Type of the event that tells of an alarm. */
export const ALARM_EVENT = "alarm";

const keyOf = (fact: string): string => `lastTrip_${fact}`;
const alarmKeyOf = ({ node, rule }: TellableAlarm): string => `alarm_${node}_${rule}`;

/** Values of a trip that is over, for the state of its device. */
export function lastTripOf(interval: TellableInterval): { values: FoundFacts; leftOut: readonly LeftOut[] } {
  const values: Record<string, FoundFacts[string]> = {};
  const leftOut: LeftOut[] = [];
  for (const [fact, value] of Object.entries(intervalFacts(interval)))
    if (!Object.hasOwn(LAST_TRIP, fact)) leftOut.push({ path: `trip ${fact}`, why: "noWord" });
    else
      values[keyOf(fact)] =
        LAST_TRIP[fact]?.device_class === "timestamp" ? new Date(Number(value)).toISOString() : value;
  return { values, leftOut };
}

/** An alarm in the state of its device: whether it is active. */
export const alarmStateOf = (alarm: TellableAlarm): FoundFacts => ({
  [alarmKeyOf(alarm)]: alarm.state === "active",
});

/** Entities for what was found out, by key of the state. */
export function entitiesOf(record: FormatSubject["record"]): Readonly<Record<string, Entity>> {
  if (isAlarm(record)) {
    const name = `Alarm: ${record.name}`;
    return { [alarmKeyOf(record)]: { platform: "binary_sensor", name, device_class: "problem" } };
  }
  if (!isInterval(record)) return {};
  return Object.fromEntries(
    Object.entries(LAST_TRIP).map(([fact, entity]) => [
      keyOf(fact),
      { platform: "sensor", name: `Last trip: ${WORDS[fact] ?? fact}`, ...entity },
    ]),
  );
}
