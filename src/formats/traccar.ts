import type { EventTypeName } from "../model/events";
import {
  accuracyOf,
  exact,
  type Format,
  httpOr,
  isStatus,
  known,
  type Named,
  type Names,
  nothing,
  numberedRows,
  type TellableRecord,
  termsAs,
  utcTime,
  validPositionOf,
} from "./format";

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

/** What it knows as an alarm. Source: the alarms of Traccar's positions. */
const ALARMS: Readonly<Partial<Record<EventTypeName, string>>> = {
  powerLost: "powerCut",
  powerConnected: "powerRestored",
  voltageLow: "lowPower",
  batteryLow: "lowBattery",
  jamming: "jamming",
  tamper: "tampering",
  shock: "vibration",
  overturn: "accident",
  crash: "accident",
  panic: "sos",
  overspeed: "overspeed",
  harshAcceleration: "hardAcceleration",
  harshBraking: "hardBraking",
  harshCornering: "hardCornering",
  tow: "tow",
  idling: "idle",
  doorOpened: "door",
  geofenceEnter: "geofenceEnter",
  geofenceExit: "geofenceExit",
  temperatureHigh: "temperature",
  temperatureLow: "temperature",
};

/**
 * Traccar: JSON for its OsmAnd port (5055) by HTTP. A position without a fix is left out, since it counts as valid there;
 * the time and the values go all the same.
 */
export const TRACCAR: Format = {
  id: "traccar",
  settings: { url: "http://127.0.0.1:5055" },
  names: NAMES,
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
          ...values,
        },
      },
      ...known({ alarm: event === undefined ? undefined : ALARMS[event] }),
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
  if (fix === undefined) return undefined;
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
