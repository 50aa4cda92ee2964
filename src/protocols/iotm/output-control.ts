import type { TrackerEvent } from "../../model/events";
import type { NormalizedRecord } from "../../model/message";
import { MODES, type Mode, outputAttribute, outputLabel, type Switching } from "../../model/output";
import { checkDuration, checkMode, type Envelope, type Outputs } from "../outputs";
import { encodeFrame } from "./frame";
import type { OutputControlRecord } from "./records";

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

const UNITS_PER_SECOND = 100;

export const IOTM_OUTPUTS: Outputs = {
  /** One unit of 10 ms, and as many as fit a u16. */
  duration: { min: 0.01, max: 655.35 },
  modes: (output) => MODES.filter((mode) => OUTPUT_IDS[mode].has(output)),
  encode: encodeCommand,
  isReceipt: (record) => deviceEvent(record)?.type === "commandReceived",
  confirm: (record, { output, state }) => {
    if (record.kind === "telemetry") return record.attributes[outputAttribute(output)] === (state === "on");
    const event = deviceEvent(record);
    return event?.type === "outputChanged" && event.output === output && event.state === state;
  },
};

/** What the device itself says has happened, and not somebody who has found it out. */
function deviceEvent(record: NormalizedRecord): TrackerEvent | undefined {
  return record.kind === "event" && record.event.source === "device" ? record.event : undefined;
}

/**
 * The record that switches an output. Throws `OUTPUT_MODE` where the output has no such mode, and
 * `DURATION_RANGE` where the duration does not fit: nothing ever wraps.
 * Source: docs/protocols/iotm.md, "Output control".
 */
export function outputControl(switching: Switching, envelope: Envelope): OutputControlRecord {
  const { output, mode } = switching;
  const outputId = OUTPUT_IDS[mode].get(output);
  if (outputId === undefined) {
    throw checkMode(IOTM_OUTPUTS, output, mode) ?? new RangeError(outputLabel(output));
  }
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
    const units = Math.round(checkDuration(IOTM_OUTPUTS, duration) * UNITS_PER_SECOND);
    const on = state === "on";
    return Uint8Array.of(Number(on !== invertTimed), units & 0xff, units >> 8);
  },
  latching: ({ state }) => Uint8Array.of(Number(state === "on")),
};
