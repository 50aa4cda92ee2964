/**
 * The vocabulary: every name an attribute of a normalized message can have, with its unit and type.
 * The dialogs, the help and the exporters take names, labels and units from here and nowhere else.
 */

/** `id64` is text: a 64-bit id as 16 lower-case hex digits. */
export type AttributeType = "boolean" | "number" | "text" | "id64";

export interface Term {
  readonly key: string;
  readonly type: AttributeType;
  /** Unit as a person writes it; empty where there is none. */
  readonly unit: string;
  readonly label: string;
}

const bool = (key: string, label: string): Term => ({ key, type: "boolean", unit: "", label });
const number = (key: string, unit: string, label: string): Term => ({
  key,
  type: "number",
  unit,
  label,
});
const text = (key: string, label: string): Term => ({ key, type: "text", unit: "", label });
const id64 = (key: string, label: string): Term => ({ key, type: "id64", unit: "", label });

/** `count` terms `key1`, `key2` … */
const series = (count: number, make: (n: number) => Term): Term[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));

export const VOCABULARY: readonly Term[] = [
  bool("motion", "Motion"),
  bool("ignition", "Ignition"),
  bool("jamming", "GSM jamming"),
  bool("driverButton", "Driver button"),
  bool("doorFrontLeft", "Door front left"),
  bool("doorFrontRight", "Door front right"),
  bool("doorRearLeft", "Door rear left"),
  bool("doorRearRight", "Door rear right"),
  bool("handBrake", "Hand brake"),
  bool("footBrake", "Foot brake"),
  ...series(8, (n) => bool(`input${n}`, `Input ${n}`)),
  ...series(4, (n) => bool(`output${n}`, `Output ${n}`)),
  ...series(8, (n) => number(`analog${n}`, "V", `Analog input ${n}`)),
  number("externalVoltage", "V", "External voltage"),
  number("batteryVoltage", "V", "Battery voltage"),
  number("batteryLevel", "%", "Battery level"),
  number("vehicleSpeed", "km/h", "Vehicle speed"),
  number("engineSpeed", "1/min", "Engine speed"),
  number("throttle", "%", "Throttle"),
  number("engineLoad", "%", "Engine load"),
  number("coolantTemperature", "°C", "Coolant temperature"),
  number("deviceTemperature", "°C", "Device temperature"),
  ...series(4, (n) => number(`temperature${n}`, "°C", `Temperature ${n}`)),
  number("fuelLevel", "%", "Fuel level"),
  number("fuelLevel2", "%", "Fuel level 2"),
  number("fuelUsed", "l", "Fuel used"),
  number("fuelRate", "l/h", "Fuel rate"),
  number("engineHours", "h", "Engine hours"),
  number("odometer", "km", "Odometer"),
  number("axleWeight", "kg", "Axle weight"),
  number("cargoWeight", "kg", "Cargo weight"),
  number("acceleration", "g", "Acceleration"),
  number("cornering", "g", "Cornering"),
  number("satellites", "", "Satellites"),
  number("course", "°", "Course"),
  number("gsmMcc", "", "GSM country code (MCC)"),
  number("gsmMnc", "", "GSM network code (MNC)"),
  number("gsmSignal", "dBm", "GSM signal"),
  text("driverId", "Driver id"),
  text("trailerId", "Trailer id"),
  ...series(4, (n) => id64(`oneWireId${n}`, `1-Wire id ${n}`)),
  text("vin", "Vehicle identification number (VIN)"),
  text("text", "Text"),
  number("speedLimit", "km/h", "Speed limit"),
  bool("batteryCharging", "Battery charging"),
  bool("charging", "Vehicle charging"),
  number("stateOfCharge", "%", "State of charge"),
  number("range", "km", "Range"),
];

const BY_KEY: ReadonlyMap<string, Term> = new Map(VOCABULARY.map((term) => [term.key, term]));

export function findTerm(key: string): Term | undefined {
  return BY_KEY.get(key);
}

/** Whether a name can be given to a value that the vocabulary has no name for. */
export function isAttributeName(key: unknown): boolean {
  return (
    typeof key === "string" && /^[\p{L}\p{N}._ -]{1,64}$/u.test(key.trim()) && key.trim() !== "__proto__"
  );
}
