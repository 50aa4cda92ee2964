import { id64, series, type Term, textTerm } from "./term";

/** What is read as it is. */
export const TEXTS: readonly Term[] = [
  textTerm("vehicle", "vin", "Vehicle identification number (VIN)", "Fahrgestellnummer (VIN)"),
  textTerm("warnings", "troubleCodes", "Trouble codes", "Fehlercodes"),
  textTerm("driver", "driverId", "Driver id", "Fahrerkennung"),
  ...series(2, (n) => textTerm("driver", `driverCard${n}`, `Driver card ${n}`, `Fahrerkarte ${n}`)),
  textTerm("load", "trailerId", "Trailer id", "Anhängerkennung"),
  ...series(4, (n) => id64("wired", `oneWireId${n}`, `1-Wire id ${n}`, `1-Wire-Kennung ${n}`)),
  textTerm("device", "firmware", "Firmware", "Firmware"),
  textTerm("device", "hardware", "Hardware", "Hardware"),
  textTerm("device", "text", "Text", "Text"),
];
