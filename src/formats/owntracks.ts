import type { EventTypeName } from "../model/events";
import {
  accuracyOf,
  eventDetailsOf,
  type Format,
  type FormatSubject,
  isStatus,
  known,
  type LeftOut,
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

/** What neither its apps nor its trackers have a key for. */
const WITHOUT = `
  engineRunning keyInserted readyToDrive handBrake footBrake clutch cruiseControl airConditioning pto
  charging externalPower batteryCharging doorFrontLeft doorFrontRight doorRearLeft doorRearRight
  bonnet trunk doorsLocked alarmArmed factoryAlarm warningStop warningOilPressure warningCoolant
  warningBrakes warningBattery warningAirbag warningEngine warningLights warningTires warningBrakePads
  warningMaster warningAbs warningFuel warningEsp warningGlowPlug warningDpf warningEpc seatBeltDriver
  seatBeltPassenger overturn shock1 shock2 tamper driverButton driver1Activity driver2Activity
  gsmJamming gnssJamming roaming canActive vehicleSpeed gnssSpeed speedLimit gnssOdometer
  serviceDistance gear acceleration cornering throttle engineLoad idleHours fuelLevel2 fuelVolume
  adBlueLevel fuelRate fuelUsed idleFuel stateOfCharge range axleWeight1 axleWeight2 axleWeight3
  axleWeight4 axleWeight5 cargoWeight trailerWeight grossWeight coolantTemperature deviceTemperature
  outsideTemperature cargoTemperature cabinTemperature humidity satellites hdop course gsmMcc gsmMnc
  gsmLac gsmCell gsmSignal backlog eventBacklog troubleCodes driverCard1 driverCard2 trailerId
  oneWireId1 oneWireId2 oneWireId3 oneWireId4 firmware hardware text
`;

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
  without: WITHOUT.trim().split(/\s+/),
  others: "leftOut",
};

/** What it makes of an event: a transition, a key of the location; null: it has no word for it. */
const EVENTS: Readonly<Record<EventTypeName, "enter" | "leave" | "tow" | null>> = {
  powerLost: null,
  powerConnected: null,
  voltageLow: null,
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
  jamming: null,
  tamper: null,
  shock: null,
  overturn: null,
  panic: null,
  other: null,
  ignitionOn: null,
  ignitionOff: null,
  tripStart: null,
  tripEnd: null,
  stop: null,
  idling: null,
  overspeed: null,
  harshAcceleration: null,
  harshBraking: null,
  harshCornering: null,
  crash: null,
  tow: "tow",
  geofenceEnter: "enter",
  geofenceExit: "leave",
  doorOpened: null,
  temperatureHigh: null,
  temperatureLow: null,
  batteryLow: null,
  driverChanged: null,
  online: null,
  offline: null,
};

/** OwnTracks: a location for each record with a valid position, and a transition where a fence was entered or left. */
export const OWNTRACKS: Format = {
  id: "owntracks",
  settings: { topic: "owntracks/trackers" },
  names: NAMES,
  tellsEventsOnce: true,
  interval: "noWord",
  alarm: "noWord",
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
      ...(eventOf(record) === "tow" ? { tow: true } : {}),
    };
    const isNews = !(record.late || record.future || record.duplicate);
    const location: Outgoing = { topic: where, qos: 1, retain: isNews, payload };
    const transition = transitionOf(record, fix, where);
    return {
      messages: transition === undefined ? [location] : [location, transition],
      leftOut: [...leftOut, ...eventLeftOut(record)],
    };
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

const eventOf = (record: TellableRecord) => (record.kind === "event" ? EVENTS[record.event.type] : undefined);

/** The event that it has no word for, and what one says beside the name of its fence. */
function eventLeftOut(record: TellableRecord): LeftOut[] {
  if (record.kind !== "event") return [];
  if (eventOf(record) === null) return [{ path: `event ${record.event.type}`, why: "noWord" }];
  const details = Object.keys(eventDetailsOf(record)).filter((key) => key !== "eventFence");
  return details.map((key) => ({ path: key, why: "noWord" }));
}

function transitionOf(record: TellableRecord, fix: ValidPosition, where: string): Outgoing | undefined {
  if (record.kind !== "event") return undefined;
  const { fence } = record.event;
  const event = eventOf(record);
  if (event !== "enter" && event !== "leave") return undefined;
  const place = placeOf(record, fix);
  const payload = { _type: "transition", ...place, event, desc: fence || "?", wtst: place.tst, t: "c" };
  return { topic: `${where}/event`, qos: 1, retain: false, payload };
}
