import type { Position } from "../../model/message";
import type { HistoryRecord } from "../record";

export type Pages = AsyncIterable<readonly HistoryRecord[]>;

/** A record's valid position; undefined where it has none, or none on the globe. */
export function fixOf({
  position,
}: HistoryRecord): (Position & { latitude: number; longitude: number }) | undefined {
  const { valid, latitude, longitude } = position ?? {};
  const isOnGlobe = Math.abs(latitude ?? Number.NaN) <= 90 && Math.abs(longitude ?? Number.NaN) <= 180;
  if (!valid || !isOnGlobe) return undefined;
  return position as Position & { latitude: number; longitude: number };
}

/** ISO 8601, UTC. */
export const isoTime = (time: number): string => new Date(time).toISOString();

/**
 * A FeatureCollection of a Point for each record with a valid position, piece by piece. Source: RFC 7946. Properties are
 * those of the record: time, speed and course, attributes and sensors under their names.
 */
export async function* geoJson(pages: Pages): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":[';
  let comma = "";
  for await (const records of pages) {
    let text = "";
    for (const record of records) {
      const feature = featureOf(record);
      if (feature === undefined) continue;
      text += `${comma}\n${JSON.stringify(feature)}`;
      comma = ",";
    }
    if (text !== "") yield text;
  }
  yield "\n]}\n";
}

function featureOf(record: HistoryRecord): object | undefined {
  const fix = fixOf(record);
  if (fix === undefined) return undefined;
  const { valid: _, latitude, longitude, altitude, ...rest } = fix;
  const { imei, time, kind, attributes = {}, sensors = {} } = record;
  return {
    type: "Feature",
    geometry: {
      type: "Point",
      coordinates: [longitude, latitude, ...(altitude === undefined ? [] : [altitude])],
    },
    properties: {
      ...sensors,
      ...attributes,
      ...rest,
      imei,
      time: isoTime(time),
      ...(record.kind === "event" ? { kind, event: record.event } : {}),
    },
  };
}
