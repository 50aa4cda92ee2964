import type { Position } from "../../../model/message";
import { shortestF32, toPosition, withoutDust } from "../convert";
import { F32, F64, textOrBytes, VALUE_TYPES } from "../values";

/** A value as the fast reader has it: no more decimals than it has, a whole number of 64 bits as a number where that is exact. */
export type ReadValue = boolean | number | bigint | string | null | Uint8Array | Position;

/** More than any frame has, so that a value of an unknown type ends beyond it. */
const UNKNOWN = 2 ** 30;

/** Bytes of a value by its type; of those that have their length before them, what it does not count. */
const SIZES = new Int32Array(256).fill(UNKNOWN);
/** Bytes of the length that stands before a value. */
export const WIDTHS = new Uint8Array(256);
for (const { code, size } of VALUE_TYPES) {
  SIZES[code] = Math.max(size, 0);
  WIDTHS[code] = Math.max(-size, 0);
}

/** Bytes of a value that begins at `at`, without those of its length; more than any frame has where the type is not known. */
export function wireSize(type: number, bytes: Uint8Array, at: number): number {
  const width = WIDTHS[type] as number;
  if (width === 0) return SIZES[type] as number;
  return width === 1 ? (bytes[at] as number) : (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

/** Value types of which a check for equality is not what it is for others. */
export const isInexact = (type: number): boolean => type === U64 || type === I64 || type === F64;

export const NO_VALUE = 2;
/** A zero of any number. */
export const ZERO = 3;
const U64 = 7;
const I64 = 11;

/** The high halves of whole numbers of 64 bits that a number holds exactly. */
const MOST_HIGH = 0x1fffff;
const HIGH = 0x100000000;

/** Reads a value that lies at `start`–`end`. Its type is known, and its bytes are there. */
export function readWire(
  type: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): ReadValue {
  switch (type) {
    case 0:
      return false;
    case 1:
      return true;
    case NO_VALUE:
      return null;
    case ZERO:
      return 0;
    case 4:
      return bytes[start] as number;
    case 5:
      return (bytes[start] as number) | ((bytes[start + 1] as number) << 8);
    case 6:
      return view.getUint32(start, true);
    case U64: {
      const high = view.getUint32(start + 4, true);
      return high <= MOST_HIGH ? high * HIGH + view.getUint32(start, true) : view.getBigUint64(start, true);
    }
    case 8:
      return view.getInt8(start);
    case 9:
      return view.getInt16(start, true);
    case 10:
      return view.getInt32(start, true);
    case I64: {
      const high = view.getInt32(start + 4, true);
      return high > -MOST_HIGH && high <= MOST_HIGH
        ? high * HIGH + view.getUint32(start, true)
        : view.getBigInt64(start, true);
    }
    case F32:
      return shortestF32(view.getFloat32(start, true));
    case F64:
      return withoutDust(view.getFloat64(start, true));
    case 14:
      return readPosition(bytes, view, start);
    case 32:
    case 64:
      return textOrBytes(bytes.subarray(start, end));
    default:
      return bytes.subarray(start, end);
  }
}

/** Where the value ends that {@link readOther} has read. */
export const CURSOR = { at: 0 };

/** Reads the value of a sensor at `at`, of whatever type; undefined where another one stands there, or it says that it has none. */
export function readOther(
  id: number,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  stop: number,
): ReadValue | undefined {
  const type = bytes[at] as number;
  if (((bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8)) !== id || type === NO_VALUE)
    return undefined;
  const from = at + 3 + (WIDTHS[type] as number);
  const end = from + wireSize(type, bytes, at + 3);
  if (end > stop) return undefined;
  CURSOR.at = end;
  return readWire(type, bytes, view, from, end);
}

export function readPosition(bytes: Uint8Array, view: DataView, start: number): Position {
  return toPosition({
    latitude: view.getFloat32(start, true),
    longitude: view.getFloat32(start + 4, true),
    speed: view.getUint16(start + 8, true),
    hdop10: bytes[start + 10] as number,
    satellites: bytes[start + 11] as number,
    course: view.getUint16(start + 12, true),
    altitude: view.getInt16(start + 14, true),
  });
}
