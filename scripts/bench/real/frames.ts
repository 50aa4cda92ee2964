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

const SPAN = Math.max(...times) - Math.min(...times) + 1;
/** Far enough back that a bench does not come to the present, which a device's clock may not be ahead of. */
const START = Math.floor(Date.now() / 1000) - 360 * 86_400;

export class FreshFrames {
  private shift = START - Math.min(...times);

  next(): Buffer {
    this.shift += SPAN;
    const later = records.map(
      (record): IotmRecord => ("time" in record ? { ...record, time: record.time + this.shift } : record),
    );
    return Buffer.from(encodeFrame(later));
  }
}
