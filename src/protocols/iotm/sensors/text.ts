import { named, onBus, raw, type Sensor } from "./sensor";

/** A VIN by ISO 3779: 17 letters and digits without I, O and Q. */
const VIN = /^[A-HJ-NPR-Z0-9]{17}$/i;
const TEXT = { unit: "" };
const SECRET = { ...TEXT, privacy: "secret" } as const;
const PERSONAL = { ...TEXT, privacy: "personal" } as const;

/** Family C: text. */
export const TEXT_SENSORS: readonly Sensor[] = [
  named(0xc000, "text", { en: "Text 1", de: "Text 1" }),
  raw(0xc001, "text2", "device", "Text 2", "Text 2", TEXT),
  raw(0xc002, "text3", "device", "Text 3", "Text 3", TEXT),
  raw(0xc003, "text4", "device", "Text 4", "Text 4", TEXT),
  raw(0xc004, "script1Name", "device", "Script 1: name", "Skript 1: Name", TEXT),
  raw(0xc005, "script2Name", "device", "Script 2: name", "Skript 2: Name", TEXT),
  raw(0xc006, "script3Name", "device", "Script 3: name", "Skript 3: Name", TEXT),
  raw(0xc007, "modemImei", "device", "IMEI of the modem", "IMEI des Modems", TEXT),
  raw(0xc008, "apn", "network", "APN", "APN", TEXT),
  raw(0xc009, "apnUser", "network", "User of the APN", "Benutzer des APN", SECRET),
  raw(0xc00a, "apnPassword", "network", "Password of the APN", "Passwort des APN", SECRET),
  raw(0xc00b, "preferredAddress", "network", "Preferred IP address", "Bevorzugte IP-Adresse", TEXT),
  raw(0xc00c, "server1", "network", "Server 1", "Server 1", TEXT),
  raw(0xc00d, "server2", "network", "Server 2", "Server 2", TEXT),
  raw(0xc00e, "socketType", "network", "Kind of connection", "Art der Verbindung", TEXT),
  raw(
    0xc00f,
    "serverPhone",
    "network",
    "Phone number for messages to the server",
    "Telefonnummer für Nachrichten an den Server",
    PERSONAL,
  ),
  raw(
    0xc010,
    "debugPhone",
    "network",
    "Phone number for diagnosis",
    "Telefonnummer für die Diagnose",
    PERSONAL,
  ),
  raw(0xc011, "alarmPhone", "network", "Phone number for alarms", "Telefonnummer für Alarme", PERSONAL),
  named(0xc012, "firmware"),
  raw(0xc013, "imsi", "network", "IMSI of the SIM card", "IMSI der SIM-Karte", PERSONAL),
  raw(0xc014, "iccid", "network", "ICCID of the SIM card", "ICCID der SIM-Karte", PERSONAL),
  onBus(0xc015, "troubleCodes"),
  named(0xc016, "driverCard1"),
  named(0xc017, "driverCard2"),
  raw(0xc018, "isobusName", "vehicle", "Name of the ISOBUS implement", "Name des ISOBUS-Anbaugeräts", TEXT),
  raw(
    0xc019,
    "networkInfo",
    "network",
    "Network: technology, operator, band",
    "Netz: Technik, Betreiber, Band",
    TEXT,
  ),
  raw(0xc01a, "modemFirmware", "device", "Firmware of the modem", "Firmware des Modems", TEXT),
  named(0xc01b, "vin", {
    name: "vinTachograph",
    en: "VIN (tachograph)",
    de: "Fahrgestellnummer (Tachograf)",
    rank: 1,
  }),
  raw(0xc01c, "tachographVersion", "device", "Version of the tachograph", "Version des Tachografen", TEXT),
  // The vendor's one sensor for two things: a number plate is no VIN, and stays under its id.
  onBus(0xc01d, "vin", {
    name: "vinOrPlate",
    pattern: VIN,
    en: "VIN or number plate (CAN)",
    de: "Fahrgestellnummer oder Kennzeichen (CAN)",
  }),
  raw(
    0xc01e,
    "bluetoothFirmware",
    "device",
    "Firmware of the Bluetooth module",
    "Firmware des Bluetooth-Moduls",
    TEXT,
  ),
];
