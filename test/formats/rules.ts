import assert from "node:assert/strict";
import type { Outgoing } from "../../src/formats/format";

/**
 * The rules of the targets, as their own documentation and code have them: docs/formats.md names the sources. Nothing here
 * knows how a message was made.
 */

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const number =
  (least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): Check =>
  (value) =>
    typeof value === "number" && Number.isFinite(value) && value >= least && value <= most;
const whole =
  (least?: number, most?: number): Check =>
  (value) =>
    Number.isInteger(value) && number(least, most)(value);
const oneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);
const utc: Check = (value) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value);
const plain: Check = (value) => ["string", "number", "boolean"].includes(typeof value);

function has(
  what: Json,
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
) {
  for (const [key, check] of Object.entries(required))
    assert.ok(check(what[key]), `${key}: ${JSON.stringify(what[key])} in ${JSON.stringify(what)}`);
  for (const [key, check] of Object.entries(optional))
    if (what[key] !== undefined)
      assert.ok(check(what[key]), `${key}: ${JSON.stringify(what[key])} in ${JSON.stringify(what)}`);
}

function ngp({ topic, payload, qos }: Outgoing): void {
  const message = payload as Json;
  assert.equal(topic, `ngp/${message.device_id}`);
  assert.ok(qos === 0 || qos === 1);
  const numbered = (prefix: string) =>
    Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`${prefix}_${index + 1}`, number()]));
  const optional = {
    event_id: (value: unknown) => whole(1, 609)(value) || whole(10_000)(value),
    is_moving: flag,
    hardware_mileage: number(0),
    battery_voltage: number(),
    battery_level: whole(0, 100),
    board_voltage: number(),
    input_status: whole(0),
    output_status: whole(0),
    ...numbered("analog"),
    ...numbered("temperature"),
    ...numbered("humidity"),
    ...numbered("fuel_level"),
    temperature_internal: number(),
    hardware_key: text,
    vin: text,
  };
  has(message, { message_time: utc, device_id: (id) => /^[A-Za-z0-9-]{6,32}$/.test(String(id)) }, optional);
  for (const [key, value] of Object.entries(message)) {
    if (key in optional || ["message_time", "device_id", "location", "mobile_cells"].includes(key)) continue;
    assert.match(key, /^custom_[a-z0-9_]+$/);
    assert.ok(plain(value), key);
    assert.ok(Buffer.byteLength(String(value)) <= 10_240, key);
  }
  if (message.location !== undefined)
    has(
      message.location as Json,
      { latitude: number(-90, 90), longitude: number(-180, 180) },
      {
        altitude: number(-1000, 10_000),
        fix_type: oneOf("HAS_FIX", "LAST_KNOWN_POSITION", "NO_FIX", "FIX_2D", "FIX_3D"),
        satellites: whole(0, 64),
        hdop: number(0),
        speed: number(0),
        heading: whole(1, 360),
      },
    );
  for (const cell of (message.mobile_cells as Json[] | undefined) ?? [])
    has(cell, { mcc: whole(0), mnc: whole(0), lac: whole(0), cell_id: whole(0) }, { rssi: whole() });
}

function traccar({ payload, method }: Outgoing): void {
  assert.equal(method, "POST");
  const message = payload as Json;
  has(message, { device_id: text }, { alarm: text });
  const location = message.location as Json;
  has(location, { timestamp: utc }, { odometer: whole(0), is_moving: flag, event: text });
  if (location.coords !== undefined)
    has(location.coords as Json, {
      latitude: number(-90, 90),
      longitude: number(-180, 180),
      speed: number(-1),
      heading: number(-1, 360),
      accuracy: number(0),
      altitude: number(),
    });
  if (location.battery !== undefined)
    has(location.battery as Json, { level: number(0, 1), is_charging: flag });
  for (const [key, value] of Object.entries(location.extras as Json)) assert.ok(plain(value), key);
  has(location.extras as Json, {}, { hours: whole(0), in1: flag, power: number(), driverUniqueId: text });
}

function owntracks({ topic, payload, retain }: Outgoing): void {
  const message = payload as Json;
  const place = { lat: number(-90, 90), lon: number(-180, 180), tst: whole(0), acc: number(0) };
  if (message._type === "transition") {
    assert.match(String(topic), /^owntracks\/[^/]+\/[^/]+\/event$/);
    assert.equal(retain, false);
    has(message, { ...place, event: oneOf("enter", "leave"), desc: text, wtst: whole(0) });
    return;
  }
  assert.match(String(topic), /^owntracks\/[^/]+\/[^/]+$/);
  has(
    message,
    { ...place, _type: oneOf("location"), tid: (tid) => [...String(tid)].length <= 2 },
    {
      vel: whole(0),
      cog: whole(0, 359),
      alt: whole(),
      batt: whole(0, 100),
      hmc: whole(0),
      odometer: number(0),
    },
  );
}

function worldmap({ payload }: Outgoing): void {
  const marker = payload as Json;
  has(marker, { name: text });
  if (marker.deleted === true) return;
  has(
    marker,
    { lat: number(-90, 90), lon: number(-180, 180), icon: text, layer: text, iconColor: text },
    {
      speed: (speed) => /^\d+ kph$/.test(String(speed)),
      bearing: number(0, 360),
      ttl: (ttl) => ttl === 0 || number(20)(ttl),
    },
  );
}

function homeAssistant({ topic, payload, retain }: Outgoing): void {
  const [, , part] = String(topic).split("/");
  if (payload === "") return;
  if (part === "availability") assert.ok(oneOf("online", "offline")(payload));
  if (part === "event") assert.deepEqual([retain, typeof (payload as Json).event_type], [false, "string"]);
  if (part === "state") for (const value of Object.values(payload as Json)) assert.ok(plain(value));
  if (part === "position")
    has(payload as Json, {
      latitude: number(-90, 90),
      longitude: number(-180, 180),
      gps_accuracy: number(0),
    });
}

function thingsboard({ topic, payload }: Outgoing): void {
  if (topic === "v1/gateway/connect" || topic === "v1/gateway/disconnect") {
    has(payload as Json, { device: text });
    return;
  }
  assert.equal(topic, "v1/gateway/telemetry");
  for (const rows of Object.values(payload as Readonly<Record<string, Json[]>>))
    for (const row of rows) {
      has(row, { ts: whole(1e12) });
      for (const value of Object.values(row.values as Json)) assert.ok(plain(value));
    }
}

function geojson({ payload }: Outgoing): void {
  const { type, geometry, properties } = payload as { type: string; geometry: Json; properties: Json };
  const [longitude, latitude, ...rest] = geometry.coordinates as unknown[];
  assert.deepEqual([type, geometry.type], ["Feature", "Point"]);
  assert.ok(
    number(-180, 180)(longitude) && number(-90, 90)(latitude) && rest.length <= 1 && rest.every(number()),
  );
  assert.equal(typeof properties, "object");
}

function influxdb({ payload }: Outgoing): void {
  const [fields, tags] = payload as [Json, Json];
  has(fields, { time: whole(1e12) });
  assert.ok(Object.keys(fields).length > 1, "a point needs a field");
  for (const value of Object.values(fields)) assert.ok(plain(value));
  for (const value of Object.values(tags)) assert.ok(text(value) && value !== "");
}

export const RULES: Readonly<Record<string, (message: Outgoing) => void>> = {
  ngp,
  traccar,
  owntracks,
  worldmap,
  homeAssistant,
  thingsboard,
  geojson,
  influxdb,
};
