import { ByteReader } from "../../bytes/reader";
import { ByteWriter } from "../../bytes/writer";
import { type Problem, TrackerError } from "../../errors";
import { type IotmRecord, readRecord, recordBody } from "./records";

/** The only structure version that is known. */
export const VERSION = 2;
/** More records than any device sends in one frame; what follows is reported, not read. */
export const MAX_RECORDS = 2000;

/** Type and length of a record. */
export const HEADER_BYTES = 3;

/** A problem in a frame; `record` is the index of the record it spoils, absent where it spoils them all. */
export interface FrameWarning extends Problem {
  readonly record?: number;
}

export interface Frame {
  readonly version: number;
  readonly checksumValid: boolean;
  readonly records: readonly IotmRecord[];
  /** What was wrong inside records that could be read in part. */
  readonly warnings: readonly FrameWarning[];
  /** Why the frame could not be read to its end. The records before that place are in `records`. */
  readonly error?: Problem;
}

/** The checksum of a frame: the sum of all bytes before the last one, modulo 256. */
export function checksum(bytes: Uint8Array, length = bytes.length): number {
  return checksumIn(new DataView(bytes.buffer, bytes.byteOffset, length), length);
}

/** The same of the first `length` bytes of a view: four at a time, of which every second is added in a lane of its own. */
export function checksumIn(view: DataView, length: number): number {
  let even = 0;
  let odd = 0;
  let at = 0;
  for (const last = length - 3; at < last; at += 4) {
    const four = view.getInt32(at, true);
    even = (even + (four & LANES)) & LANES;
    odd = (odd + ((four >>> 8) & LANES)) & LANES;
  }
  let sum = even + (even >>> 16) + odd + (odd >>> 16);
  for (; at < length; at++) sum += view.getUint8(at);
  return sum & 0xff;
}

/** Two bytes of a word, each with room above it for what is carried. */
const LANES = 0x00ff00ff;

/**
 * Reads a frame: version, records, checksum. Never throws. Offsets count from the frame's first byte.
 *
 * Codes in `error`: `IOTM_EMPTY`, `IOTM_TOO_SHORT`, `IOTM_VERSION`, `IOTM_CHECKSUM` (unless accepted: then a
 * warning), `IOTM_HEADER_CUT_OFF`, `IOTM_LENGTH_PAST_END`, `IOTM_TOO_MANY_RECORDS`.
 * Codes in `warnings`: `IOTM_CHECKSUM`, `IOTM_RECORD_TOO_SHORT`, `IOTM_RECORD_TRAILING`,
 * `IOTM_VALUE_TYPE_UNKNOWN`, `IOTM_VALUE_CUT_OFF`, `IOTM_TOO_MANY_VALUES`.
 * Source: docs/protocols/iotm.md, "Frame".
 */
export function decodeFrame(
  bytes: Uint8Array,
  options: { readonly acceptWrongChecksum?: boolean } = {},
): Frame {
  const refuse = (error: Problem, checksumValid = false): Frame => ({
    version: bytes[0] ?? 0,
    checksumValid,
    records: [],
    warnings: [],
    error,
  });
  const last = bytes.length - 1;
  if (last < 0) return refuse({ code: "IOTM_EMPTY", offset: 0, message: "the payload is empty" });
  if (bytes[0] !== VERSION) {
    return refuse({
      code: "IOTM_VERSION",
      offset: 0,
      message: `structure version ${bytes[0]} instead of ${VERSION}: not an IOTM frame`,
    });
  }
  if (last < 1) {
    return refuse({ code: "IOTM_TOO_SHORT", offset: 1, message: "the frame has no checksum" });
  }
  const warnings: FrameWarning[] = [];
  const expected = checksum(bytes, last);
  const checksumValid = bytes[last] === expected;
  if (!checksumValid) {
    const problem = {
      code: "IOTM_CHECKSUM",
      offset: last,
      message: `checksum ${bytes[last]} instead of ${expected}: the frame is damaged`,
    };
    if (!options.acceptWrongChecksum) return refuse(problem);
    warnings.push(problem);
  }
  const records: IotmRecord[] = [];
  const error = readRecords(bytes, last, records, warnings);
  const frame = { version: VERSION, checksumValid, records, warnings };
  return error === undefined ? frame : { ...frame, error };
}

function readRecords(
  bytes: Uint8Array,
  end: number,
  records: IotmRecord[],
  warnings: FrameWarning[],
): Problem | undefined {
  const reader = new ByteReader(bytes, 1, end);
  while (reader.remaining > 0) {
    const offset = reader.offset;
    if (records.length === MAX_RECORDS) {
      return {
        code: "IOTM_TOO_MANY_RECORDS",
        offset,
        message: `more than ${MAX_RECORDS} records in one frame`,
      };
    }
    if (reader.remaining < HEADER_BYTES) {
      return {
        code: "IOTM_HEADER_CUT_OFF",
        offset,
        message: "the frame ends inside a record's type and length",
      };
    }
    const type = reader.u8();
    const length = reader.u16();
    if (length > reader.remaining) {
      return {
        code: "IOTM_LENGTH_PAST_END",
        offset,
        message: `a record of type ${type} claims ${length} bytes, but only ${reader.remaining} are left`,
      };
    }
    const start = reader.offset;
    const problems: Problem[] = [];
    const record = records.length;
    records.push(readRecord(bytes, type, start, start + length, problems));
    for (const problem of problems) warnings.push({ ...problem, record });
    reader.offset = start + length;
  }
  return undefined;
}

/** The bytes of the first records of a frame that was decoded, each from its type to its end. */
export function recordSources(bytes: Uint8Array, count: number): Uint8Array[] {
  const reader = new ByteReader(bytes, 1);
  return Array.from({ length: count }, () => {
    const start = reader.offset;
    reader.u8();
    reader.offset = start + HEADER_BYTES + reader.u16();
    return bytes.subarray(start, reader.offset);
  });
}

/**
 * Makes a frame of the given records, with version and checksum.
 * Throws a {@link TrackerError} where a value does not fit the wire.
 */
export function encodeFrame(records: readonly IotmRecord[]): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(VERSION);
  for (const record of records) {
    const bytes = recordBody(record);
    if (bytes.length > 0xffff) {
      throw new TrackerError({
        code: "IOTM_RECORD_TOO_LONG",
        message: `a record of type ${record.type} has ${bytes.length} bytes, at most 65535 fit`,
      });
    }
    writer.u8(record.type);
    writer.u16(bytes.length);
    writer.raw(bytes);
  }
  const bytes = writer.finish();
  const frame = new Uint8Array(bytes.length + 1);
  frame.set(bytes);
  frame[bytes.length] = checksum(bytes);
  return frame;
}
