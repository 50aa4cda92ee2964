import type { EventTypeName } from "../model/events";
import {
  eventDetailsOf,
  type Format,
  httpOr,
  INPUT_NAMES,
  INPUTS,
  isStatus,
  known,
  maskOf,
  type Named,
  type Names,
  nothing,
  numberedRows,
  numbersOf,
  OUTPUT_NAMES,
  OUTPUTS,
  snakeCase,
  type TellableRecord,
  termsAs,
  utcTime,
  type Values,
  validPositionOf,
} from "./format";

const CELL = ["gsmMcc", "gsmMnc", "gsmLac", "gsmCell", "gsmSignal"];

const NAMES: Names = {
  named: {
    motion: { name: "is_moving" },
    odometer: { name: "hardware_mileage" },
    batteryVoltage: { name: "battery_voltage" },
    batteryLevel: { name: "battery_level", isWhole: true, range: [0, 100] },
    externalVoltage: { name: "board_voltage" },
    ...numberedRows(8, (n) => [`analog${n}`, { name: `analog_${n}` }]),
    deviceTemperature: { name: "temperature_internal" },
    ...numberedRows(4, (n) => [`temperature${n}`, { name: `temperature_${n}` }]),
    humidity: { name: "humidity_1" },
    fuelLevel: { name: "fuel_level_1" },
    fuelLevel2: { name: "fuel_level_2" },
    driverId: { name: "hardware_key" },
    vin: { name: "vin" },
    engineSpeed: { name: "custom_rpm" },
  },
  elsewhere: [...INPUT_NAMES, ...OUTPUT_NAMES, ...CELL],
  others: (key) => `custom_${snakeCase(key)}`,
};

/**
 * Numbers of events. Source: Navixy Generic Protocol, predefined event identifiers. What has none of theirs has one of ours,
 * from 10,000, which stays what it is.
 */
const EVENT_IDS: Readonly<Record<EventTypeName, number>> = {
  powerLost: 2,
  powerConnected: 4,
  voltageLow: 1,
  sleep: 9,
  wake: 8,
  simChanged: 10_005,
  commandReceived: 10_006,
  outputChanged: 10_007,
  clockCorrected: 10_008,
  orientationLost: 10_009,
  orientationFound: 10_010,
  restart: 10_011,
  firmware: 10_012,
  recordWritten: 10_013,
  jamming: 117,
  tamper: 106,
  shock: 113,
  overturn: 10_017,
  panic: 202,
  other: 10_019,
  ignitionOn: 605,
  ignitionOff: 604,
  tripStart: 406,
  tripEnd: 407,
  stop: 10_024,
  idling: 302,
  overspeed: 224,
  harshAcceleration: 240,
  harshBraking: 241,
  harshCornering: 239,
  crash: 242,
  tow: 101,
  geofenceEnter: 409,
  geofenceExit: 410,
  doorOpened: 109,
  temperatureHigh: 10_035,
  temperatureLow: 10_036,
  batteryLow: 1,
  driverChanged: 212,
  online: 10_039,
  offline: 10_040,
};
const GNSS_JAMMED = 116;
const TRACK_POINT = 401;
/** Number of an output, counted from it, whose state changed. */
const OUTPUT_CHANGED = 550;
/** Satellites without which a point is not stored. */
const ENOUGH_SATELLITES = 3;

/** What the target takes; beyond it the whole message is dropped without a word. */
const LOCATION = {
  altitude: { name: "altitude", range: [-1000, 10_000] },
  satellites: { name: "satellites", isWhole: true, range: [0, 64] },
  hdop: { name: "hdop", range: [0, Number.MAX_VALUE] },
  speed: { name: "speed", range: [0, Number.MAX_VALUE] },
} as const satisfies Readonly<Record<string, Named>>;

/**
 * Navixy Generic Protocol: a message for each record, to topic `ngp/<IMEI>`, or by HTTP, which tells what became of it.
 * Source: Navixy's documentation of the protocol, "Message structure and attributes", "Transport layer".
 */
export const NGP: Format = {
  id: "ngp",
  settings: { topic: "ngp", url: "" },
  names: NAMES,
  tellsEventsOnce: true,
  // Navixy makes trips of the points, and stores nothing without satellites, which no alarm has.
  interval: "itsOwn",
  alarm: "notStored",
  make({ record }, { topic, url }) {
    if (isStatus(record)) return nothing("kind");
    if (record.late || record.duplicate || record.future) return nothing("backInTime");
    const { values, leftOut } = termsAs(record, NAMES);
    const location = locationOf(record);
    const payload = {
      message_time: utcTime(record.time),
      device_id: record.imei,
      ...known({
        location: location?.values,
        event_id: eventId(record),
        mobile_cells: cellOf(record),
        input_status: maskOf(record, "input", INPUTS),
        output_status: maskOf(record, "output", OUTPUTS),
      }),
      ...values,
      ...customDetails(record),
    };
    const isStored =
      validPositionOf(record) !== undefined && Number(location?.values.satellites ?? 0) >= ENOUGH_SATELLITES;
    return {
      messages: [{ ...httpOr(url, { topic: `${topic}/${record.imei}`, qos: 1 }), payload }],
      leftOut: [
        ...leftOut,
        ...(location?.leftOut ?? []),
        ...(isStored ? [] : [{ path: "position", why: "notStored" } as const]),
      ],
    };
  },
};

function customDetails(record: TellableRecord): object {
  return Object.fromEntries(
    Object.entries(eventDetailsOf(record)).map(([key, value]) => [`custom_${snakeCase(key)}`, value]),
  );
}

function eventId(record: TellableRecord): number {
  if (record.kind !== "event") return TRACK_POINT;
  const { type, of, output } = record.event;
  if (type === "jamming" && of === "gnss") return GNSS_JAMMED;
  if (type === "outputChanged" && output !== undefined) return OUTPUT_CHANGED + output;
  return EVENT_IDS[type];
}

function locationOf(record: TellableRecord): Values | undefined {
  const { position } = record;
  if (position === undefined || position.latitude === null || position.longitude === null) return undefined;
  const { latitude, longitude, valid, course } = position;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  const { values, leftOut } = numbersOf("position", position, LOCATION);
  // North is 360 there, and nothing is 0.
  const heading = course === undefined ? undefined : Math.round(course) % 360 || 360;
  return {
    values: {
      fix_type: valid ? "HAS_FIX" : "LAST_KNOWN_POSITION",
      latitude,
      longitude,
      ...values,
      ...known({ heading }),
    },
    leftOut,
  };
}

/** A cell is told only where all that names one is known. */
function cellOf({ attributes = {} }: TellableRecord): object[] | undefined {
  const [mcc, mnc, lac, cell_id, rssi] = CELL.map((name) => attributes[name]);
  if (![mcc, mnc, lac, cell_id].every((part) => typeof part === "number")) return undefined;
  return [{ mcc, mnc, lac, cell_id, ...(typeof rssi === "number" ? { rssi: Math.round(rssi) } : {}) }];
}
