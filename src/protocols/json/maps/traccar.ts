import { mapOf, rowsFor } from "./rows";

const values = "position.attributes.";

/** What Traccar forwards as JSON (`forward.type`). Source: the names and units of its positions. */
export const TRACCAR_MAP = mapOf("Traccar (forwarded positions)", [
  ["device.uniqueId", "imei"],
  ["position.fixTime", "time", "ISO 8601"],
  ["position.valid", "fix"],
  ["position.latitude", "latitude"],
  ["position.longitude", "longitude"],
  ["position.altitude", "altitude", "m"],
  ["position.speed", "speed", "kn"],
  ["position.course", "heading"],
  [`${values}sat`, "fixSatellites"],
  [`${values}hdop`, "hdop"],
  [`${values}ignition`, "ignition"],
  [`${values}motion`, "motion"],
  [`${values}odometer`, "odometer", "m"],
  [`${values}hours`, "engineHours", "s", 0.001],
  [`${values}power`, "externalVoltage", "V"],
  [`${values}battery`, "batteryVoltage", "V"],
  [`${values}batteryLevel`, "batteryLevel", "%"],
  [`${values}fuelLevel`, "fuelLevel", "%"],
  [`${values}fuel`, "fuelVolume", "l"],
  [`${values}rpm`, "engineSpeed", "1/min"],
  [`${values}obdSpeed`, "vehicleSpeed", "km/h"],
  [`${values}deviceTemp`, "deviceTemperature", "°C"],
  [`${values}coolantTemp`, "coolantTemperature", "°C"],
  [`${values}driverUniqueId`, "driverId"],
  [`${values}vin`, "vin"],
  ...rowsFor(8, (n) => [`${values}in${n}`, `input${n}`]),
  ...rowsFor(4, (n) => [`${values}out${n}`, `output${n}`]),
  ...rowsFor(8, (n) => [`${values}adc${n}`, `analog${n}`, "V"]),
  ...rowsFor(4, (n) => [`${values}temp${n}`, `temperature${n}`, "°C"]),
]);
