import { named, onBus, raw, type Sensor, scripted } from "./sensor";

/** A temperature as the J1939 bus has it: 1/32 °C a bit from −273 °C. */
const J1939_TEMPERATURE = { multiply: 1, add: -273 * 32, divide: 32 };
const mV = { divide: 1000 };

/** Family 3: whole numbers from 0 to 65,535. */
export const U16: readonly Sensor[] = [
  named(0x3000, "externalVoltage", mV),
  named(0x3001, "analog5", mV),
  named(0x3002, "analog4", mV),
  named(0x3003, "analog3", mV),
  named(0x3004, "batteryVoltage", mV),
  named(0x3008, "gsmMcc"),
  named(0x3009, "gsmLac"),
  named(0x300a, "gsmCell"),
  named(0x300b, "course"),
  onBus(0x300c, "engineSpeed"),
  ...scripted(0x300d, 0x301c, "U16"),
  raw(0x301d, "wheelSpeed", "vehicle", "Wheel speed", "Radgeschwindigkeit", {
    likely: { ofBus: true, key: "vehicleSpeed", divide: 256 },
  }),
  onBus(0x301e, "fuelVolume"),
  raw(0x3020, "gnssGain", "network", "GNSS receiver gain", "Verstärkung des GNSS-Empfängers"),
  onBus(0x3021, "fuelRate", { divide: 20 }),
  raw(0x3022, "frequencyInput2", "wired", "Frequency at input 2", "Frequenz an Eingang 2"),
  raw(0x3023, "frequencyInput3", "wired", "Frequency at input 3", "Frequenz an Eingang 3"),
  raw(0x3024, "frequencyInput4", "wired", "Frequency at input 4", "Frequenz an Eingang 4"),
  raw(0x3025, "frequencyInput5", "wired", "Frequency at input 5", "Frequenz an Eingang 5"),
  raw(0x3026, "periodInput2", "wired", "Time between pulses at input 2", "Pulsabstand an Eingang 2"),
  raw(0x3027, "periodInput3", "wired", "Time between pulses at input 3", "Pulsabstand an Eingang 3"),
  raw(0x3028, "periodInput4", "wired", "Time between pulses at input 4", "Pulsabstand an Eingang 4"),
  raw(0x3029, "periodInput5", "wired", "Time between pulses at input 5", "Pulsabstand an Eingang 5"),
  raw(0x302a, "ambientTemperature", "temperature", "Outside temperature", "Außentemperatur", {
    likely: { ofBus: true, key: "outsideTemperature", ...J1939_TEMPERATURE },
  }),
  raw(0x302b, "can1Command", "device", "Command on CAN bus 1 (number)", "Befehl auf CAN-Bus 1 (Nummer)", {
    unit: "",
  }),
  raw(0x302c, "can2Command", "device", "Command on CAN bus 2 (number)", "Befehl auf CAN-Bus 2 (Nummer)", {
    unit: "",
  }),
  ...[1, 2, 3, 4, 5].map((n) =>
    raw(0x302c + n, `loadOfAxle${n}`, "load", `Load of axle ${n}`, `Last auf Achse ${n}`, {
      likely: { ofBus: true, key: `axleWeight${n}`, divide: 2 },
    }),
  ),
  onBus(0x3032, "trailerWeight", { multiply: 2 }),
  raw(0x3033, "cargoAir", "temperature", "Temperature in the cargo hold", "Temperatur im Laderaum", {
    likely: { ofBus: true, key: "cargoTemperature", ...J1939_TEMPERATURE },
  }),
  raw(0x3034, "fuelEconomy", "energy", "Distance per fuel right now", "Strecke je Kraftstoff im Moment"),
  raw(0x3035, "cabinAir", "temperature", "Temperature in the cab", "Temperatur im Fahrerhaus", {
    likely: { ofBus: true, key: "cabinTemperature", ...J1939_TEMPERATURE },
  }),
  raw(0x3036, "gearboxOilTemperature", "temperature", "Gearbox oil temperature", "Getriebeöltemperatur"),
  onBus(0x3037, "cargoWeight", { multiply: 2 }),
  onBus(0x3038, "serviceDistance", { multiply: 5, add: -160_635 }),
  onBus(0x3039, "grossWeight", { multiply: 10 }),
  raw(
    0x303a,
    "remainingDistance",
    "energy",
    "Distance that the fuel will last",
    "Strecke, die der Kraftstoff reicht",
  ),
  raw(0x303b, "obdEngineSpeed", "engine", "Engine speed (OBD)", "Motordrehzahl (OBD)"),
  raw(0x303c, "obdAirFlow", "engine", "Air flow (OBD)", "Luftmasse (OBD)"),
  raw(0x303d, "obdFuelRate", "energy", "Fuel rate (OBD)", "Kraftstoffdurchfluss (OBD)", {
    likely: { ofBus: true, key: "fuelRate", divide: 20, rank: 1 },
  }),
  raw(0x303e, "obdRailPressure", "engine", "Fuel rail pressure (OBD)", "Raildruck (OBD)"),
  raw(
    0x303f,
    "serviceDelay",
    "vehicle",
    "Service is due, by time of use",
    "Service fällig nach Betriebszeit",
  ),
  raw(0x3040, "pulsesInput2", "wired", "Pulses at input 2", "Pulse an Eingang 2", { unit: "" }),
  raw(0x3041, "pulsesInput3", "wired", "Pulses at input 3", "Pulse an Eingang 3", { unit: "" }),
  raw(0x3042, "pulsesInput4", "wired", "Pulses at input 4", "Pulse an Eingang 4", { unit: "" }),
  raw(0x3043, "pulsesInput5", "wired", "Pulses at input 5", "Pulse an Eingang 5", { unit: "" }),
  raw(0x3044, "powerCutRestarts", "device", "Restarts after power cuts", "Neustarts nach Stromausfall", {
    unit: "",
  }),
  raw(0x3045, "softwareRestarts", "device", "Restarts by software", "Neustarts durch Software", { unit: "" }),
  raw(
    0x3046,
    "orientationConfidence",
    "device",
    "Confidence in how it is mounted (sure at 1200)",
    "Sicherheit der Einbaulage (sicher ab 1200)",
    {
      unit: "",
    },
  ),
  raw(0x3047, "timeToSleep", "device", "Time until it sleeps", "Zeit bis zum Schlafen"),
  raw(
    0x3048,
    "oneWireHumidity",
    "temperature",
    "Humidity at the 1-Wire sensor",
    "Luftfeuchte am 1-Wire-Sensor",
  ),
  named(0x3049, "backlog"),
  named(0x304a, "eventBacklog"),
];
