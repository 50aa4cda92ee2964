import { ByteReader } from "../../bytes/reader";
import { HEADER_BYTES, VERSION } from "./frame";
import { readRecord } from "./records";

const IMEI_RECORD = 2;

/**
 * The IMEIs that a frame says it is of, in order, whatever its checksum; none where it is no frame. Reads the records'
 * headers alone, so it costs next to nothing, and as far as the decoder does: to the first record that does not fit.
 * Source: docs/protocols/iotm.md, "Frame".
 */
export function frameSenders(bytes: Uint8Array): string[] {
  if (bytes[0] !== VERSION) return [];
  const found: string[] = [];
  const reader = new ByteReader(bytes, 1, bytes.length);
  while (reader.remaining >= HEADER_BYTES) {
    const type = reader.u8();
    const length = reader.u16();
    if (length > reader.remaining) break;
    const start = reader.offset;
    if (type === IMEI_RECORD) {
      const record = readRecord(bytes, type, start, start + length, []);
      if ("imei" in record && !/^0*$/.test(record.imei)) found.push(record.imei);
    }
    reader.offset = start + length;
  }
  return found;
}
