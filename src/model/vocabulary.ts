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
  /** Smallest and largest value, in `unit`, that the wire or physics allows; what lies outside is not believed. */
  readonly range?: Range;
}

export type Range = readonly [least: number, most: number];

const bool = (key: string, label: string): Term => ({ key, type: "boolean", unit: "", label });
const number = (key: string, unit: string, label: string, range: Range): Term => ({
  key,
  type: "number",
  unit,
  label,
  range,
});

const PERCENT: Range = [0, 100];
const VOLTAGE: Range = [0, 65];
const SPEED: Range = [0, 500];
const TEMPERATURE: Range = [-60, 300];
const WEIGHT: Range = [0, 131_000];
const G_FORCE: Range = [-16, 16];

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
  ...series(8, (n) => number(`analog${n}`, "V", `Analog input ${n}`, VOLTAGE)),
  number("externalVoltage", "V", "External voltage", VOLTAGE),
  number("batteryVoltage", "V", "Battery voltage", [0, 20]),
  number("batteryLevel", "%", "Battery level", PERCENT),
  number("vehicleSpeed", "km/h", "Vehicle speed", SPEED),
  number("engineSpeed", "1/min", "Engine speed", [0, 16_000]),
  number("throttle", "%", "Throttle", PERCENT),
  number("engineLoad", "%", "Engine load", [0, 125]),
  number("coolantTemperature", "°C", "Coolant temperature", TEMPERATURE),
  number("deviceTemperature", "°C", "Device temperature", TEMPERATURE),
  ...series(4, (n) => number(`temperature${n}`, "°C", `Temperature ${n}`, TEMPERATURE)),
  number("fuelLevel", "%", "Fuel level", [0, 110]),
  number("fuelLevel2", "%", "Fuel level 2", [0, 110]),
  number("fuelUsed", "l", "Fuel used", [0, 5_000_000]),
  number("fuelRate", "l/h", "Fuel rate", [0, 3300]),
  number("engineHours", "h", "Engine hours", [0, 250_000]),
  number("odometer", "km", "Odometer", [0, 5_000_000]),
  number("axleWeight", "kg", "Axle weight", WEIGHT),
  number("cargoWeight", "kg", "Cargo weight", WEIGHT),
  number("acceleration", "g", "Acceleration", G_FORCE),
  number("cornering", "g", "Cornering", G_FORCE),
  number("satellites", "", "Satellites", [0, 100]),
  number("course", "°", "Course", [0, 360]),
  number("gsmMcc", "", "GSM country code (MCC)", [0, 999]),
  number("gsmMnc", "", "GSM network code (MNC)", [0, 999]),
  number("gsmSignal", "dBm", "GSM signal", [-150, 0]),
  text("driverId", "Driver id"),
  text("trailerId", "Trailer id"),
  ...series(4, (n) => id64(`oneWireId${n}`, `1-Wire id ${n}`)),
  text("vin", "Vehicle identification number (VIN)"),
  text("text", "Text"),
  number("speedLimit", "km/h", "Speed limit", SPEED),
  bool("batteryCharging", "Battery charging"),
  bool("charging", "Vehicle charging"),
  number("stateOfCharge", "%", "State of charge", PERCENT),
  number("range", "km", "Range", [0, 10_000]),
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

/** Whether a value can be one of a name; also where nothing says what it can be. */
export function isInRange(value: number, range: Range | undefined): boolean {
  return range === undefined || (value >= range[0] && value <= range[1]);
}
