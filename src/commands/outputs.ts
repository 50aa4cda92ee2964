import { OUTPUT_COUNT } from "../device-config/device-config";
import { TrackerError } from "../errors";
import { encodeFrame } from "../protocols/iotm/frame";
import type { OutputControlRecord } from "../protocols/iotm/records";

/** `timed`: for a duration, then back by itself; `latching`: until further notice. */
export const MODES = ["timed", "latching"] as const;
export type Mode = (typeof MODES)[number];

export const OUTPUT_STATES = ["on", "off"] as const;
export type OutputState = (typeof OUTPUT_STATES)[number];

/** Output ids by mode and number of the output. Source: docs/protocols/iotm.md, "Output control". */
const OUTPUT_IDS: Readonly<Record<Mode, ReadonlyMap<number, number>>> = {
  timed: new Map([
    [1, 0],
    [2, 1],
    [3, 2],
  ]),
  latching: new Map([
    [1, 8],
    [2, 9],
  ]),
};

/** Seconds: one unit of 10 ms, and as many as fit a u16. */
export const DURATION = { min: 0.01, max: 655.35 } as const;
const UNITS_PER_SECOND = 100;

/** What is to be done with an output. */
export interface Switching {
  /** 1 to 4. */
  readonly output: number;
  readonly state: OutputState;
  readonly mode: Mode;
  /** Seconds; null where it is latching. */
  readonly duration: number | null;
}

/** What goes with each sending of it. */
export interface Envelope {
  /** Epoch milliseconds; the device is told the whole second before it. */
  readonly expires: number;
  /** 1 to 255. */
  readonly uniqueId: number;
  /** True where function 0 of a timed output means on. */
  readonly invertTimed: boolean;
}

/** `OUT1`, as the vendor calls it. */
export function outputLabel(output: number): string {
  return `OUT${output}`;
}

/** Name of the attribute with the state of an output; docs/messages.md. */
export function outputAttribute(output: number): string {
  return `output${output}`;
}

/** What is wrong with switching an output in a mode, or undefined. Code: `OUTPUT_MODE`. */
export function checkMode(output: number, mode: Mode): TrackerError | undefined {
  if (OUTPUT_IDS[mode].has(output)) return undefined;
  const modes = MODES.filter((other) => OUTPUT_IDS[other].has(output));
  const can = modes.length === 0 ? "no command for it is known" : `it can only be ${modes.join(" or ")}`;
  const message = `${outputLabel(output)} cannot be switched ${mode}: ${can}`;
  return new TrackerError({ code: "OUTPUT_MODE", path: "mode", message });
}

/**
 * The record that switches an output. Throws `OUTPUT_MODE` where the output has no such mode, and
 * `DURATION_RANGE` where the duration does not fit: nothing ever wraps.
 * Source: docs/protocols/iotm.md, "Output control".
 */
export function outputControl(switching: Switching, envelope: Envelope): OutputControlRecord {
  const { output, mode } = switching;
  const outputId = OUTPUT_IDS[mode].get(output);
  if (outputId === undefined) throw checkMode(output, mode) ?? new RangeError(outputLabel(output));
  return {
    type: 4,
    expires: Math.floor(envelope.expires / 1000),
    outputId,
    uniqueId: envelope.uniqueId,
    data: DATA[mode](switching, envelope),
  };
}

/** The frame that switches an output of the device with this IMEI. Throws as {@link outputControl}. */
export function encodeCommand(imei: string, switching: Switching, envelope: Envelope): Uint8Array {
  return encodeFrame([{ type: 2, imei }, outputControl(switching, envelope)]);
}

const DATA: Readonly<Record<Mode, (switching: Switching, envelope: Envelope) => Uint8Array>> = {
  timed: ({ state, duration }, { invertTimed }) => {
    const units = Math.round(checkDuration(duration) * UNITS_PER_SECOND);
    const on = state === "on";
    return Uint8Array.of(Number(on !== invertTimed), units & 0xff, units >> 8);
  },
  latching: ({ state }) => Uint8Array.of(Number(state === "on")),
};

/** A duration in seconds that a device can be told; it is rounded to 10 ms. Throws `DURATION_RANGE`. */
export function checkDuration(seconds: number | null): number {
  if (seconds !== null && seconds >= DURATION.min && seconds <= DURATION.max) return seconds;
  const message = `a duration of ${seconds} s is not possible: ${DURATION.min} to ${DURATION.max} s are`;
  throw new TrackerError({ code: "DURATION_RANGE", path: "duration", message });
}

/** True for the number of an output. */
export function isOutput(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= OUTPUT_COUNT;
}
