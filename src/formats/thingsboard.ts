import { type Format, isStatus, known, type Names, type Outgoing, termsAs } from "./format";
import { ThingsboardSession } from "./thingsboard-session";

const NAMES: Names = { named: {}, elsewhere: [], others: (key) => key };
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
  make({ record, device }, { topic }) {
    const name = device?.name || record.imei;
    const message = (part: string, payload: unknown): Outgoing => ({
      topic: `${topic}/${part}`,
      qos: 1,
      payload,
    });
    if (isStatus(record)) {
      const part = TOPICS[record.change];
      return { messages: part === undefined ? [] : [message(part, { device: name })], leftOut: [] };
    }
    const { values, leftOut } = termsAs(record, NAMES);
    const { valid, latitude, longitude, ...rest } = record.position ?? {};
    const told = {
      ...values,
      ...(valid ? { latitude, longitude } : {}),
      ...known(rest),
      ...(record.kind === "event" ? { event: record.event.type, severity: record.event.severity } : {}),
    };
    return { messages: [message("telemetry", { [name]: [{ ts: record.time, values: told }] })], leftOut };
  },
  session: (settings) => new ThingsboardSession(settings, THINGSBOARD.make),
};
