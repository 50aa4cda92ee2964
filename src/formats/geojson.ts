import {
  beside,
  type Format,
  isStatus,
  type Made,
  type Names,
  nothing,
  termsAs,
  utcTime,
  validPositionOf,
} from "./format";
import { alarmFacts, intervalFacts, placeOfFound, type TellableAlarm, type TellableInterval } from "./found";

const NAMES: Names = {
  named: {},
  elsewhere: [],
  others: beside("imei", "name", "time", "event", "altitude", "speed"),
};

/**
 * GeoJSON: a Feature for each record with a valid position; a trip is the points where it began and ended, since the way
 * between them is not in it. Source: RFC 7946.
 */
export const GEOJSON: Format = {
  id: "geojson",
  settings: {},
  names: NAMES,
  interval: intervalFeature,
  alarm: alarmFeature,
  make({ record, device }) {
    if (isStatus(record)) return nothing("kind");
    const fix = validPositionOf(record);
    if (fix === undefined) return nothing("noPosition");
    const { values, leftOut } = termsAs(record, NAMES);
    const { latitude, longitude, altitude, valid: _, ...rest } = fix;
    const payload = {
      type: "Feature",
      geometry: {
        type: "Point",
        coordinates: [longitude, latitude, ...(altitude === undefined ? [] : [altitude])],
      },
      properties: {
        ...values,
        ...rest,
        imei: record.imei,
        ...(device?.name ? { name: device.name } : {}),
        time: utcTime(record.time),
        ...(record.kind === "event" ? { event: record.event } : {}),
      },
    };
    return { messages: [{ payload }], leftOut };
  },
};

function intervalFeature(interval: TellableInterval, name: string): Made {
  const { kind, imei, start, end } = interval;
  const places = [start, end].flatMap((moment) => coordinatesOf(moment) ?? []);
  const [first, second = first] = places;
  if (first === undefined) return nothing("noPosition", kind);
  const moves = kind === "trip" || kind === "carried";
  const geometry = moves
    ? { type: "MultiPoint", coordinates: [first, second] }
    : { type: "Point", coordinates: first };
  const properties = { ...intervalFacts(interval), imei, name, time: utcTime(start.time) };
  return { messages: [{ payload: { type: "Feature", geometry, properties } }], leftOut: [] };
}

function alarmFeature(alarm: TellableAlarm, name: string): Made {
  const { kind, imei, position } = alarm;
  const coordinates = coordinatesOf(position)?.[0];
  if (coordinates === undefined) return nothing("noPosition", kind);
  const properties = { ...alarmFacts(alarm), kind, imei, device: name, time: utcTime(alarm.time) };
  const payload = { type: "Feature", geometry: { type: "Point", coordinates }, properties };
  return { messages: [{ payload }], leftOut: [] };
}

/** In a list, so that it can be joined to others. */
function coordinatesOf(
  moment: Parameters<typeof placeOfFound>[0],
): [longitude: number, latitude: number][] | undefined {
  const place = placeOfFound(moment);
  return place && [[place.longitude, place.latitude]];
}
