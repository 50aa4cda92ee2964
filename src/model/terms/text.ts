import { id64, series, type Term, text } from "./term";

/** What is read as it is. */
export const TEXTS: readonly Term[] = [
  text("vehicle", "vin", "Vehicle identification number (VIN)", "Fahrgestellnummer (VIN)"),
  text("warnings", "troubleCodes", "Trouble codes", "Fehlercodes"),
  text("driver", "driverId", "Driver id", "Fahrerkennung"),
  ...series(2, (n) => text("driver", `driverCard${n}`, `Driver card ${n}`, `Fahrerkarte ${n}`)),
  text("load", "trailerId", "Trailer id", "Anhängerkennung"),
  ...series(4, (n) => id64("wired", `oneWireId${n}`, `1-Wire id ${n}`, `1-Wire-Kennung ${n}`)),
  text("device", "firmware", "Firmware", "Firmware"),
  text("device", "hardware", "Hardware", "Hardware"),
  text("device", "text", "Text", "Text"),
];
