// A capture of 13 readings, again and again with later times, so that none is a duplicate.
import { decodeFrame, encodeFrame } from "../../../src/protocols/iotm/frame";
import type { IotmRecord } from "../../../src/protocols/iotm/records";
import { CAPTURES } from "../../../test/support/vectors";

export const CAPTURE: Uint8Array = Buffer.from(
  CAPTURES.find(({ name }) => name.includes("13 records"))?.hex ?? "",
  "hex",
);

const { records } = decodeFrame(CAPTURE);
const times = records.flatMap((record) => ("time" in record ? record.time : []));

export const READINGS = times.length;
/** Who sent it. */
export const IMEI: string = records.flatMap((record) => ("imei" in record ? record.imei : []))[0] ?? "";

/**
 * Far enough back that a bench does not come to the present, which a device's clock may not be ahead of, and not so far that
 * the clock would count as wrong: a reading a second, of a few hundred thousand frames.
 */
const START = Math.floor(Date.now() / 1000) - 120 * 86_400;

export class FreshFrames {
  private time = START;

  next(): Buffer {
    const later = records.map(
      (record): IotmRecord => ("time" in record ? { ...record, time: this.time++ } : record),
    );
    return Buffer.from(encodeFrame(later));
  }
}
