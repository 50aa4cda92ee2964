import { type Family, RESET, WARNING } from "./family";

const bits = (register: string, last: number): [string, string] => [
  `${register}, bits ${last - 7}–${last}`,
  `${register}, Bits ${last - 7}–${last}`,
];
const REGISTERS = {
  20: bits("Fault register", 31),
  21: bits("Fault register", 23),
  22: bits("Fault register", 15),
  23: bits("Fault register", 7),
  24: bits("PC register", 31),
  25: bits("PC register", 23),
  26: bits("PC register", 15),
  27: bits("PC register", 7),
};

/** Faults of the device itself: its program, tasks and memory. */
export const FAULTS: readonly Family[] = [
  { functions: REGISTERS, any: ["{n}", "{n}", WARNING] },
  {
    functions: { 93: ["Program stopped", "Programm angehalten"] },
    codes: {
      1: ["stack overflow", "Stapelüberlauf", WARNING],
      2: ["queue overflow", "Warteschlange übergelaufen", WARNING],
      3: ["mailbox overflow", "Postfach übergelaufen", WARNING],
      4: ["timer overflow", "Zeitgeber übergelaufen", WARNING],
      5: ["supply or battery voltage too low", "Versorgungs- oder Batteriespannung zu niedrig", WARNING],
      6: ["watchdog", "Watchdog", WARNING],
      100: ["a thread was paused", "ein Thread wurde angehalten", WARNING],
    },
  },
  {
    functions: { 102: [] },
    codes: {
      0: ["GNSS task stands still", "GNSS-Task steht still", WARNING],
      1: ["Accelerometer task stands still", "Beschleunigungs-Task steht still", WARNING],
      2: ["1-Wire task stands still", "1-Wire-Task steht still", WARNING],
      3: ["Modem task stands still", "Modem-Task steht still", WARNING],
      4: ["Main task stands still", "Haupt-Task steht still", WARNING],
      5: ["LED task stands still", "LED-Task steht still", WARNING],
      6: ["Task of RS-485 or script 1 stands still", "Task von RS-485 oder Skript 1 steht still", WARNING],
      7: ["Task of CAN 1 or script 2 stands still", "Task von CAN 1 oder Skript 2 steht still", WARNING],
      8: ["Task of RS-232 or script 3 stands still", "Task von RS-232 oder Skript 3 steht still", WARNING],
      9: ["Task of CAN 1 or CAN 2 stands still", "Task von CAN 1 oder CAN 2 steht still", WARNING],
      10: ["Task of CAN 2 stands still", "Task von CAN 2 steht still", WARNING],
      50: ["Voltage too low", "Spannung zu niedrig", { type: "voltageLow" }],
      100: [
        "Restarted by the watchdog: did not wake up in time",
        "Durch den Watchdog neu gestartet: nicht rechtzeitig aufgewacht",
        RESET,
      ],
    },
  },
  {
    functions: { 106: ["Special event", "Besonderes Ereignis"] },
    any: ["{n}", "{n}"],
  },
  {
    functions: {
      112: ["Memory: parts of sectors erased in an hour", "Speicher: in einer Stunde gelöschte Teilsektoren"],
    },
    any: ["{n}", "{n}"],
  },
  {
    functions: { 113: ["Memory: sectors erased in an hour", "Speicher: in einer Stunde gelöschte Sektoren"] },
    any: ["{n}", "{n}"],
  },
  {
    functions: { 160: [] },
    codes: {
      0: [
        "Settings could not be read from memory",
        "Einstellungen ließen sich nicht aus dem Speicher lesen",
        WARNING,
      ],
    },
  },
  {
    functions: { 161: ["Oscillator calibrated (100 is none)", "Oszillator kalibriert (100 ist nichts)"] },
    any: ["{n}", "{n}"],
  },
  {
    functions: { 162: ["Memory of records", "Datensatzspeicher"] },
    codes: {
      0: ["page prepared", "Seite vorbereitet"],
      1: ["begins anew", "beginnt von vorn"],
    },
  },
  {
    functions: { 170: ["Sensor could not be added", "Sensor ließ sich nicht hinzufügen"] },
    codes: {
      1: ["u8", "u8", WARNING],
      2: ["u32", "u32", WARNING],
      3: ["u64", "u64", WARNING],
    },
  },
];
