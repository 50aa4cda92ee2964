import { type Problem, shown } from "../errors";
import { isBlank, isTrue } from "../saved";

/** The state of an output that would stop the vehicle; empty where none would. */
export const STOP_STATES = ["", "on", "off"] as const;
export type StopState = (typeof STOP_STATES)[number];

/** What function 1 of a timed command does: `normal` is on, as the vendor's table says; empty where nobody has tried it. */
export const POLARITIES = ["", "normal", "inverted"] as const;
export type Polarity = (typeof POLARITIES)[number];
export type TriedPolarity = Exclude<Polarity, "">;

/** What becomes of a command that would stop the vehicle while that is not safe. */
export const WHEN_UNSAFE = ["refuse", "hold"] as const;

/** When a vehicle may be stopped. */
export interface Interlock {
  /** Milliseconds that a reading may be old. */
  readonly freshFor: number;
  /** km/h; at this speed it may be stopped. */
  readonly maxSpeed: number;
  /** Milliseconds that a sending may take effect. */
  readonly frameLife: number;
  /** The ignition has to be off as well. */
  readonly ignitionOff: boolean;
  readonly whenUnsafe: (typeof WHEN_UNSAFE)[number];
}

/** An interlock as the editor saves it; what is absent or empty is the default. */
export interface SavedInterlock {
  /** Seconds. */
  readonly freshFor?: string | number;
  readonly maxSpeed?: string | number;
  /** Seconds. */
  readonly frameLife?: string | number;
  readonly ignitionOff?: boolean | string;
  readonly whenUnsafe?: string;
}

/** How a command is delivered: at once whatever is known of the device, or when it is heard. */
export const DELIVERIES = ["now", "wait"] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** `min` to `max` of what a person may enter: beyond it there would be no interlock any more. */
export const INTERLOCK_LIMITS = {
  freshFor: { preset: 60, min: 1, max: 600, unit: "seconds" },
  maxSpeed: { preset: 5, min: 0, max: 30, unit: "km/h" },
  frameLife: { preset: 15, min: 5, max: 60, unit: "seconds" },
} as const;

/** Fills in the defaults of an interlock that was checked. */
export function resolveInterlock(interlock?: SavedInterlock | null): Interlock {
  const saved = interlock ?? {};
  const number = (name: keyof typeof INTERLOCK_LIMITS) =>
    isBlank(saved[name]) ? INTERLOCK_LIMITS[name].preset : Number(saved[name]);
  return {
    freshFor: number("freshFor") * 1000,
    maxSpeed: number("maxSpeed"),
    frameLife: number("frameLife") * 1000,
    ignitionOff: isTrue(saved.ignitionOff),
    whenUnsafe: saved.whenUnsafe === "hold" ? "hold" : "refuse",
  };
}

/** Code: `INTERLOCK`. */
export function checkInterlock(value: unknown): Problem[] {
  if (isBlank(value)) return [];
  if (typeof value !== "object" || Array.isArray(value))
    return [wrong("interlock", "the interlock is not an object")];
  const saved = value as SavedInterlock;
  const numbers = Object.entries(INTERLOCK_LIMITS).flatMap(([name, { min, max, unit }]) => {
    const entered = saved[name as keyof typeof INTERLOCK_LIMITS];
    const isNumber = typeof entered === "string" || typeof entered === "number";
    const good = isBlank(entered) || (isNumber && Number(entered) >= min && Number(entered) <= max);
    return good
      ? []
      : [wrong(`interlock.${name}`, `${shown(entered)} is not between ${min} and ${max} ${unit}`)];
  });
  const { whenUnsafe } = saved;
  const known = isBlank(whenUnsafe) || WHEN_UNSAFE.some((choice) => choice === whenUnsafe);
  return known
    ? numbers
    : [
        ...numbers,
        wrong("interlock.whenUnsafe", `${shown(whenUnsafe)} is not one of ${WHEN_UNSAFE.join(", ")}`),
      ];
}

/** Code: `STOP_STATE`. */
export function checkStopStates(value: unknown): Problem[] {
  const states: unknown = value ?? [];
  const good =
    Array.isArray(states) &&
    states.every((state) => isBlank(state) || STOP_STATES.some((known) => known === state));
  const message = `what stops the vehicle is a list of "on", "off" or nothing, one for each output`;
  return good ? [] : [{ code: "STOP_STATE", path: "outputStops", message }];
}

/** Code: `POLARITY`. */
export function checkPolarities(value: unknown): Problem[] {
  const polarities: unknown = value ?? [];
  const good =
    Array.isArray(polarities) &&
    polarities.every((one) => isBlank(one) || POLARITIES.some((known) => known === one));
  const message = `the polarity of timed commands is a list of "normal", "inverted" or nothing, one for each output`;
  return good ? [] : [{ code: "POLARITY", path: "timedPolarity", message }];
}

/** Code: `DELIVERY`. */
export function checkDelivery(value: unknown): Problem[] {
  const good = isBlank(value) || DELIVERIES.some((known) => known === value);
  const message = `${shown(value)} is not a delivery; there are ${DELIVERIES.join(", ")}`;
  return good ? [] : [{ code: "DELIVERY", path: "delivery", message }];
}

function wrong(path: string, message: string): Problem {
  return { code: "INTERLOCK", path, message };
}
