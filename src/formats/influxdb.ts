import {
  beside,
  eventDetailsOf,
  type Format,
  type FormatSettings,
  httpOr,
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

type Tags = Readonly<Record<string, string>>;

/** A point, for the node "influxdb out" or, where an address was chosen, as a line for an http request. */
function point(tags: Tags, values: object, time: number, topic: string, { url }: FormatSettings): Made {
  const fields = Object.fromEntries(
    Object.entries(values).filter(
      ([key, value]) => value !== undefined && key !== "time" && !Object.hasOwn(tags, key),
    ),
  );
  const message =
    url === ""
      ? { payload: [{ ...fields, time }, tags], topic }
      : { ...httpOr(url, {}), headers: LINE_HEADERS, payload: lineOf(topic, tags, fields, time) };
  return { messages: [message], leftOut: [] };
}
const LINE_HEADERS = { "Content-Type": "text/plain; charset=utf-8" };

/** Source: InfluxData, "Line protocol reference"; the time is milliseconds. */
function lineOf(
  measurement: string,
  tags: Tags,
  fields: Readonly<Record<string, unknown>>,
  time: number,
): string {
  const head = [
    nameIn(measurement),
    ...Object.entries(tags).map(([key, value]) => `${nameIn(key)}=${nameIn(value)}`),
  ];
  const values = Object.entries(fields).map(([key, value]) => `${nameIn(key)}=${fieldIn(value)}`);
  return `${head.join(",")} ${values.join(",")} ${time}`;
}

/** A line has no way to say a line break in a name, nor a backslash at its end. */
function nameIn(name: string): string {
  let end = name.length;
  while (name[end - 1] === "\\") end--;
  return name
    .slice(0, end)
    .replaceAll(/[\r\n]/g, " ")
    .replaceAll(/[, =]/g, "\\$&");
}

const fieldIn = (value: unknown): string =>
  typeof value === "string" ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : String(value);

/**
 * InfluxDB, for the node "influxdb out" with precision ms: fields with their time, and tags. Source: README of
 * node-red-contrib-influxdb. With an address: the line protocol, for an http request.
 */
export const INFLUXDB: Format = {
  id: "influxdb",
  settings: { measurement: "trackers", url: "" },
  names: NAMES,
  // Measurements of their own: a field has one type in the whole of a measurement.
  interval: (interval, name, settings) =>
    point(
      { imei: interval.imei, name, kind: interval.kind },
      intervalFacts(interval),
      interval.start.time,
      `${settings.measurement}_trips`,
      settings,
    ),
  alarm: (alarm, name, settings) =>
    point(
      { imei: alarm.imei, name, alarm: alarm.alarm, level: alarm.level },
      alarmFacts(alarm),
      alarm.time,
      `${settings.measurement}_alarms`,
      settings,
    ),
  make({ record, device }, settings) {
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
    return { ...point(tags, fields, record.time, settings.measurement, settings), leftOut };
  },
};
