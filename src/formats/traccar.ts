import type { AlarmKindName } from "../alarms/kinds";
import type { EventTypeName } from "../model/events";
import {
  accuracyOf,
  eventDetailsOf,
  exact,
  type Format,
  type FormatSettings,
  httpOr,
  isStatus,
  known,
  type Made,
  type Named,
  type Names,
  nothing,
  numberedRows,
  type TellableRecord,
  termsAs,
  utcTime,
  type ValidPosition,
  validPositionOf,
} from "./format";
import { alarmFacts, placeOfFound, prefixed, type TellableAlarm } from "./found";

const SECONDS_OF_HOUR = 3600;
const KMH_PER_MS = 3.6;
/** What it takes for a speed or a course that is not known. */
const UNKNOWN = -1;

/** Source: the attribute names of Traccar's positions, in its units. */
const NAMED: Readonly<Record<string, Named>> = {
  engineSpeed: { name: "rpm" },
  engineHours: { name: "hours", times: SECONDS_OF_HOUR * 1000, isWhole: true },
  externalVoltage: { name: "power" },
  batteryVoltage: { name: "battery" },
  deviceTemperature: { name: "deviceTemp" },
  coolantTemperature: { name: "coolantTemp" },
  driverId: { name: "driverUniqueId" },
  vehicleSpeed: { name: "obdSpeed" },
  fuelVolume: { name: "fuel" },
  gsmSignal: { name: "rssi" },
  troubleCodes: { name: "dtcs" },
  firmware: { name: "versionFw" },
  hardware: { name: "versionHw" },
  fuelRate: { name: "fuelConsumption" },
  doorsLocked: { name: "lock" },
  ...numberedRows(8, (n) => [`input${n}`, { name: `in${n}` }]),
  ...numberedRows(4, (n) => [`output${n}`, { name: `out${n}` }]),
  ...numberedRows(8, (n) => [`analog${n}`, { name: `adc${n}` }]),
  ...numberedRows(4, (n) => [`temperature${n}`, { name: `temp${n}` }]),
};

const NAMES: Names = {
  named: NAMED,
  elsewhere: ["odometer", "motion", "batteryLevel", "batteryCharging"],
  others: (key) => key,
};

/** What it knows as an alarm; null: an event alone. Source: the alarms of Traccar's positions. */
const ALARMS: Readonly<Record<EventTypeName, string | null>> = {
  powerLost: "powerCut",
  powerConnected: "powerRestored",
  voltageLow: "lowPower",
  sleep: null,
  wake: null,
  simChanged: null,
  commandReceived: null,
  outputChanged: null,
  clockCorrected: null,
  orientationLost: null,
  orientationFound: null,
  restart: null,
  firmware: null,
  recordWritten: null,
  jamming: "jamming",
  tamper: "tampering",
  shock: "vibration",
  overturn: "accident",
  panic: "sos",
  other: null,
  ignitionOn: null,
  ignitionOff: null,
  tripStart: null,
  tripEnd: null,
  stop: null,
  idling: "idle",
  overspeed: "overspeed",
  harshAcceleration: "hardAcceleration",
  harshBraking: "hardBraking",
  harshCornering: "hardCornering",
  crash: "accident",
  tow: "tow",
  geofenceEnter: "geofenceEnter",
  geofenceExit: "geofenceExit",
  doorOpened: "door",
  temperatureHigh: "temperature",
  temperatureLow: "temperature",
  batteryLow: "lowBattery",
  driverChanged: null,
  online: null,
  offline: null,
};

/** What it calls our alarms; `general` where it has no word of its own. */
const ALARM_KINDS: Readonly<Record<AlarmKindName, string>> = {
  overspeed: "overspeed",
  fenceEntered: "geofenceEnter",
  fenceLeft: "geofenceExit",
  overstayed: "general",
  tow: "tow",
  harshDriving: "general",
  crash: "accident",
  idling: "idle",
  powerCut: "powerCut",
  batteryLow: "lowBattery",
  valueRange: "general",
  jamming: "jamming",
  tamper: "tampering",
  panic: "sos",
  doorOpened: "door",
  driverUnknown: "general",
  offline: "general",
  silent: "general",
  expression: "general",
};

/**
 * Traccar: JSON for its OsmAnd port (5055) by HTTP. A position without a fix is left out, since it counts as valid there;
 * the time and the values go all the same.
 */
export const TRACCAR: Format = {
  id: "traccar",
  settings: { url: "http://127.0.0.1:5055" },
  names: NAMES,
  tellsEventsOnce: true,
  interval: "itsOwn",
  alarm: alarmMessage,
  make({ record }, { url }) {
    if (isStatus(record)) return nothing("kind");
    const { values, leftOut } = termsAs(record, NAMES);
    const { attributes = {}, position } = record;
    const coords = coordsOf(record);
    const level = attributes.batteryLevel;
    const event = record.kind === "event" ? record.event.type : undefined;
    const odometer = attributes.odometer;
    const payload = {
      device_id: record.imei,
      location: {
        timestamp: utcTime(record.time),
        ...known({
          coords,
          event,
          is_moving: attributes.motion ?? undefined,
          odometer: typeof odometer === "number" ? Math.round(odometer * 1000) : undefined,
          battery:
            typeof level === "number"
              ? { level: exact(level / 100), is_charging: attributes.batteryCharging === true }
              : undefined,
        }),
        extras: {
          ...known({ sat: position?.satellites, hdop: position?.hdop }),
          ...eventDetailsOf(record),
          ...values,
        },
      },
      ...known({ alarm: (event && ALARMS[event]) ?? undefined }),
    };
    return {
      messages: [{ ...httpOr(url, {}), payload }],
      leftOut: [
        ...leftOut,
        ...(position === undefined || coords !== undefined
          ? []
          : [{ path: "position", why: "noPosition" } as const]),
      ],
    };
  },
};

/** All of them have to be there. */
function coordsOf(record: TellableRecord): object | undefined {
  const fix = validPositionOf(record);
  return fix === undefined ? undefined : coordsAt(fix);
}

function coordsAt(fix: Omit<ValidPosition, "valid">): object {
  const { latitude, longitude, altitude = 0, speed, course = UNKNOWN, hdop } = fix;
  return {
    latitude,
    longitude,
    altitude,
    accuracy: accuracyOf(hdop) ?? 0,
    speed: speed === undefined ? UNKNOWN : exact(speed / KMH_PER_MS),
    heading: course,
  };
}

/** Only a beginning rings there; what becomes of the alarm afterwards has no word. */
function alarmMessage(alarm: TellableAlarm, _: string, { url }: FormatSettings): Made {
  if (alarm.change !== "begin" && alarm.change !== "escalated") return nothing("toldBefore", alarm.kind);
  const place = placeOfFound(alarm.position);
  const payload = {
    device_id: alarm.imei,
    location: {
      timestamp: utcTime(alarm.begin),
      ...known({ coords: place && coordsAt(place) }),
      extras: prefixed("alarm", alarmFacts(alarm)),
    },
    alarm: Object.hasOwn(ALARM_KINDS, alarm.alarm) ? ALARM_KINDS[alarm.alarm as AlarmKindName] : "general",
  };
  return { messages: [{ ...httpOr(url, {}), payload }], leftOut: [] };
}
