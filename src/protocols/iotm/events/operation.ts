import type { RECORD_CAUSES, WAKE_CAUSES } from "../../../model/events";
import type { EventRow, Family } from "./family";

const written = (cause: (typeof RECORD_CAUSES)[number], en: string, de: string): EventRow => [
  en,
  de,
  { type: "recordWritten", cause },
];
const woken = (cause: (typeof WAKE_CAUSES)[number], en: string, de: string): EventRow => [
  en,
  de,
  { type: "wake", cause },
];

/** Sleep, and why records are written. */
export const SLEEP_AND_RECORDS: readonly Family[] = [
  {
    functions: { 109: [] },
    codes: {
      0: ["Going to sleep", "Geht schlafen", { type: "sleep" }],
      1: woken("motion", "Woken by motion", "Durch Bewegung geweckt"),
      2: woken("input2", "Woken by input 2", "Durch Eingang 2 geweckt"),
      3: woken("input3", "Woken by input 3", "Durch Eingang 3 geweckt"),
      4: woken("input4", "Woken by input 4", "Durch Eingang 4 geweckt"),
      5: woken("input5", "Woken by input 5 (ignition)", "Durch Eingang 5 geweckt (Zündung)"),
      6: woken("clock", "Woken by the clock", "Durch die Uhr geweckt"),
      7: woken("call", "Woken by an SMS, a call or jamming", "Durch SMS, Anruf oder Störsender geweckt"),
      8: woken("can", "Woken by CAN", "Durch CAN geweckt"),
      9: woken("powerCut", "Woken because the power was cut", "Geweckt, weil der Strom ausfiel"),
      10: woken("oneWire", "Woken by 1-Wire", "Durch 1-Wire geweckt"),
    },
  },
  {
    functions: { 111: ["Record written", "Datensatz geschrieben"] },
    codes: {
      0: written("inputs", "an input changed", "ein Eingang hat sich geändert"),
      1: written("time", "time was up", "die Zeit war um"),
      2: written("external", "asked for from outside", "von außen verlangt"),
      3: written("course", "change of course", "Kursänderung"),
      4: written("speed", "change of speed", "Geschwindigkeitsänderung"),
      5: written("distance", "distance driven", "Strecke gefahren"),
      6: written("keypad", "keypad", "Tastenfeld"),
      7: written("live", "sent live, not from memory", "direkt gesendet, nicht aus dem Speicher"),
      8: written("driverId", "another driver's key", "anderer Fahrerschlüssel"),
      9: written("driverId", "another driver's key", "anderer Fahrerschlüssel"),
      10: written("drivingQuality", "200 s of driving quality", "200 s Fahrqualität"),
      11: written("mobileye", "Mobileye changed", "Mobileye hat sich geändert"),
      12: written("driverIdPresent", "driver's key present or gone", "Fahrerschlüssel da oder weg"),
      13: written("tachograph", "tachograph changed", "Fahrtenschreiber hat sich geändert"),
      14: written("cip", "CIP changed", "CIP hat sich geändert"),
      15: written("wiegand", "Wiegand reader", "Wiegand-Leser"),
      16: written(
        "driver1Activity",
        "driver 1's activity changed",
        "Tätigkeit von Fahrer 1 hat sich geändert",
      ),
      17: written(
        "driver2Activity",
        "driver 2's activity changed",
        "Tätigkeit von Fahrer 2 hat sich geändert",
      ),
      18: written("reserved", "reserved cause", "reservierter Grund"),
      19: written("roadService", "plough or spreader (EN 15430)", "Pflug oder Streuer (EN 15430)"),
    },
  },
  {
    functions: { 114: [] },
    codes: {
      0: ["Orientation of the device lost", "Lage des Geräts unbekannt", { type: "orientationLost" }],
      1: ["Orientation of the device found", "Lage des Geräts erkannt", { type: "orientationFound" }],
    },
  },
];

const STATES = ["off", "on"] as const;
const FIRST_OUTPUT = 221;

const switched = (called: number, code: number): EventRow => {
  const state = STATES[code];
  const output = called - FIRST_OUTPUT + 1;
  const meaning = { type: "outputChanged", output, ...(state === undefined ? {} : { state }) } as const;
  if (state === undefined) return ["changed ({n})", "umgeschaltet ({n})", meaning];
  return state === "on" ? ["on", "an", meaning] : ["off", "aus", meaning];
};

/** The clock was late (240, 241) and is put forward, or ahead (250, 251) and is put back. */
const corrected =
  (sign: 1 | -1, en: string, de: string) =>
  // Zero has no sign.
  (_: number, code: number): EventRow => [en, de, { type: "clockCorrected", seconds: sign * code + 0 }];

export const OUTPUTS_AND_CLOCK: readonly Family[] = [
  {
    functions: {
      221: ["Output 1", "Ausgang 1"],
      222: ["Output 2", "Ausgang 2"],
      223: ["Output 3", "Ausgang 3"],
      224: ["Output 4", "Ausgang 4"],
    },
    any: switched,
  },
  {
    functions: { 225: [] },
    codes: {
      0: [
        "An output was switched off by a script",
        "Ein Skript hat einen Ausgang ausgeschaltet",
        { type: "outputChanged", state: "off" },
      ],
      1: [
        "An output was switched on by a script",
        "Ein Skript hat einen Ausgang eingeschaltet",
        { type: "outputChanged", state: "on" },
      ],
    },
  },
  {
    functions: { 240: ["Clock against GNSS", "Uhr gegen GNSS"], 241: ["Clock against NTP", "Uhr gegen NTP"] },
    any: corrected(1, "{n} s late", "ging {n} s nach"),
  },
  {
    functions: { 250: ["Clock against GNSS", "Uhr gegen GNSS"], 251: ["Clock against NTP", "Uhr gegen NTP"] },
    any: corrected(-1, "{n} s ahead", "ging {n} s vor"),
  },
];
