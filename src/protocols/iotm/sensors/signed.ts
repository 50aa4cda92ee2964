import { raw, type Sensor, scripted } from "./sensor";

const G = { unit: "g", divide: 4096 };

/** Families 6, 7 and 8: whole numbers with a sign, of 8, 16 and 32 bits. */
export const SIGNED: readonly Sensor[] = [
  ...scripted(0x6000, 0x6009, "S8"),
  raw(
    0x7000,
    "accelerationX",
    "vehicle",
    "Acceleration along the device's x axis",
    "Beschleunigung längs der x-Achse des Geräts",
    G,
  ),
  raw(
    0x7001,
    "accelerationY",
    "vehicle",
    "Acceleration along the device's y axis",
    "Beschleunigung längs der y-Achse des Geräts",
    G,
  ),
  raw(
    0x7002,
    "accelerationZ",
    "vehicle",
    "Acceleration along the device's z axis",
    "Beschleunigung längs der z-Achse des Geräts",
    G,
  ),
  raw(0x7003, "altitude", "network", "Altitude", "Höhe", { unit: "m" }),
  ...scripted(0x7004, 0x700d, "S16"),
  raw(0x700e, "modemTemperature", "temperature", "Modem temperature", "Modemtemperatur", { unit: "°C" }),
  raw(0x700f, "timeZone", "device", "Local time zone", "Zeitzone", { unit: "h", divide: 4 }),
  ...scripted(0x8000, 0x8009, "S32"),
];
