import type { EventTypeName } from "../model/events";
import type { Vehicle } from "./vehicle";

/** What can happen to a vehicle. */
export const EVENT_NAMES = ["panic", "jamming", "braking", "crash", "powerCut", "tow", "door"] as const;
export type EventName = (typeof EVENT_NAMES)[number];
/** Of those, what can happen to a vehicle with an engine. */
export const ROAD_EVENTS: readonly EventName[] = ["panic", "jamming", "braking", "crash", "powerCut", "tow"];

/** A code of an IOTM event. */
export interface EventCode {
  readonly function: number;
  readonly event: number;
}

/** What a device says of itself. Source: docs/protocols/iotm.md, "Events". */
export const SAYS = {
  powerConnected: { function: 0, event: 1 },
  powerLost: { function: 0, event: 240 },
  sleeps: { function: 109, event: 0 },
  wokenByMotion: { function: 109, event: 1 },
  wokenByIgnition: { function: 109, event: 5 },
} as const satisfies Readonly<Record<string, EventCode>>;

/** Why a reading is written: codes of function 111. Source: docs/protocols/iotm.md, "Events". */
export const CAUSES = { inputs: 0, time: 1, external: 2, speed: 4 } as const;
export type Cause = keyof typeof CAUSES;
export const RECORD_WRITTEN = 111;

export interface EventKind {
  /** What it is to the vocabulary of events. */
  readonly type: EventTypeName;
  /**
   * Function 0's code of the IOTM record: the vendor's where there is one, else one that no device uses, so that the
   * text counts.
   */
  readonly code: number;
  readonly text: string;
  /** Why a reading is written when it begins. */
  readonly cause: Cause;
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
const parked = { can: (vehicle: Vehicle) => vehicle.isParked, when: "while the vehicle is parked" };
const nothing = () => undefined;

const CUT_S = 180;
const TOW_S = 120;
const DOOR_S = 180;

export const EVENTS: Readonly<Record<EventName, EventKind>> = {
  panic: { type: "panic", code: 201, text: "PANIC", cause: "inputs", seconds: 30, ...always, begin: nothing },
  jamming: {
    type: "jamming",
    code: 202,
    text: "JAMMING",
    cause: "inputs",
    seconds: 60,
    ...always,
    begin: nothing,
  },
  braking: {
    type: "harshBraking",
    code: 203,
    text: "HARSH BRAKING",
    cause: "speed",
    seconds: 0,
    ...driving(30),
    begin: (vehicle) => vehicle.brake(),
  },
  crash: {
    type: "crash",
    code: 204,
    text: "CRASH",
    cause: "speed",
    seconds: 0,
    ...driving(20),
    begin: (vehicle) => vehicle.crash(),
  },
  powerCut: {
    type: "powerLost",
    code: 240,
    text: "POWER LOST",
    cause: "inputs",
    seconds: CUT_S,
    ...always,
    begin: (vehicle) => vehicle.cutSupply(CUT_S),
  },
  tow: {
    type: "tow",
    code: 206,
    text: "TOW",
    cause: "inputs",
    seconds: TOW_S,
    ...parked,
    begin: (vehicle) => vehicle.tow(TOW_S),
  },
  door: {
    type: "doorOpened",
    code: 207,
    text: "DOOR OPENED",
    cause: "inputs",
    seconds: DOOR_S,
    ...parked,
    begin: (vehicle) => vehicle.openDoors(DOOR_S),
  },
};
