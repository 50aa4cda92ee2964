/**
 * What each target's own documents ask of a message, as JSON Schemas. They were written from those documents and from
 * nothing of `src/formats`: what is wrong there must not be wrong here in the same way.
 */

const number = { type: "number" };
const between = (minimum: number, maximum: number) => ({ type: "number", minimum, maximum });
const integer = (minimum: number, maximum: number) => ({ type: "integer", minimum, maximum });
const bool = { type: "boolean" };
/** NGP: texts of at most 10 KB. */
const text = { type: "string", minLength: 1, maxLength: 10_240 };
const bits = (count: number) => integer(0, 2 ** count - 1);
/** ISO 8601 in UTC, with Z and no other offset. */
const ZULU = {
  type: "string",
  pattern: "^\\d{4}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-6]\\d(\\.\\d{1,9})?Z$",
};
const latitude = between(-90, 90);
const longitude = between(-180, 180);
const scalar = { type: ["number", "string", "boolean"] };

/** Navixy Generic Protocol 1.2, "Message structure and attributes". */
export const NGP = {
  type: "object",
  required: ["message_time", "device_id"],
  properties: {
    message_time: ZULU,
    device_id: { type: "string", pattern: "^[A-Za-z0-9-]{6,32}$" },
    version: { const: "1.2" },
    location: {
      type: "object",
      required: ["latitude", "longitude"],
      properties: {
        latitude,
        longitude,
        altitude: between(-1000, 10_000),
        speed: { type: "number", minimum: 0 },
        heading: integer(1, 360),
        hdop: { type: "number", minimum: 0 },
        satellites: integer(0, 64),
        precision: number,
        source_type: text,
        fix_type: { enum: ["HAS_FIX", "LAST_KNOWN_POSITION", "NO_FIX", "FIX_2D", "FIX_3D"] },
      },
      additionalProperties: false,
    },
    /** Theirs have three digits at most; own ones are from 10,000. */
    event_id: { anyOf: [integer(1, 999), { type: "integer", minimum: 10_000 }] },
    mobile_cells: {
      type: "array",
      items: {
        type: "object",
        required: ["mcc", "mnc", "lac", "cell_id"],
        properties: {
          mcc: integer(0, 999),
          mnc: integer(0, 999),
          lac: integer(0, 65_535),
          cell_id: { type: "integer" },
        },
      },
    },
    is_moving: bool,
    hardware_mileage: number,
    hardware_key: text,
    vin: text,
    board_voltage: number,
    battery_voltage: number,
    battery_level: between(0, 100),
    input_status: bits(8),
    output_status: bits(8),
    temperature_internal: number,
  },
  patternProperties: {
    "^analog_[1-9]\\d*$": number,
    "^temperature_[1-9]\\d*$": number,
    "^fuel_level_[1-9]\\d*$": number,
    "^custom_[A-Za-z0-9_.]+$": { anyOf: [number, bool, text] },
    "^humidity_[1-9]\\d*$": number,
  },
  additionalProperties: false,
  // version 1.2 stands where, and only where, the message has what came with it.
  anyOf: [
    {
      required: ["version", "location"],
      properties: { location: { anyOf: [{ required: ["source_type"] }, { required: ["precision"] }] } },
    },
    {
      not: {
        anyOf: [
          { required: ["version"] },
          {
            required: ["location"],
            properties: { location: { anyOf: [{ required: ["source_type"] }, { required: ["precision"] }] } },
          },
        ],
      },
    },
  ],
};

/** Traccar's JSON on its OsmAnd port: what the decoder takes without throwing. */
export const TRACCAR = {
  type: "object",
  required: ["device_id", "location"],
  properties: {
    device_id: { type: "string", minLength: 1 },
    location: {
      type: "object",
      required: ["timestamp"],
      properties: {
        timestamp: ZULU,
        coords: {
          type: "object",
          required: ["latitude", "longitude", "speed", "heading", "accuracy", "altitude"],
          properties: {
            latitude,
            longitude,
            /** m/s; -1 is unknown. */
            speed: { anyOf: [{ const: -1 }, { type: "number", minimum: 0, maximum: 150 }] },
            heading: { anyOf: [{ const: -1 }, { type: "number", minimum: 0, maximum: 360 }] },
            accuracy: { type: "number", minimum: 0 },
            altitude: number,
          },
          additionalProperties: false,
        },
        event: text,
        is_moving: bool,
        /** Metres. */
        odometer: { type: "integer", minimum: 0 },
        battery: {
          type: "object",
          required: ["level", "is_charging"],
          properties: { level: between(0, 1), is_charging: bool },
          additionalProperties: false,
        },
        activity: { type: "object" },
        alarm: false,
        extras: {
          type: "object",
          properties: {
            /** Milliseconds. */
            hours: { type: "integer", minimum: 0 },
            power: number,
            driverUniqueId: { type: "string" },
          },
          patternProperties: { "^(in|out)\\d+$": bool, "^(adc|temp)\\d+$": number },
          additionalProperties: scalar,
        },
      },
      additionalProperties: false,
    },
    alarm: { type: "string", pattern: "^[a-z][A-Za-z]+$" },
  },
  additionalProperties: false,
};

