import { fromHex } from "../../bytes/hex";
import { ByteReader } from "../../bytes/reader";
import type { Sender } from "../sender";
import { HEADER_BYTES, VERSION } from "./frame";
import { readRecord, recordImei } from "./records";

const IMEI_RECORD = 2;
const NO_BYTES = new Uint8Array();

/** A frame, and hex text of one. */
export const frameSender: Sender = ({ bytes = NO_BYTES, text }, found) => {
  const isFound = (imei: string) => found({ imei, isNamed: true });
  return (
    frameSenders(bytes).some(isFound) || (isHexFrame(text) && frameSenders(hexBytes(text)).some(isFound))
  );
};

/**
 * The IMEIs that a frame says it is of, in order, whatever its checksum; none where it is no frame. Reads the records'
 * headers alone, so it costs next to nothing, and as far as the decoder does: to the first record that does not fit.
 * Source: docs/protocols/iotm.md, "Frame".
 */
function frameSenders(bytes: Uint8Array): string[] {
  if (bytes[0] !== VERSION) return [];
  const found: string[] = [];
  const reader = new ByteReader(bytes, 1, bytes.length);
  while (reader.remaining >= HEADER_BYTES) {
    const type = reader.u8();
    const length = reader.u16();
    if (length > reader.remaining) break;
    const start = reader.offset;
    const imei =
      type === IMEI_RECORD ? recordImei(readRecord(bytes, type, start, start + length, [])) : undefined;
    if (imei !== undefined) found.push(imei);
    reader.offset = start + length;
  }
  return found;
}

const HEX_FRAME = /^(?:[\s:-]*0[xX])?[\s:-]*0[\s:-]*2/;

/** Whether text has the first byte of a frame, 02, as hex digits, with what fromHex() takes before and between them. */
function isHexFrame(text: string): boolean {
  return HEX_FRAME.test(text);
}

/** No bytes where it is no hex text. */
function hexBytes(text: string): Uint8Array {
  try {
    return fromHex(text);
  } catch {
    return NO_BYTES;
  }
}
