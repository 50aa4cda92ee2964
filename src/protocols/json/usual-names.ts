/** The names of what says the hemisphere of a coordinate with these names: `lat_dir`, `latitudeRef`, `ns`. */
function sidesOf(names: string, letters: string): string {
  const kinds = ["dir", "direction", "hemisphere", "hemi", "ref", "indicator", letters];
  const beside = names.split(" ").flatMap((name) => kinds.map((kind) => `${name}${kind}`));
  return [...beside, letters, `${letters}indicator`].join(" ");
}

/** Names by which devices call a signal, written without separators in lower case; the likeliest first. */
const NAMES: Readonly<Record<string, string>> = {
  imei: "imei deviceimei unitimei ident deviceid unitid device uniqueid id serial serialnumber",
  time: "timestamp ts tst time datetime gpstime gpstimestamp gpsdatetime fixtime positiontime locationtime devicetime measuredat recordedat sampletime recordtime eventtime epoch unixtime unixtimestamp utctime timeutc timestamputc utctimestamp datetimeutc utcdatetime utc date t",
  latitude: "latitude lat gpslat gpslatitude",
  longitude: "longitude lon lng long gpslon gpslng gpslongitude",
  latLon:
    "latlon latlng latlong latitudelongitude lonlat lnglat location position coordinates coords coord gps gpsposition gpslocation gpscoordinates geo loc pos",
  latitudeHemisphere: sidesOf("latitude lat gpslatitude gpslat", "ns"),
  longitudeHemisphere: sidesOf("longitude lon lng long gpslongitude gpslon", "ew"),
  altitude: "altitude alt elevation ele height gpsaltitude",
  speed: "gpsspeed speed velocity spd vel groundspeed",
  heading: "heading course bearing direction azimuth cog gpscourse gpsheading dir",
  hdop: "hdop",
  fixSatellites: "satellites sats sat satcount numsat nsat satellitesused satsused",
  fix: "fix gpsfix gnssfix gpsvalid gnssvalid fixvalid positionvalid locationvalid valid isvalid hasfix gpshasfix fixstatus gpsfixstatus gpsstatus gnssstatus positionstatus fixquality gpsquality gnssquality gpsfixquality fixtype gpsfixtype gnssfixtype fixmode gpsmode gpsfixmode",
  ignition: "ignition ign ignitionon ignitionstatus ignitionstate ignstatus engineon",
  motion: "motion moving ismoving movement movementstatus motionstatus inmotion",
  gsmJamming: "jamming gsmjamming jammingdetected",
  gnssJamming: "gnssjamming gpsjamming",
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
    "externalvoltage extvoltage supplyvoltage boardvoltage vehiclevoltage powervoltage mainvoltage powersourcevoltage externalpowersourcevoltage externalpowervoltage vehiclebattery",
  batteryVoltage: "batteryvoltage battvoltage batvoltage internalbatteryvoltage battery batt",
  batteryLevel: "batterylevel batterypercentage battery batt",
  speedLimit: "speedlimit",
  driverId: "driverid driver ibutton ibuttoncode driverkey",
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

/** Names of a fix that is numbered as modes are, and of a pair that has the longitude first. */
export const MODE_NAMES: ReadonlySet<string> = new Set(
  "fixtype gpsfixtype gnssfixtype fixmode gpsmode gpsfixmode".split(" "),
);
export const LONGITUDE_FIRST: ReadonlySet<string> = new Set(["lonlat", "lnglat"]);
/** Names of a battery that leave open whether its level or its voltage is said. */
export const BATTERY_NAMES: ReadonlySet<string> = new Set(["battery", "batt"]);

/** Names that are numbered, by what stands before the number. */
const NUMBERED: readonly [target: string, count: number, names: string][] = [
  ["input", 8, "input in din digitalinput"],
  ["output", 4, "output out dout digitaloutput"],
  ["analog", 8, "analog analoginput ain adc"],
  ["temperature", 4, "temperature temp"],
];

/** Signals of the J1939 bus by their number. Source: SAE J1939-71. */
export const SPNS: ReadonlyMap<string | number, string> = new Map([
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
export const OF_POSITION = new Set([
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
export const OF_VEHICLE = new Set([
  "can",
  "canbus",
  "obd",
  "obd2",
  "vehicle",
  "engine",
  "j1939",
  "fms",
  "bus",
]);
/** Names that mean something else where they do not stand in such an object. */
export const ONLY_OF_POSITION = new Set(["height", "direction", "dir", "course", "bearing", "x", "y"]);

/** Names that say whose a reading is only where they stand in nothing, or in the device itself. */
export const ONLY_OF_DEVICE = new Set(["id", "serial", "serialnumber"]);
export const OF_DEVICE = new Set([
  "device",
  "devices",
  "unit",
  "units",
  "tracker",
  "trackers",
  "terminal",
  "data",
]);
/** What stands in an object of these names is not about the vehicle as it is now, but where it goes, what it may, or others. */
export const ELSEWHERE = new Set(
  "start begin end origin from to destination dest target home depot previous prev trip trips route waypoints stop stops geofence geofences fence zone zones poi limit limits max min avg average mean service weather wind fan trailer beacon beacons tag tags peer cell cells wifi lbs".split(
    " ",
  ),
);

export interface UsualName {
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

export const BY_NAME: ReadonlyMap<string, readonly UsualName[]> = Map.groupBy(
  USUAL_NAMES,
  ({ name }) => name,
);
export const NAMES_OF: ReadonlyMap<string, readonly UsualName[]> = Map.groupBy(USUAL_NAMES, ({ to }) => to);
