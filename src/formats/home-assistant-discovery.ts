import { EVENT_TYPE_NAMES } from "../model/events";
import { findTerm, type Term } from "../model/vocabulary";
import type { FormatSettings, Outgoing, TellableDevice } from "./format";
import { ALARM_EVENT, type Entity } from "./home-assistant-found";
import { configTopic, retained, topicOf } from "./home-assistant-topics";

/** Classes of sensors by unit. Source: Home Assistant's developer documentation, "Sensor entity". */
const CLASS_BY_UNIT: Readonly<Record<string, Entity>> = {
  V: { device_class: "voltage" },
  "km/h": { device_class: "speed" },
  km: { device_class: "distance" },
  "°C": { device_class: "temperature" },
  l: { device_class: "volume_storage" },
  kg: { device_class: "weight" },
  h: { device_class: "duration" },
  dBm: { device_class: "signal_strength" },
  B: { device_class: "data_size" },
};
/** Where the name says more than the unit. */
const CLASS_BY_NAME: Readonly<Record<string, Entity>> = {
  batteryLevel: { device_class: "battery" },
  stateOfCharge: { device_class: "battery" },
  humidity: { device_class: "humidity" },
  fuelUsed: { device_class: "volume" },
  idleFuel: { device_class: "volume" },
  motion: { device_class: "moving" },
  ignition: { device_class: "running" },
  engineRunning: { device_class: "running" },
  externalPower: { device_class: "power" },
  batteryCharging: { device_class: "battery_charging" },
  charging: { device_class: "battery_charging" },
  tamper: { device_class: "tamper" },
  doorFrontLeft: { device_class: "door" },
  doorFrontRight: { device_class: "door" },
  doorRearLeft: { device_class: "door" },
  doorRearRight: { device_class: "door" },
  trunk: { device_class: "door" },
  bonnet: { device_class: "opening" },
};
/** Units as Home Assistant writes them, where that differs. */
const UNITS: Readonly<Record<string, string>> = { l: "L", "l/h": "L/h", "1/min": "rpm" };

/** What Home Assistant has to be told of a device: names of values that it has sent, and of outputs that can be switched. */
export interface Announced {
  readonly keys: readonly string[];
  readonly device: TellableDevice | undefined;
  /** Entities of values that no vocabulary has, by key: alarms, the last trip. */
  readonly entities: Readonly<Record<string, Entity>>;
}

/** The discovery of a device: an entity for each value, its place, its events, a switch for each output with a name. */
export function announcement(
  imei: string,
  { keys, device, entities }: Announced,
  settings: FormatSettings,
): Outgoing {
  const unique = (key: string) => `tracker_${imei}_${key}`;
  const switches = Object.entries(device?.deviceConfig?.outputs ?? {});
  const switched = new Set(switches.map(([number]) => `output${number}`));
  const components: Record<string, Entity> = {
    place: {
      platform: "device_tracker",
      unique_id: unique("place"),
      name: "Position",
      source_type: "gps",
      json_attributes_topic: topicOf(settings, imei, "position"),
    },
    event: {
      platform: "event",
      unique_id: unique("event"),
      name: "Event",
      state_topic: topicOf(settings, imei, "event"),
      event_types: [...EVENT_TYPE_NAMES, ALARM_EVENT],
    },
  };
  const state_topic = topicOf(settings, imei, "state");
  for (const key of keys) {
    if (switched.has(key)) continue;
    // A name that a user gave must not take the place of the device's own.
    const id = Object.hasOwn(components, key) ? `${key}_value` : key;
    const entity = Object.hasOwn(entities, key)
      ? { ...templateOf(key, entities[key]), ...entities[key] }
      : entityOf(key);
    components[id] = { ...entity, unique_id: unique(id), state_topic };
  }
  for (const [number, name] of switches) {
    const key = `output${number}`;
    components[key] = {
      platform: "switch",
      unique_id: unique(key),
      name,
      state_topic,
      value_template: onOff(key),
      command_topic: topicOf(settings, imei, `${key}/set`),
      payload_on: "on",
      payload_off: "off",
      state_on: "on",
      state_off: "off",
    };
  }
  return retained(configTopic(imei), {
    device: {
      identifiers: [`tracker_${imei}`],
      name: device?.name || imei,
      serial_number: imei,
      ...(device?.group ? { suggested_area: device.group } : {}),
    },
    origin: { name: "node-red-trackers" },
    availability_topic: topicOf(settings, imei, "availability"),
    qos: 1,
    components,
  });
}

/** A template that says on and off; the state of a device has all that it has ever sent. */
const onOff = (key: string) => `{{ ${valueAt(key)} | iif('on', 'off') }}`;
/** Names that users gave can hold anything. */
const valueAt = (key: string) => `value_json[${JSON.stringify(key)}]`;

function entityOf(key: string): Entity {
  const term = findTerm(key);
  const platform = term?.type === "boolean" ? "binary_sensor" : "sensor";
  return {
    platform,
    name: term?.label.en ?? key,
    ...templateOf(key, { platform }),
    ...(platform === "binary_sensor" ? CLASS_BY_NAME[key] : term && measureOf(term)),
  };
}

/** Where in the state a value stands, and how it reads there. */
function templateOf(key: string, { platform }: Entity = {}): Entity {
  if (platform !== "binary_sensor") return { value_template: `{{ ${valueAt(key)} }}` };
  return { value_template: onOff(key), payload_on: "on", payload_off: "off" };
}

function measureOf({ key, unit, kind, precision }: Term): Entity {
  if (kind === "text" || kind === "state") return {};
  return {
    ...(CLASS_BY_NAME[key] ?? CLASS_BY_UNIT[unit]),
    state_class: kind === "counter" ? "total_increasing" : "measurement",
    ...(unit === "" ? {} : { unit_of_measurement: UNITS[unit] ?? unit }),
    ...(precision === undefined ? {} : { suggested_display_precision: precision }),
  };
}
