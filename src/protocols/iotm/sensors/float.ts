import { named, raw, type Sensor, scripted } from "./sensor";

/** Families A and B: numbers with decimals, of 32 and 64 bits. */
export const FLOAT: readonly Sensor[] = [
  raw(
    0xa000,
    "oneWireTemperature",
    "temperature",
    "Temperature of a 1-Wire sensor",
    "Temperatur eines 1-Wire-Sensors",
    {
      unit: "°C",
    },
  ),
  named(0xa001, "acceleration"),
  named(0xa002, "cornering"),
  ...scripted(0xa003, 0xa016, "F32"),
  named(0xa017, "temperature1"),
  named(0xa018, "temperature2"),
  named(0xa019, "temperature3"),
  named(0xa01a, "temperature4"),
  raw(0xa01b, "fuelInstant", "energy", "Fuel consumption right now", "Kraftstoffverbrauch im Moment"),
  named(0xa01c, "deviceTemperature"),
  raw(0xb000, "longitude", "network", "Longitude", "Längengrad", { unit: "°" }),
  raw(0xb001, "latitude", "network", "Latitude", "Breitengrad", { unit: "°" }),
  named(0xb002, "gnssOdometer", { divide: 1000 }),
];
