import { unitsOf } from "./convert";
import { formatPath, parsePath, type Step } from "./path";
import { UNIT_KEYS, VALUE_KEYS } from "./signals";
import { findTarget } from "./targets";

/** What a path is likely to mean. */
export interface Guess {
  readonly to: string;
  /** As {@link unitsOf} has it; empty where nothing says, and the usual one is assumed. */
  readonly unit: string;
  /** Of several paths for one target the one with the lowest counts. */
  readonly rank: number;
  /** The path of what it stands in. A latitude and a longitude belong together where that is the same. */
  readonly place: string;
}

/** Names by which devices call a signal, written without separators in lower case; the likeliest first. */
const NAMES: Readonly<Record<string, string>> = {
  imei: "imei deviceimei unitimei ident deviceid unitid device uniqueid id serial serialnumber",
  time: "timestamp ts time datetime gpstime fixtime devicetime measuredat recordedat eventtime utc date t",
  latitude: "latitude lat gpslat gpslatitude",
  longitude: "longitude lon lng long gpslon gpslng gpslongitude",
  altitude: "altitude alt elevation ele height gpsaltitude",
  speed: "gpsspeed speed velocity spd groundspeed",
  heading: "heading course bearing direction azimuth cog gpscourse gpsheading dir",
  hdop: "hdop",
  fixSatellites: "satellites sats sat satcount numsat nsat satellitesused satsused",
  fix: "fix gpsfix gpsvalid fixvalid positionvalid valid hasfix",
  ignition: "ignition ign ignitionon ignitionstatus ignitionstate ignstatus engineon",
  motion: "motion moving ismoving movement inmotion",
  jamming: "jamming gsmjamming jammingdetected",
  odometer: "odometer odo mileage totalmileage totaldistance odometertotal vehiclemileage hardwaremileage",
  stateOfCharge: "soc stateofcharge batterysoc hvsoc displaysoc hvbatterylevel tractionbatterylevel",
  range: "range remainingrange electricrange rangeremaining",
  charging: "charging ischarging chargingactive",
  engineSpeed: "rpm enginerpm enginespeed engspeed",
  vehicleSpeed: "vehiclespeed canspeed wheelspeed obdspeed wheelbasedspeed wheelbasedvehiclespeed",
  vin: "vin vehicleidentificationnumber chassisnumber",
  fuelLevel: "fuellevel fuel fuellevel1",
  fuelLevel2: "fuellevel2",
  fuelUsed: "fuelused totalfuel totalfuelused fueltotal",
  fuelRate: "fuelrate fuelflow",
  engineHours: "enginehours operatinghours motorhours totalenginehours",
  coolantTemperature: "coolanttemperature coolanttemp enginecoolanttemperature enginetemperature enginetemp",
  deviceTemperature: "devicetemperature devicetemp boardtemperature internaltemperature",
  throttle: "throttle throttleposition acceleratorpedal acceleratorpedalposition",
  engineLoad: "engineload enginepercentload",
  externalVoltage:
    "externalvoltage extvoltage supplyvoltage boardvoltage vehiclevoltage powervoltage mainvoltage vehiclebattery",
  batteryVoltage: "batteryvoltage battvoltage batvoltage internalbatteryvoltage battery batt",
  batteryLevel: "batterylevel batterypercentage battery batt",
  speedLimit: "speedlimit",
  driverId: "driverid driver ibutton driverkey",
  trailerId: "trailerid",
  gsmMcc: "mcc gsmmcc",
  gsmMnc: "mnc gsmmnc",
  gsmSignal: "rssi gsmsignal gsmrssi",
  handBrake: "handbrake parkingbrake",
  footBrake: "footbrake brakepedal brakepressed",
  doorFrontLeft: "doorfrontleft frontleftdoor driverdoor",
  doorFrontRight: "doorfrontright frontrightdoor passengerdoor",
  doorRearLeft: "doorrearleft rearleftdoor",
  doorRearRight: "doorrearright rearrightdoor",
};

/** Names that are numbered, by what stands before the number. */
const NUMBERED: readonly [target: string, count: number, names: string][] = [
  ["input", 8, "input in din digitalinput"],
  ["output", 4, "output out dout digitaloutput"],
  ["analog", 8, "analog analoginput ain adc"],
  ["temperature", 4, "temperature temp"],
];

