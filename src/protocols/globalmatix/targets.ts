import { findTerm, type Term, VOCABULARY } from "../../model/vocabulary";

/** What a rule can fill beside the names of the vocabulary. */
export interface Target {
  readonly key: string;
  readonly type: Term["type"] | "time" | "imei" | "event" | "ignore";
  readonly unit: string;
  readonly label: string;
}

const target = (key: string, type: Target["type"], unit: string, label: string): Target => ({
  key,
  type,
  unit,
  label,
});

/** Who, when and where, what to make an event of, and what to leave out. */
export const OWN_TARGETS: readonly Target[] = [
  target("imei", "imei", "", "IMEI of the device"),
  target("time", "time", "", "Time of the reading"),
  target("latitude", "number", "°", "Latitude"),
  target("longitude", "number", "°", "Longitude"),
  target("altitude", "number", "m", "Altitude"),
  target("speed", "number", "km/h", "Speed of the position (GPS)"),
  target("heading", "number", "°", "Course of the position (GPS)"),
  target("hdop", "number", "", "HDOP"),
  target("fixSatellites", "number", "", "Satellites of the position"),
  target("fix", "boolean", "", "Position is valid"),
  target("event", "event", "", "Event (the message goes to output 2)"),
  target("ignore", "ignore", "", "Ignore"),
];

/** Everything that a rule can name. */
export const TARGETS: readonly Target[] = [...OWN_TARGETS, ...VOCABULARY];

const OWN: ReadonlyMap<string, Target> = new Map(OWN_TARGETS.map((one) => [one.key, one]));

/** A target by its key; a name of the user's own is none. */
export function findTarget(key: string): Target | undefined {
  return OWN.get(key) ?? findTerm(key);
}
