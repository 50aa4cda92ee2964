import { mapOf, type RuleRow, rowsFor } from "./rows";

/** Its keys have dots in them, and are no objects inside each other. */
const flat = (key: string, to: string, unit?: string): RuleRow => [`["${key}"]`, to, unit];

/** Source: flespi's parameters of messages. */
export const FLESPI = mapOf("flespi", [
  ["ident", "imei"],
  ["timestamp", "time", "s"],
  flat("position.latitude", "latitude"),
  flat("position.longitude", "longitude"),
  flat("position.altitude", "altitude", "m"),
  flat("position.speed", "speed", "km/h"),
  flat("position.direction", "heading"),
  flat("position.satellites", "fixSatellites"),
  flat("position.hdop", "hdop"),
  flat("position.valid", "fix"),
  flat("engine.ignition.status", "ignition"),
  flat("movement.status", "motion"),
  flat("vehicle.mileage", "odometer", "km"),
  flat("external.powersource.voltage", "externalVoltage", "V"),
  flat("battery.voltage", "batteryVoltage", "V"),
  flat("battery.level", "batteryLevel", "%"),
  flat("can.fuel.level", "fuelLevel", "%"),
  flat("can.engine.rpm", "engineSpeed", "1/min"),
  flat("can.engine.motorhours", "engineHours", "h"),
  flat("device.temperature", "deviceTemperature", "°C"),
  flat("ibutton.code", "driverId"),
  flat("vehicle.vin", "vin"),
  flat("gsm.jamming.alarm.status", "gsmJamming"),
  ...rowsFor(8, (n) => ["din", `input${n}`, `bit ${n - 1}`]),
  ...rowsFor(4, (n) => ["dout", `output${n}`, `bit ${n - 1}`]),
  ...rowsFor(8, (n) => flat(`ain.${n}`, `analog${n}`, "V")),
  ...rowsFor(4, (n) => flat(`sensor.temperature.${n}`, `temperature${n}`, "°C")),
]);
