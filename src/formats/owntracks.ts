import type { EventTypeName } from "../model/events";
import {
  accuracyOf,
  type Format,
  type FormatSubject,
  isStatus,
  known,
  type Names,
  nothing,
  numberedRows,
  type Outgoing,
  type TellableRecord,
  termsAs,
  type ValidPosition,
  validPositionOf,
} from "./format";

const SECONDS_OF_HOUR = 3600;

/** Source: OwnTracks' booklet, "JSON", and the keys that its trackers in use send. */
const NAMES: Names = {
  named: {
    batteryLevel: { name: "batt", isWhole: true, range: [0, 100] },
    odometer: { name: "odometer" },
    engineHours: { name: "hmc", times: SECONDS_OF_HOUR, isWhole: true },
    batteryVoltage: { name: "ubatt" },
    externalVoltage: { name: "uext" },
    ignition: { name: "ign" },
    motion: { name: "motion" },
    fuelLevel: { name: "flvl" },
    engineSpeed: { name: "rpm" },
    driverId: { name: "driver" },
    vin: { name: "vin" },
    ...numberedRows(8, (n) => [`input${n}`, { name: `din${n}` }]),
    ...numberedRows(4, (n) => [`output${n}`, { name: `dout${n}` }]),
    ...numberedRows(8, (n) => [`analog${n}`, { name: `aiv${n}` }]),
    ...numberedRows(4, (n) => [`temperature${n}`, { name: `temp_c-${n}` }]),
  },
  elsewhere: [],
  others: "leftOut",
};

const TRANSITIONS: Readonly<Partial<Record<EventTypeName, string>>> = {
  geofenceEnter: "enter",
  geofenceExit: "leave",
};

/** OwnTracks: a location for each record with a valid position, and a transition where a fence was entered or left. */
export const OWNTRACKS: Format = {
  id: "owntracks",
  settings: { topic: "owntracks/trackers" },
  names: NAMES,
  make({ record, device }, { topic }) {
    if (isStatus(record)) return nothing("kind");
    const fix = validPositionOf(record);
    if (fix === undefined) return nothing("noPosition");
    const { values, leftOut } = termsAs(record, NAMES);
    const where = `${topic}/${record.imei}`;
    const payload = {
      _type: "location",
      ...placeOf(record, fix),
      tid: tidOf({ record, ...(device && { device }) }),
      imei: record.imei,
      ...(device?.name ? { name: device.name } : {}),
      ...known({
        alt: fix.altitude === undefined ? undefined : Math.round(fix.altitude),
        vel: fix.speed === undefined ? undefined : Math.round(fix.speed),
        cog: fix.course === undefined ? undefined : Math.round(fix.course) % 360,
      }),
      ...values,
      ...(record.kind === "event" && record.event.type === "tow" ? { tow: true } : {}),
    };
    const isNews = !(record.late || record.future || record.duplicate);
    const location: Outgoing = { topic: where, qos: 1, retain: isNews, payload };
    const transition = transitionOf(record, fix, where);
    return { messages: transition === undefined ? [location] : [location, transition], leftOut };
  },
};

const placeOf = ({ time }: TellableRecord, { latitude, longitude, hdop }: ValidPosition) => ({
  lat: latitude,
  lon: longitude,
  tst: Math.floor(time / 1000),
  acc: accuracyOf(hdop) ?? 0,
});

/** Two characters that a map shows: the last of the name, else of the IMEI. */
const tidOf = ({ record, device }: FormatSubject): string =>
  (device?.name || record.imei).trim().slice(-2).trim();

function transitionOf(record: TellableRecord, fix: ValidPosition, where: string): Outgoing | undefined {
  if (record.kind !== "event") return undefined;
  const { type, fence = "" } = record.event;
  const event = TRANSITIONS[type];
  if (event === undefined) return undefined;
  const place = placeOf(record, fix);
  const payload = { _type: "transition", ...place, event, desc: fence, wtst: place.tst, t: "c" };
  return { topic: `${where}/event`, qos: 1, retain: false, payload };
}
