import {
  accuracyOf,
  type DeviceStatus,
  type Format,
  type FormatSettings,
  type FormatSubject,
  isStatus,
  known,
  type LeftOut,
  type Made,
  type Names,
  nothing,
  type Outgoing,
  type TellableRecord,
  termsAs,
  validPositionOf,
} from "./format";
import { HomeAssistantSession } from "./home-assistant-session";
import { configTopic, retained, topicOf } from "./home-assistant-topics";

/** Each value is an entity under its own name. */
const NAMES: Names = { named: {}, elsewhere: [], others: (key) => key };

/**
 * Home Assistant by MQTT: states as JSON, positions, events; {@link HomeAssistantSession} adds what is new in the device's
 * discovery. Source: Home Assistant, "MQTT", "MQTT discovery".
 */
export const HOME_ASSISTANT: Format = {
  id: "homeAssistant",
  settings: { topic: "trackers" },
  names: NAMES,
  make,
  session: (settings) => new HomeAssistantSession(settings, make),
};

function make({ record }: FormatSubject, settings: FormatSettings): Made {
  return isStatus(record) ? statusMessages(record, settings) : stateMessages(record, settings);
}

function statusMessages({ imei, change }: DeviceStatus, settings: FormatSettings): Made {
  const availability = topicOf(settings, imei, "availability");
  const leftOut: LeftOut[] = [];
  if (change === "online" || change === "activated")
    return { messages: [retained(availability, "online")], leftOut };
  if (change === "offline" || change === "deactivated")
    return { messages: [retained(availability, "offline")], leftOut };
  if (change !== "removed") return { messages: [], leftOut };
  // An empty payload removes what is kept there, in the broker and in Home Assistant.
  const kept = [configTopic(imei), ...PARTS.map((part) => topicOf(settings, imei, part))];
  return { messages: kept.map((topic) => retained(topic, "")), leftOut };
}
const PARTS = ["state", "position", "availability"];

function stateMessages(record: TellableRecord, settings: FormatSettings): Made {
  if (record.late || record.duplicate || record.future) return nothing("backInTime");
  const { values, leftOut } = termsAs(record, NAMES);
  const messages: Outgoing[] = [];
  if (Object.keys(values).length > 0)
    messages.push(retained(topicOf(settings, record.imei, "state"), values));
  const fix = validPositionOf(record);
  if (fix !== undefined) {
    const { latitude, longitude, altitude, speed, course, hdop } = fix;
    const position = {
      latitude,
      longitude,
      gps_accuracy: accuracyOf(hdop) ?? 0,
      ...known({ altitude, speed, course }),
    };
    messages.push(retained(topicOf(settings, record.imei, "position"), position));
  }
  if (record.kind === "event")
    messages.push({
      topic: topicOf(settings, record.imei, "event"),
      qos: 1,
      retain: false,
      payload: { event_type: record.event.type, ...record.event },
    });
  return { messages, leftOut: messages.length === 0 ? [...leftOut, { path: "", why: "noValue" }] : leftOut };
}
