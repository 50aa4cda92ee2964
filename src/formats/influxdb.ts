import { type Format, isStatus, known, type Names, nothing, termsAs } from "./format";

const NAMES: Names = { named: {}, elsewhere: [], others: (key) => key };

/**
 * InfluxDB, for the node "influxdb out" with precision ms: fields with their time, and tags. Source: README of
 * node-red-contrib-influxdb.
 */
export const INFLUXDB: Format = {
  id: "influxdb",
  settings: { measurement: "trackers" },
  names: NAMES,
  make({ record, device }, { measurement }) {
    if (isStatus(record)) return nothing("kind");
    const { values, leftOut } = termsAs(record, NAMES);
    const { valid, latitude, longitude, ...rest } = record.position ?? {};
    const fields = {
      ...values,
      ...known(rest),
      ...(valid ? { latitude, longitude } : {}),
      ...(record.kind === "event" ? { event: record.event.type } : {}),
    };
    if (Object.keys(fields).length === 0) return { messages: [], leftOut: [{ path: "", why: "noValue" }] };
    const tags = {
      imei: record.imei,
      ...(device?.name ? { name: device.name } : {}),
      ...(device?.group ? { group: device.group } : {}),
    };
    return { messages: [{ payload: [{ ...fields, time: record.time }, tags], topic: measurement }], leftOut };
  },
};
