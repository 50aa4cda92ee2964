import type { Decoded } from "../../model/message";
import { decodeAny, type FrameContext } from "./decode-any";
import { readerFor } from "./fast/reader";

export type { FrameContext } from "./decode-any";

/**
 * Turns a payload into normalized records. Never throws; every payload gives a record, an error, or both
 * (the records before the damage), unless all that it says is left out. A frame with nothing to tell comes out whole,
 * as a file.
 * Codes: those of decodeFrame; as warnings also `IMEI_MISSING`, `IMEI_LENGTH`, `IMEI_CHECK_DIGIT`, `IMEI_TOPIC`,
 * `TIME_ROLLOVER` and `VALUE_UNFIT` with the sensor's id as its path.
 *
 * Frames as devices send them day by day are read in one pass; of all others, {@link decodeAny} says what they are.
 */
export function decodePayload(bytes: Uint8Array, context: FrameContext): Decoded {
  return readerFor(context).decode(bytes, context) ?? decodeAny(bytes, context);
}
