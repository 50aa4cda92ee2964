import {
  accuracyOf,
  type DeviceStatus,
  type Format,
  type FormatSettings,
  isStatus,
  known,
  type LeftOut,
  type Made,
  type Names,
  nothing,
  type Outgoing,
  type RecordSubject,
  type TellableRecord,
  termsAs,
  validPositionOf,
} from "./format";
import { alarmFacts, type TellableAlarm, type TellableInterval } from "./found";
import { ALARM_EVENT, alarmStateOf, lastTripOf } from "./home-assistant-found";
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
  tellsEventsOnce: true,
  make,
  interval: tripMessages,
  alarm: alarmMessages,
  session: (settings, tell) => new HomeAssistantSession(settings, tell),
};

/** Values of the last trip in the device's state; what stands still, or goes on, has none. */
function tripMessages(interval: TellableInterval, _: string, settings: FormatSettings): Made {
  if (interval.kind !== "trip" || interval.open !== false) return nothing("noValue", interval.kind);
  const { values, leftOut } = lastTripOf(interval);
  return { messages: [retained(topicOf(settings, interval.imei, "state"), values)], leftOut };
}

function alarmMessages(alarm: TellableAlarm, _: string, settings: FormatSettings): Made {
  if (alarm.past) return nothing("backInTime", alarm.kind);
  const messages = [
    retained(topicOf(settings, alarm.imei, "state"), alarmStateOf(alarm)),
    happened(settings, alarm.imei, { ...alarmFacts(alarm), event_type: ALARM_EVENT }),
  ];
  return { messages, leftOut: [] };
}

const happened = (settings: FormatSettings, imei: string, payload: object): Outgoing => ({
  topic: topicOf(settings, imei, "event"),
  qos: 1,
  retain: false,
  payload,
});

function make({ record }: RecordSubject, settings: FormatSettings): Made {
  return isStatus(record) ? statusMessages(record, settings) : stateMessages(record, settings);
}

function statusMessages({ imei, change }: DeviceStatus, settings: FormatSettings): Made {
  const availability = topicOf(settings, imei, "availability");
  const leftOut: LeftOut[] = [];
  if (change === "online" || change === "activated")
    return { messages: [retained(availability, "online")], leftOut };
  if (change === "offline" || change === "deactivated")
    return { messages: [retained(availability, "offline")], leftOut };
  if (change !== "removed") return nothing("kind");
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
    messages.push(happened(settings, record.imei, { ...record.event, event_type: record.event.type }));
  return { messages, leftOut: messages.length === 0 ? [...leftOut, { path: "", why: "noValue" }] : leftOut };
}
