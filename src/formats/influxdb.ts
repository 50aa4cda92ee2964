import {
  beside,
  eventDetailsOf,
  type Format,
  isStatus,
  known,
  type Made,
  type Names,
  nothing,
  termsAs,
} from "./format";
import { alarmFacts, intervalFacts } from "./found";

const NAMES: Names = {
  named: {},
  elsewhere: [],
  others: beside("time", "imei", "name", "group", "event", "latitude", "longitude", "altitude", "speed"),
};

/** A point, its tags without those that are empty or are fields. */
function point(tags: Readonly<Record<string, string>>, fields: object, time: number, topic: string): Made {
  const own = Object.entries(fields).filter(([key]) => !Object.hasOwn(tags, key) && key !== "time");
  return { messages: [{ payload: [{ ...Object.fromEntries(own), time }, tags], topic }], leftOut: [] };
}

/**
 * InfluxDB, for the node "influxdb out" with precision ms: fields with their time, and tags. Source: README of
 * node-red-contrib-influxdb.
 */
export const INFLUXDB: Format = {
  id: "influxdb",
  settings: { measurement: "trackers" },
  names: NAMES,
  // Measurements of their own: a field has one type in the whole of a measurement.
  interval: (interval, name, { measurement }) =>
    point(
      { imei: interval.imei, name, kind: interval.kind },
      intervalFacts(interval),
      interval.start.time,
      `${measurement}_trips`,
    ),
  alarm: (alarm, name, { measurement }) =>
    point(
      { imei: alarm.imei, name, alarm: alarm.alarm, level: alarm.level },
      alarmFacts(alarm),
      alarm.time,
      `${measurement}_alarms`,
    ),
  make({ record, device }, { measurement }) {
    if (isStatus(record)) return nothing("kind");
    const { values, leftOut } = termsAs(record, NAMES);
    const { valid, latitude, longitude, ...rest } = record.position ?? {};
    const fields = {
      ...values,
      ...known(rest),
      ...(valid ? { latitude, longitude } : {}),
      ...(record.kind === "event" ? { event: record.event.type, ...eventDetailsOf(record) } : {}),
    };
    if (Object.keys(fields).length === 0) return { messages: [], leftOut: [{ path: "", why: "noValue" }] };
    const tags = {
      imei: record.imei,
      ...(device?.name ? { name: device.name } : {}),
      ...(device?.group ? { group: device.group } : {}),
    };
    return { ...point(tags, fields, record.time, measurement), leftOut };
  },
};
