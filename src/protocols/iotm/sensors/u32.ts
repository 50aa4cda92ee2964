import { onBus, raw, type Sensor, scripted } from "./sensor";

/** 5 m a bit, in km. */
const FIVE_METRES = { divide: 200 };

/** Family 4: whole numbers from 0 to 4,294,967,295. */
export const U32: readonly Sensor[] = [
  raw(0x4000, "systemTime", "device", "Time of the device's clock (Unix)", "Zeit der Geräteuhr (Unix)", {
    unit: "s",
  }),
  onBus(0x4001, "fuelUsed", { name: "fuelUsedWhole", rank: 1 }),
  onBus(0x4002, "engineHours"),
  onBus(0x4003, "odometer", {
    ...FIVE_METRES,
    name: "odometerCan",
    rank: 1,
    en: "Odometer (CAN)",
    de: "Kilometerstand (CAN)",
  }),
  ...scripted(0x4005, 0x4054, "U32"),
  raw(0x4055, "uptime", "device", "Time since the last restart", "Zeit seit dem letzten Neustart", {
    unit: "s",
  }),
  raw(0x4056, "canReceived", "device", "CAN messages received", "Empfangene CAN-Nachrichten", { unit: "" }),
  raw(0x4057, "canMissed", "device", "CAN messages missed", "Verpasste CAN-Nachrichten", { unit: "" }),
  raw(0x4058, "can1BitRate", "device", "Bit rate of CAN bus 1", "Bitrate von CAN-Bus 1"),
  raw(0x4059, "can2BitRate", "device", "Bit rate of CAN bus 2", "Bitrate von CAN-Bus 2"),
  onBus(0x405a, "fuelUsed", {
    divide: 1000,
    name: "fuelUsedFine",
    en: "Fuel used (high resolution)",
    de: "Verbrauchter Kraftstoff (hochauflösend)",
  }),
  raw(0x405b, "odometerTachograph", "vehicle", "Odometer (tachograph)", "Kilometerstand (Tachograf)", {
    likely: { key: "odometer", ...FIVE_METRES, rank: 2 },
  }),
  raw(0x405c, "slot1Time", "driver", "Time of the tachograph's slot 1", "Zeit von Schacht 1 des Tachografen"),
  raw(0x405d, "slot2Time", "driver", "Time of the tachograph's slot 2", "Zeit von Schacht 2 des Tachografen"),
  raw(
    0x405e,
    "slot1Distance",
    "driver",
    "Distance of the tachograph's slot 1",
    "Strecke von Schacht 1 des Tachografen",
  ),
  raw(
    0x405f,
    "slot2Distance",
    "driver",
    "Distance of the tachograph's slot 2",
    "Strecke von Schacht 2 des Tachografen",
  ),
  raw(0x4060, "lastRegistration", "network", "Last registration for data", "Letzte Anmeldung für Daten"),
  raw(0x4061, "wiegandId", "driver", "Card id (Wiegand)", "Kartenkennung (Wiegand)", { unit: "" }),
  onBus(0x4062, "odometer", {
    ...FIVE_METRES,
    name: "odometerCanFine",
    en: "Odometer (CAN, high resolution)",
    de: "Kilometerstand (CAN, hochauflösend)",
  }),
  raw(0x4063, "axleLoad", "load", "Load of one axle, with its place", "Last einer Achse, mit deren Platz"),
  raw(0x4064, "harvestTime", "vehicle", "Harvesting time", "Erntezeit"),
  raw(0x4065, "harvestArea", "vehicle", "Harvested area", "Geerntete Fläche"),
  raw(0x4066, "tachographTime", "driver", "Time of the tachograph's clock", "Zeit der Tachografenuhr"),
  raw(
    0x4067,
    "uptimeFine",
    "device",
    "Time since the last restart (fine)",
    "Zeit seit dem letzten Neustart (fein)",
    {
      unit: "s",
      divide: 1000,
    },
  ),
  onBus(0x4068, "idleFuel", { divide: 2 }),
  onBus(0x4069, "idleHours", { divide: 20 }),
  raw(0x406a, "axesOverflows", "device", "Acceleration readings lost", "Verlorene Beschleunigungswerte", {
    unit: "",
  }),
  raw(0x406b, "ntpTime", "device", "Time of the time server (Unix)", "Zeit des Zeitservers (Unix)", {
    unit: "s",
  }),
  raw(0x406c, "gnssTime", "device", "Time of the GNSS receiver (Unix)", "Zeit des GNSS-Empfängers (Unix)", {
    unit: "s",
  }),
  raw(0x406d, "script1Id", "device", "Script 1: id", "Skript 1: Kennung", { unit: "" }),
  raw(0x406e, "script2Id", "device", "Script 2: id", "Skript 2: Kennung", { unit: "" }),
  raw(0x406f, "script3Id", "device", "Script 3: id", "Skript 3: Kennung", { unit: "" }),
];
