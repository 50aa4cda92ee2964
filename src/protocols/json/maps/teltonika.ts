import { mapOf, type RuleRow, rowsFor } from "./rows";

const at = (id: string | number, to: string, unit?: string, factor?: number): RuleRow => [
  `state.reported["${id}"]`,
  to,
  unit,
  factor,
];

/** JSON of Teltonika's FMB family over MQTT; its topic has the IMEI. Source: Teltonika's wiki, "FMB AVL ID", "MQTT". */
export const TELTONIKA = mapOf("Teltonika (JSON over MQTT)", [
  at("ts", "time", "ms"),
  at("latlng", "latLon", "lat, lon"),
  at("alt", "altitude", "m"),
  at("ang", "heading"),
  at("sp", "speed", "km/h"),
  at("sat", "fixSatellites"),
  at(182, "hdop", "", 0.1),
  at(239, "ignition"),
  at(240, "motion"),
  at(16, "odometer", "m"),
  at(66, "externalVoltage", "mV"),
  at(67, "batteryVoltage", "mV"),
  at(113, "batteryLevel", "%"),
  at(78, "driverId"),
  at(9, "analog1", "mV"),
  at(6, "analog2", "mV"),
  ...rowsFor(3, (n) => at(n, `input${n}`)),
  at(179, "output1"),
  at(180, "output2"),
  ...rowsFor(4, (n) => at(71 + n, `temperature${n}`, "0.1 °C")),
]);