/** OwnTracks' `location` and `transition`, with the keys that its hardware gateway uses beside. */
export const OWNTRACKS = {
  location: {
    type: "object",
    required: ["_type", "lat", "lon", "tst"],
    properties: {
      _type: { const: "location" },
      lat: latitude,
      lon: longitude,
      tst: integer(1, 2 ** 32 - 1),
      vel: integer(0, 500),
      cog: integer(0, 360),
      alt: { type: "integer" },
      acc: integer(0, 1_000_000),
      tid: { type: "string", pattern: "^.{1,2}$" },
      batt: integer(0, 100),
      odometer: number,
      hmc: { type: "integer", minimum: 0 },
      ubatt: number,
      uext: number,
      vin: text,
      imei: { type: "string", pattern: "^\\d{15}$" },
      name: text,
    },
    additionalProperties: scalar,
  },
  transition: {
    type: "object",
    required: ["_type", "event", "desc", "wtst", "tst", "acc"],
    properties: {
      _type: { const: "transition" },
      event: { enum: ["enter", "leave"] },
      desc: text,
      wtst: integer(1, 2 ** 32 - 1),
      tst: integer(1, 2 ** 32 - 1),
      acc: { type: "number", minimum: 0 },
      tid: { type: "string", pattern: "^.{1,2}$" },
      lat: latitude,
      lon: longitude,
      t: { enum: ["c", "b", "l"] },
    },
    additionalProperties: scalar,
  },
};

/** What the worldmap node draws. */
export const WORLDMAP = {
  type: "object",
  required: ["name"],
  properties: {
    name: text,
    lat: latitude,
    lon: longitude,
    /** A bare number would be m/s. */
    speed: { type: "string", pattern: "^\\d+(\\.\\d+)? (kph|kmh)$" },
    bearing: between(0, 360),
    icon: text,
    iconColor: text,
    layer: text,
    popup: text,
    popped: bool,
    ttl: { anyOf: [{ const: 0 }, { type: "number", minimum: 20 }] },
    deleted: { const: true },
    alt: { type: ["number", "string"] },
  },
  anyOf: [{ required: ["lat", "lon"] }, { required: ["deleted"] }],
};

const topic = { type: "string", pattern: "^[^#+\\u0000]+$", maxLength: 65_535 };
/** Platforms of Home Assistant's MQTT integration, and what each cannot do without. */
const PLATFORM_NEEDS: Readonly<Record<string, readonly string[]>> = {
  sensor: ["state_topic"],
  binary_sensor: ["state_topic"],
  device_tracker: [],
  switch: ["command_topic"],
  event: ["state_topic", "event_types"],
  button: ["command_topic"],
};

/** A device's discovery message. */
export const HOME_ASSISTANT = {
  type: "object",
  required: ["device", "origin", "components"],
  properties: {
    device: {
      type: "object",
      required: ["identifiers"],
      properties: { identifiers: { anyOf: [text, { type: "array", minItems: 1, items: text }] }, name: text },
    },
    origin: {
      type: "object",
      required: ["name"],
      properties: { name: text, sw_version: text, support_url: text },
    },
    availability: { type: "array", items: { type: "object", required: ["topic"] } },
    availability_topic: topic,
    payload_available: text,
    payload_not_available: text,
    state_topic: topic,
    command_topic: topic,
    qos: { enum: [0, 1, 2] },
    encoding: text,
    components: {
      type: "object",
      minProperties: 1,
      additionalProperties: {
        type: "object",
        required: ["platform"],
        properties: {
          platform: { enum: Object.keys(PLATFORM_NEEDS) },
          unique_id: text,
          default_entity_id: { type: "string", pattern: "^[a-z_]+\\.[a-z0-9_]+$" },
          object_id: false,
          state_topic: topic,
          command_topic: topic,
          json_attributes_topic: topic,
          value_template: text,
          device_class: text,
          state_class: { enum: ["measurement", "total", "total_increasing"] },
          unit_of_measurement: { type: "string" },
        },
        // With nothing but its platform it removes the component; with more it needs an id of its own.
        if: { minProperties: 2 },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
        then: { required: ["unique_id"] },
        allOf: Object.entries(PLATFORM_NEEDS).map(([platform, required]) => ({
          if: { properties: { platform: { const: platform } }, minProperties: 2 },
          // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
          then: { required: required.filter((name) => name !== "state_topic" && name !== "command_topic") },
        })),
      },
    },
  },
  additionalProperties: false,
};

/** What `json_attributes_topic` of a tracker has to bring. */
export const HOME_ASSISTANT_PLACE = {
  type: "object",
  required: ["latitude", "longitude"],
  properties: { latitude, longitude, gps_accuracy: { type: "number", minimum: 0 } },
};

/** ThingsBoard's gateway API. */
export const THINGSBOARD = {
  telemetry: {
    type: "object",
    minProperties: 1,
    additionalProperties: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["ts", "values"],
        // Milliseconds: what is less than a year-2001 in them is seconds.
        properties: { ts: integer(1e12, 1e13), values: { type: "object", minProperties: 1 } },
        additionalProperties: false,
      },
    },
  },
  device: { type: "object", required: ["device"], properties: { device: text } },
};

/** `[fields, tags]` of node-red-contrib-influxdb's "out", precision ms. */
export const INFLUXDB_POINT = {
  type: "array",
  minItems: 2,
  maxItems: 2,
  items: [
    {
      type: "object",
      minProperties: 2,
      required: ["time"],
      properties: { time: integer(1e12, 1e13) },
      additionalProperties: scalar,
    },
    { type: "object", minProperties: 1, additionalProperties: text },
  ],
};
