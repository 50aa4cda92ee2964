import { POSITION_RANGES } from "../../model/position";
import { type Range, type Term, VOCABULARY } from "../../model/vocabulary";

/** What a rule can fill beside the names of the vocabulary. */
export interface Target {
  readonly key: string;
  readonly type:
    | Term["type"]
    | "latitude"
    | "longitude"
    | "latitudeHemisphere"
    | "longitudeHemisphere"
    | "pair"
    | "fix"
    | "time"
    | "imei"
    | "event"
    | "ignore";
  readonly unit: string;
  /** In English, for sentences. */
  readonly label: string;
  /** As a term of the vocabulary has it; that of coordinates is checked for both of them together. */
  readonly range?: Range;
  readonly values?: readonly string[];
}

const target = (key: string, type: Target["type"], unit: string, label: string, range?: Range): Target => ({
  key,
  type,
  unit,
  label,
  ...(range === undefined ? {} : { range }),
});

/** Who, when and where, what to make an event of, and what to leave out. */
export const OWN_TARGETS: readonly Target[] = [
  target("imei", "imei", "", "IMEI of the device"),
  target("time", "time", "", "Time of the reading"),
  target("latitude", "latitude", "°", "Latitude"),
  target("longitude", "longitude", "°", "Longitude"),
  target("latLon", "pair", "", "Latitude and longitude in one text"),
  target("latitudeHemisphere", "latitudeHemisphere", "", "N or S, beside the latitude"),
  target("longitudeHemisphere", "longitudeHemisphere", "", "E or W, beside the longitude"),
  target("altitude", "number", "m", "Altitude", POSITION_RANGES.altitude),
  target("speed", "number", "km/h", "Speed of the position (GPS)", POSITION_RANGES.speed),
  target("heading", "number", "°", "Course of the position (GPS)", POSITION_RANGES.course),
  target("hdop", "number", "", "HDOP", POSITION_RANGES.hdop),
  target("fixSatellites", "number", "", "Satellites of the position", POSITION_RANGES.satellites),
  target("fix", "fix", "", "Position is valid"),
  target("event", "event", "", "Event (the message goes to output 2)"),
  target("ignore", "ignore", "", "Ignore"),
];

const OWN: ReadonlySet<string> = new Set(OWN_TARGETS.map(({ key }) => key));

/** Everything that a rule can name; parts of the position before names of the vocabulary. */
export const TARGETS: readonly Target[] = [
  ...OWN_TARGETS,
  ...VOCABULARY.filter(({ key }) => !OWN.has(key)).map((term) => ({ ...term, label: term.label.en })),
];

const BY_KEY: ReadonlyMap<string, Target> = new Map(TARGETS.map((one) => [one.key, one]));

/** A target by its key; a name of the user's own is none. */
export function findTarget(key: string): Target | undefined {
  return BY_KEY.get(key);
}