/** Last words of a name that say its unit, as `speed_mph` or `odometerKm` do. */
const UNIT_WORDS: Readonly<Record<string, string>> = {
  kmh: "km/h",
  kph: "km/h",
  mph: "mph",
  mps: "m/s",
  knots: "kn",
  kn: "kn",
  kt: "kn",
  km: "km",
  m: "m",
  meters: "m",
  metres: "m",
  meter: "m",
  mi: "mi",
  miles: "mi",
  ft: "ft",
  feet: "ft",
  v: "V",
  volt: "V",
  volts: "V",
  mv: "mV",
  millivolts: "mV",
  pct: "%",
  percent: "%",
  percentage: "%",
  c: "°C",
  degc: "°C",
  celsius: "°C",
  f: "°F",
  degf: "°F",
  fahrenheit: "°F",
  k: "K",
  kelvin: "K",
  l: "l",
  liter: "l",
  liters: "l",
  litre: "l",
  litres: "l",
  ml: "ml",
  gal: "gal",
  gallons: "gal",
  lph: "l/h",
  gph: "gal/h",
  h: "h",
  hours: "h",
  hrs: "h",
  min: "min",
  minutes: "min",
  s: "s",
  sec: "s",
  seconds: "s",
  ms: "ms",
  millis: "ms",
  us: "µs",
  iso: "ISO 8601",
  kg: "kg",
  t: "t",
  lb: "lb",
  lbs: "lb",
  g: "g",
  mg: "mg",
  dbm: "dBm",
  rpm: "1/min",
  deg: "°",
  degrees: "°",
  e7: "1e-7 °",
  e6: "1e-6 °",
};

/** Units as payloads write them beside a value, in lower case, where that is not a word of {@link UNIT_WORDS}. */
const WRITTEN_UNITS: Readonly<Record<string, string>> = {
  "km/h": "km/h",
  "m/s": "m/s",
  "%": "%",
  "°c": "°C",
  "°f": "°F",
  "1/min": "1/min",
  "l/h": "l/h",
  "gal/h": "gal/h",
  "m/s²": "m/s²",
  "m/s2": "m/s²",
  "°": "°",
};

/** Signals of the J1939 bus by their number. Source: SAE J1939-71. */
const SPNS: ReadonlyMap<string | number, string> = new Map([
  [84, "vehicleSpeed"],
  [91, "throttle"],
  [92, "engineLoad"],
  [96, "fuelLevel"],
  [110, "coolantTemperature"],
  [168, "externalVoltage"],
  [183, "fuelRate"],
  [190, "engineSpeed"],
  [237, "vin"],
  [245, "odometer"],
  [247, "engineHours"],
  [250, "fuelUsed"],
]);

/** Objects that hold a position, and those that hold what the vehicle's own bus says. */
const OF_POSITION = new Set([
  "gps",
  "gnss",
  "position",
  "pos",
  "location",
  "loc",
  "geo",
  "fix",
  "coordinates",
]);
const OF_VEHICLE = new Set(["can", "canbus", "obd", "obd2", "vehicle", "engine", "j1939", "fms", "bus"]);
/** Names that mean something else where they do not stand in such an object. */
const ONLY_OF_POSITION = new Set(["valid", "height", "direction", "dir", "course", "bearing", "x", "y"]);

/** Names that say whose a reading is only where they stand in nothing, or in the device itself. */
const ONLY_OF_DEVICE = new Set(["id", "serial", "serialnumber"]);
const OF_DEVICE = new Set(["device", "devices", "unit", "units", "tracker", "trackers", "terminal", "data"]);
/** What stands in an object of these names is not about the vehicle as it is now, but where it goes, what it may, or others. */
const ELSEWHERE = new Set(
  "start begin end origin from to destination dest target home depot previous prev trip trips route waypoints stop stops geofence geofences fence zone zones poi limit limits max min avg average mean service weather wind fan trailer beacon beacons tag tags peer cell cells wifi lbs".split(
    " ",
  ),
);

interface UsualName {
  readonly name: string;
  readonly to: string;
  readonly rank: number;
}

const USUAL_NAMES: readonly UsualName[] = [
  ...Object.entries(NAMES).flatMap(([to, names]) =>
    names.split(" ").map((name, rank) => ({ name, to, rank })),
  ),
  ...NUMBERED.flatMap(([target, count, names]) =>
    names.split(" ").flatMap((name, rank) =>
      Array.from({ length: count }, (_, n) => ({
        name: `${name}${n + 1}`,
        to: `${target}${n + 1}`,
        rank,
      })),
    ),
  ),
].sort((a, b) => a.rank - b.rank);

const BY_NAME: ReadonlyMap<string, readonly UsualName[]> = Map.groupBy(USUAL_NAMES, ({ name }) => name);
const NAMES_OF: ReadonlyMap<string, readonly UsualName[]> = Map.groupBy(USUAL_NAMES, ({ to }) => to);

/** Guesses remembered, because a fleet says the same again and again. */
const MAX_KNOWN = 10_000;
const MAX_KNOWN_LENGTH = 200;
const known = new Map<string, Guess | undefined>();

/**
 * What the value at a canonical path is likely to mean; undefined where its name is none of the usual ones.
 * `written` is the unit that stands beside it, where one does.
 */
export function guess(path: string, written = ""): Guess | undefined {
  const key = `${written}\n${path}`;
  if (known.has(key)) return known.get(key);
  const found = guessSteps(parsePath(path), written);
  if (known.size < MAX_KNOWN && key.length <= MAX_KNOWN_LENGTH) known.set(key, found);
  return found;
}

const ENDS_IN_VALUE = new RegExp(String.raw`^(.+)\.(?:${VALUE_KEYS.join("|")})$`);

