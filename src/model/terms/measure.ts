import { counter, DISTANCE, G_FORCE, gauge, HOURS, PERCENT, SPEED, series, TEMPERATURE, type Term, VOLTAGE, VOLUME, WEIGHT, WHOLE_U32 } from "./term";

/** What is measured or counted. */
export const MEASURES: readonly Term[] = [
  gauge("vehicle", "vehicleSpeed", "km/h", SPEED, "Vehicle speed", "Fahrzeuggeschwindigkeit"),
  gauge("vehicle", "gnssSpeed", "km/h", SPEED, "GNSS speed", "GNSS-Geschwindigkeit"),
  gauge("vehicle", "speedLimit", "km/h", SPEED, "Speed limit", "Tempolimit"),
  counter("vehicle", "odometer", "km", DISTANCE, "Odometer", "Kilometerstand"),
  counter("vehicle", "gnssOdometer", "km", DISTANCE, "GNSS odometer", "Kilometerstand (GNSS)"),
  gauge("vehicle", "serviceDistance", "km", [-160_635, 160_640], "Next service in", "Nächster Service in"),
  gauge("vehicle", "gear", "", [-125, 125], "Gear", "Gang"),
  gauge("vehicle", "acceleration", "g", G_FORCE, "Acceleration", "Beschleunigung"),
  gauge("vehicle", "cornering", "g", G_FORCE, "Cornering", "Querbeschleunigung"),

  gauge("engine", "engineSpeed", "1/min", [0, 16_000], "Engine speed", "Motordrehzahl"),
  gauge("engine", "throttle", "%", PERCENT, "Accelerator pedal", "Gaspedal"),
  gauge("engine", "engineLoad", "%", [0, 125], "Engine load", "Motorlast"),
  counter("engine", "engineHours", "h", HOURS, "Engine hours", "Betriebsstunden"),
  counter("engine", "idleHours", "h", HOURS, "Idle hours", "Leerlaufstunden"),

  gauge("energy", "fuelLevel", "%", [0, 110], "Fuel level", "Tankstand"),
  gauge("energy", "fuelLevel2", "%", [0, 110], "Fuel level 2", "Tankstand 2"),
  gauge("energy", "fuelVolume", "l", [0, 5000], "Fuel in the tank", "Tankinhalt"),
  gauge("energy", "adBlueLevel", "%", PERCENT, "AdBlue level", "AdBlue-Stand"),
  gauge("energy", "fuelRate", "l/h", [0, 3300], "Fuel rate", "Kraftstoffdurchfluss"),
  counter("energy", "fuelUsed", "l", VOLUME, "Fuel used", "Verbrauchter Kraftstoff"),
  counter("energy", "idleFuel", "l", VOLUME, "Fuel used idling", "Kraftstoff im Leerlauf"),
  gauge("energy", "stateOfCharge", "%", PERCENT, "State of charge", "Ladestand"),
  gauge("energy", "range", "km", [0, 10_000], "Range", "Reichweite"),

  gauge("power", "externalVoltage", "V", VOLTAGE, "External voltage", "Externe Spannung"),
  gauge("power", "batteryVoltage", "V", [0, 20], "Battery voltage", "Batteriespannung"),
  gauge("power", "batteryLevel", "%", PERCENT, "Battery level", "Batteriestand"),

  ...series(5, (n) => gauge("load", `axleWeight${n}`, "kg", WEIGHT, `Axle weight ${n}`, `Achslast ${n}`)),
  gauge("load", "cargoWeight", "kg", WEIGHT, "Cargo weight", "Ladungsgewicht"),
  gauge("load", "trailerWeight", "kg", WEIGHT, "Trailer weight", "Anhängergewicht"),
  gauge("load", "grossWeight", "kg", [0, 650_000], "Gross weight", "Gesamtgewicht"),

  ...series(8, (n) => gauge("wired", `analog${n}`, "V", VOLTAGE, `Analog input ${n}`, `Analogeingang ${n}`)),

  gauge(
    "temperature",
    "coolantTemperature",
    "°C",
    TEMPERATURE,
    "Coolant temperature",
    "Kühlmitteltemperatur",
  ),
  gauge("temperature", "deviceTemperature", "°C", TEMPERATURE, "Device temperature", "Gerätetemperatur"),
  gauge("temperature", "outsideTemperature", "°C", TEMPERATURE, "Outside temperature", "Außentemperatur"),
  gauge("temperature", "cargoTemperature", "°C", TEMPERATURE, "Cargo temperature", "Laderaumtemperatur"),
  gauge("temperature", "cabinTemperature", "°C", TEMPERATURE, "Cabin temperature", "Innenraumtemperatur"),
  ...series(4, (n) =>
    gauge("temperature", `temperature${n}`, "°C", TEMPERATURE, `Temperature ${n}`, `Temperatur ${n}`),
  ),
  gauge("temperature", "humidity", "%", PERCENT, "Humidity", "Luftfeuchte"),

  gauge("network", "satellites", "", [0, 100], "Satellites", "Satelliten"),
  { ...gauge("network", "hdop", "", [0, 100], "HDOP", "HDOP"), precision: 1 },
  gauge("network", "course", "°", [0, 360], "Course", "Kurs"),
  gauge("network", "gsmMcc", "", [0, 999], "GSM country code (MCC)", "GSM-Landeskennung (MCC)"),
  gauge("network", "gsmMnc", "", [0, 999], "GSM network code (MNC)", "GSM-Netzkennung (MNC)"),
  gauge("network", "gsmLac", "", WHOLE_U32, "GSM location area (LAC)", "GSM-Gebietskennung (LAC)"),
  gauge("network", "gsmCell", "", WHOLE_U32, "GSM cell", "GSM-Funkzelle"),
  gauge("network", "gsmSignal", "dBm", [-150, 0], "GSM signal", "GSM-Signal"),
  gauge("device", "backlog", "B", WHOLE_U32, "Readings not sent yet", "Noch nicht gesendete Messungen"),
  gauge("device", "eventBacklog", "B", WHOLE_U32, "Events not sent yet", "Noch nicht gesendete Ereignisse"),
];
