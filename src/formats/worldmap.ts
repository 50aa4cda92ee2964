import {
  type Format,
  isStatus,
  known,
  type Names,
  nothing,
  type TellableRecord,
  validPositionOf,
} from "./format";

/** The map shows what it is given in a table beside the marker. */
const NAMES: Names = { named: {}, elsewhere: [], others: (key) => key };

/** Colours of a marker by what the vehicle does. */
const COLOURS = { driving: "green", idling: "orange", standing: "blue" } as const;
const DRIVING_KMH = 3;

/** node-red-contrib-web-worldmap: a marker for each device, removed with the device. Source: its README. */
export const WORLDMAP: Format = {
  id: "worldmap",
  settings: { topic: "" },
  names: NAMES,
  make({ record, device }) {
    const name = device?.name || record.imei;
    if (isStatus(record)) {
      if (record.change !== "removed") return nothing("kind");
      return { messages: [{ payload: { name, deleted: true } }], leftOut: [] };
    }
    if (record.late || record.duplicate || record.future) return nothing("backInTime");
    const fix = validPositionOf(record);
    if (fix === undefined) return nothing("noPosition");
    const payload = {
      name,
      lat: fix.latitude,
      lon: fix.longitude,
      ...known({
        alt: fix.altitude,
        // A bare number would be metres a second.
        speed: fix.speed === undefined ? undefined : `${Math.round(fix.speed)} kph`,
        bearing: fix.course,
      }),
      icon: "car",
      iconColor: COLOURS[activityOf(record, fix.speed)],
      layer: device?.group || "trackers",
      // The marker stays until the device is removed.
      ttl: 0,
      ...record.attributes,
      time: record.time,
    };
    return { messages: [{ payload }], leftOut: [] };
  },
};

function activityOf({ attributes = {} }: TellableRecord, speed = 0): keyof typeof COLOURS {
  if (speed >= DRIVING_KMH) return "driving";
  return attributes.ignition === true ? "idling" : "standing";
}