/** Where the unit of a value stands, if it has one beside it: `signals[name="soc"].unit`. */
export function unitPaths(path: string): string[] {
  const base = ENDS_IN_VALUE.exec(path)?.[1];
  return base === undefined ? [] : UNIT_KEYS.map((key) => `${base}.${key}`);
}

/** The unit of a value as its name or what is `written` beside it says, if they do. */
export function unitSaid(path: string, written = ""): string | undefined {
  const last = ofValue(parsePath(path)).at(-1);
  const name = last !== undefined && "key" in last ? words(last.key) : [];
  return unitOf(written) ?? UNIT_WORDS[name.at(-1) ?? ""];
}

/** The usual names of a signal, for those who look for it. */
export function namesOf(to: string): readonly string[] {
  return NAMES_OF.get(to)?.map(({ name }) => name) ?? [];
}

function guessSteps(steps: readonly Step[], written: string): Guess | undefined {
  const named = ofValue(steps);
  const last = named.at(-1);
  if (last === undefined || "each" in last) return undefined;
  const inside = named.slice(0, -1);
  const around = inside.flatMap((step) => ("key" in step ? words(step.key) : []));
  // An item of a list is one of many: one wheel, one stop, one fault.
  if (around.some((word) => ELSEWHERE.has(word)) || inside.some((step) => "index" in step)) return undefined;
  // What stands in the array of readings belongs to one reading, and so comes before what all have in common.
  const depth = named.length + (steps.some((step) => "each" in step) ? 0 : 20);
  const where = { depth, place: formatPath(inside) };
  if ("index" in last) return ofCoordinates(named, where);
  if ("where" in last && last.where.toLowerCase() === "spn") {
    return choose([{ to: SPNS.get(last.is) ?? "", rank: 0 }], unitOf(written), where);
  }
  const name = words("key" in last ? last.key : String(last.is));
  const whole = candidates(name, around);
  if (whole.length > 0) return choose(whole, unitOf(written), where);
  const unit = UNIT_WORDS[name.at(-1) ?? ""];
  if (unit === undefined || name.length < 2) return undefined;
  return choose(candidates(name.slice(0, -1), around), unit, where);
}

/** The steps up to what has the value: `soc.value` is about `soc`. Other parts of a signal mean nothing. */
function ofValue(steps: readonly Step[]): readonly Step[] {
  const last = steps.at(-1);
  const before = steps.at(-2);
  const isValue = last !== undefined && "key" in last && VALUE_KEYS.includes(last.key.toLowerCase());
  if (isValue && before !== undefined && ("key" in before || "where" in before)) return steps.slice(0, -1);
  return before !== undefined && "where" in before ? [] : steps;
}

function candidates(name: readonly string[], around: readonly string[]): { to: string; rank: number }[] {
  const joined = name.join("");
  const inPosition = around.some((word) => OF_POSITION.has(word));
  if (ONLY_OF_POSITION.has(joined) && !inPosition) return [];
  if (ONLY_OF_DEVICE.has(joined) && !around.every((word) => OF_DEVICE.has(word))) return [];
  const ofVehicle = !inPosition && around.some((word) => OF_VEHICLE.has(word));
  return (BY_NAME.get(joined) ?? []).map(({ to, rank }) => ({
    to: to === "speed" && ofVehicle ? "vehicleSpeed" : to,
    rank,
  }));
}

/** GeoJSON: longitude first. Source: RFC 7946, 3.1.1. */
function ofCoordinates(steps: readonly Step[], { depth, place }: Where): Guess | undefined {
  const [list, item] = steps.slice(-2);
  if (list === undefined || !("key" in list) || list.key.toLowerCase() !== "coordinates") return undefined;
  const to = item !== undefined && "index" in item ? ["longitude", "latitude"][item.index] : undefined;
  return to === undefined ? undefined : { to, unit: "", rank: rankOf(0, depth), place };
}

/** How deep a value stands, and in what. */
interface Where {
  readonly depth: number;
  readonly place: string;
}

/** Of two values the one that stands less deep: it is about the vehicle, the other about a part of it. */
function rankOf(rank: number, depth: number): number {
  return depth * 100 + rank;
}

/** The first candidate that can come in the unit that was said, where one was. */
function choose(
  found: readonly { to: string; rank: number }[],
  unit: string | undefined,
  { depth, place }: Where,
): Guess | undefined {
  for (const { to, rank } of found) {
    const target = findTarget(to);
    if (target === undefined) continue;
    if (unit === undefined) return { to, unit: "", rank: rankOf(rank, depth), place };
    if (unitsOf(target).includes(unit)) return { to, unit, rank: rankOf(rank, depth), place };
  }
  return undefined;
}

/** A unit as written beside a value; undefined where there is none, itself where it is not known. */
function unitOf(written: string): string | undefined {
  const folded = written.trim().toLowerCase();
  if (folded === "" || folded === "bool" || folded === "boolean") return undefined;
  // mV and MV are not the same, but no vehicle has a megavolt.
  return WRITTEN_UNITS[folded] ?? UNIT_WORDS[folded] ?? written;
}

/** The words of a name in lower case: `gpsSpeed_kmh` has gps, speed and kmh. */
function words(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
