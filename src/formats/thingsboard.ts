import {
  beside,
  eventDetailsOf,
  type Format,
  type FormatSettings,
  isStatus,
  known,
  type Made,
  type Names,
  nothing,
  type Outgoing,
  termsAs,
} from "./format";
import { alarmFacts, type FoundFacts, intervalFacts, prefixed } from "./found";
import { ThingsboardSession } from "./thingsboard-session";

const NAMES: Names = {
  named: {},
  elsewhere: [],
  others: beside("event", "severity", "latitude", "longitude", "altitude", "speed"),
};
const TOPICS: Readonly<Record<string, string>> = {
  online: "connect",
  activated: "connect",
  offline: "disconnect",
  deactivated: "disconnect",
  removed: "disconnect",
};

/** ThingsBoard's gateway API: values under the device's name. Source: ThingsBoard, "Gateway MQTT API reference". */
export const THINGSBOARD: Format = {
  id: "thingsboard",
  settings: { topic: "v1/gateway" },
  names: NAMES,
  interval: (interval, name, settings) =>
    telemetry(name, interval.start.time, prefixed("trip", intervalFacts(interval)), settings),
  alarm: (alarm, name, settings) =>
    telemetry(name, alarm.time, prefixed("alarm", alarmFacts(alarm)), settings),
  make({ record, device }, settings) {
    const name = device?.name || record.imei;
    if (isStatus(record)) {
      const part = TOPICS[record.change];
      if (part === undefined) return nothing("kind");
      return { messages: [message(settings, part, { device: name })], leftOut: [] };
    }
    const { values, leftOut } = termsAs(record, NAMES);
    const { valid, latitude, longitude, ...rest } = record.position ?? {};
    const told = {
      ...values,
      ...(valid ? { latitude, longitude } : {}),
      ...known(rest),
      ...(record.kind === "event"
        ? { event: record.event.type, severity: record.event.severity, ...eventDetailsOf(record) }
        : {}),
    };
    if (Object.keys(told).length === 0) return { messages: [], leftOut: [{ path: "", why: "noValue" }] };
    return { ...telemetry(name, record.time, told, settings), leftOut };
  },
  session: (settings, tell) => new ThingsboardSession(settings, tell),
};

const message = ({ topic }: FormatSettings, part: string, payload: unknown): Outgoing => ({
  topic: `${topic}/${part}`,
  qos: 1,
  payload,
});

function telemetry(name: string, ts: number, values: FoundFacts | object, settings: FormatSettings): Made {
  return { messages: [message(settings, "telemetry", { [name]: [{ ts, values }] })], leftOut: [] };
}
