import { mapOf, rowsFor } from "./rows";

/** Source: OwnTracks' booklet, "JSON", `_type: location`, and the keys that its trackers in use send. */
export const OWNTRACKS_MAP = mapOf("OwnTracks", [
  ["imei", "imei"],
  ["tst", "time", "s"],
  ["lat", "latitude"],
  ["lon", "longitude"],
  ["alt", "altitude"],
  ["vel", "speed", "km/h"],
  ["cog", "heading"],
  ["batt", "batteryLevel", "%"],
  ["odometer", "odometer", "km"],
  ["hmc", "engineHours", "s"],
  ["ubatt", "batteryVoltage", "V"],
  ["uext", "externalVoltage", "V"],
  ["ign", "ignition"],
  ["motion", "motion"],
  ["flvl", "fuelLevel", "%"],
  ["rpm", "engineSpeed", "1/min"],
  ["driver", "driverId"],
  ["vin", "vin"],
  ...rowsFor(8, (n) => [`din${n}`, `input${n}`]),
  ...rowsFor(4, (n) => [`dout${n}`, `output${n}`]),
  ...rowsFor(8, (n) => [`aiv${n}`, `analog${n}`, "V"]),
  ...rowsFor(4, (n) => [`temp_c-${n}`, `temperature${n}`, "°C"]),
]);
