import { type Format, isStatus, type Names, nothing, utcTime, validPositionOf } from "./format";

const NAMES: Names = { named: {}, elsewhere: [], others: (key) => key };

/** GeoJSON: a Feature for each record with a valid position. Source: RFC 7946. */
export const GEOJSON: Format = {
  id: "geojson",
  settings: {},
  names: NAMES,
  make({ record, device }) {
    if (isStatus(record)) return nothing("kind");
    const fix = validPositionOf(record);
    if (fix === undefined) return nothing("noPosition");
    const { latitude, longitude, altitude, valid: _, ...rest } = fix;
    const payload = {
      type: "Feature",
      geometry: {
        type: "Point",
        coordinates: [longitude, latitude, ...(altitude === undefined ? [] : [altitude])],
      },
      properties: {
        ...record.attributes,
        ...rest,
        imei: record.imei,
        ...(device?.name ? { name: device.name } : {}),
        time: utcTime(record.time),
        ...(record.kind === "event" ? { event: record.event } : {}),
      },
    };
    return { messages: [{ payload }], leftOut: [] };
  },
};
