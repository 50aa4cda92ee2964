import type { Vehicle } from "./vehicle";

/** What can happen to a vehicle. */
export const EVENT_NAMES = ["panic", "jamming", "braking", "crash", "powerCut", "tow"] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export interface EventKind {
  /**
   * Event code and text of the IOTM record. What the codes of real devices mean is not published
   * (docs/protocols/iotm.md): these are this simulator's own.
   */
  readonly code: number;
  readonly text: string;
  /** Seconds for which sensors show it. */
  readonly seconds: number;
  /** Whether it can happen now, and in words when it can. */
  readonly can: (vehicle: Vehicle) => boolean;
  readonly when: string;
  readonly begin: (vehicle: Vehicle) => void;
}

const always = { can: () => true, when: "at any time" };
const driving = (kmh: number) => ({
  can: (vehicle: Vehicle) => vehicle.ignition && vehicle.kmh >= kmh,
  when: `while the vehicle drives at ${kmh} km/h or more`,
});
const nothing = () => undefined;

const CUT_S = 180;
const TOW_S = 120;

export const EVENTS: Readonly<Record<EventName, EventKind>> = {
  panic: { code: 201, text: "PANIC", seconds: 30, ...always, begin: nothing },
  jamming: { code: 202, text: "JAMMING", seconds: 60, ...always, begin: nothing },
  braking: { code: 203, text: "BRAKING", seconds: 0, ...driving(30), begin: (vehicle) => vehicle.brake() },
  crash: { code: 204, text: "CRASH", seconds: 0, ...driving(20), begin: (vehicle) => vehicle.crash() },
  powerCut: {
    code: 205,
    text: "POWER CUT",
    seconds: CUT_S,
    ...always,
    begin: (vehicle) => vehicle.cutSupply(CUT_S),
  },
  tow: {
    code: 206,
    text: "TOW",
    seconds: TOW_S,
    can: (vehicle) => vehicle.isParked,
    when: "while the vehicle is parked",
    begin: (vehicle) => vehicle.tow(TOW_S),
  },
};
