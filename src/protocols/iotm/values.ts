import type { ByteReader } from "../../bytes/reader";
import type { ByteWriter } from "../../bytes/writer";
import { TrackerError } from "../../errors";

/** A GNSS reading as it is on the wire. Source: docs/protocols/iotm.md, "GNSS". */
export interface Gnss {
  /** Degrees, f32 precision. */
  readonly latitude: number;
  readonly longitude: number;
  /** km/h, 0–65535. */
  readonly speed: number;
  /** Ten times the HDOP, 0–255. */
  readonly hdop10: number;
  readonly satellites: number;
  /** Degrees. */
  readonly course: number;
  /** Metres. */
  readonly altitude: number;
}

/** 64-bit integers are bigint; text that is not valid UTF-8 stays bytes, so that nothing is lost. */
export type WireValue = boolean | number | bigint | string | null | Uint8Array | Gnss;

/**
 * A value type of the IOTM frame: it alone says how many bytes a value has and how they are read.
 * Source: docs/protocols/iotm.md, "Values".
 */
export interface ValueType {
  readonly code: number;
  readonly name: string;
  /** Bytes that a value takes; below zero, of the length that stands before it. */
  readonly size: number;
  readonly read: (reader: ByteReader) => WireValue;
  readonly write: (writer: ByteWriter, value: WireValue) => void;
}

/** Codes of the value types whose decimals are no more exact than they are. */
export const F32 = 12;
export const F64 = 13;

/** A value type that takes no bytes: the type is the value. */
const constant = (code: number, name: string, value: WireValue): ValueType => ({
  code,
  name,
  size: 0,
  read: () => value,
  write: (_writer, given) => {
    if (given !== value) throw mismatch(name, given);
  },
});

type Integer = "u8" | "u16" | "u32" | "i8" | "i16" | "i32";

const numeric = (code: number, name: Integer | "f32" | "f64"): ValueType => ({
  code,
  name,
  size: Number(name.slice(1)) / 8,
  read: (reader) => reader[name](),
  write: (writer, value) => {
    if (typeof value !== "number") throw mismatch(name, value);
    writer[name](value);
  },
});

const wide = (code: number, name: "u64" | "i64"): ValueType => ({
  code,
  name,
  size: 8,
  read: (reader) => reader[name](),
  write: (writer, value) => {
    if (typeof value !== "bigint") throw mismatch(name, value);
    writer[name](value);
  },
});

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text where the bytes are valid UTF-8, else the bytes themselves. */
export function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

const counted = (code: number, kind: "text" | "bytes", length: "u8" | "u16"): ValueType => {
  const name = `${kind}, ${length} length`;
  return {
    code,
    name,
    size: length === "u8" ? -1 : -2,
    read: (reader) => {
      const bytes = reader.slice(reader[length]());
      return kind === "text" ? textOrBytes(bytes) : bytes;
    },
    write: (writer, value) => {
      const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
      if (!(bytes instanceof Uint8Array)) throw mismatch(name, value);
      writer[length](bytes.length);
      writer.raw(bytes);
    },
  };
};

const gnss: ValueType = {
  code: 14,
  name: "GNSS",
  size: 16,
  read: (reader) => ({
    latitude: reader.f32(),
    longitude: reader.f32(),
    speed: reader.u16(),
    hdop10: reader.u8(),
    satellites: reader.u8(),
    course: reader.u16(),
    altitude: reader.i16(),
  }),
  write: (writer, value) => {
    if (!isGnss(value)) throw mismatch("GNSS", value);
    writer.f32(value.latitude);
    writer.f32(value.longitude);
    writer.u16(value.speed);
    writer.u8(value.hdop10);
    writer.u8(value.satellites);
    writer.u16(value.course);
    writer.i16(value.altitude);
  },
};

export function isGnss(value: WireValue): value is Gnss {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

export const VALUE_TYPES: readonly ValueType[] = [
  constant(0, "false", false),
  constant(1, "true", true),
  constant(2, "no value", null),
  constant(3, "zero", 0),
  numeric(4, "u8"),
  numeric(5, "u16"),
  numeric(6, "u32"),
  wide(7, "u64"),
  numeric(8, "i8"),
  numeric(9, "i16"),
  numeric(10, "i32"),
  wide(11, "i64"),
  numeric(F32, "f32"),
  numeric(F64, "f64"),
  gnss,
  counted(32, "text", "u8"),
  counted(33, "bytes", "u8"),
  counted(64, "text", "u16"),
  counted(65, "bytes", "u16"),
];

const BY_CODE: readonly (ValueType | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  VALUE_TYPES.find((type) => type.code === code),
);

export function findValueType(code: number): ValueType | undefined {
  return BY_CODE[code];
}

function mismatch(name: string, value: WireValue): TrackerError {
  const shown = value instanceof Uint8Array ? "bytes" : isGnss(value) ? "a GNSS reading" : value;
  return new TrackerError({
    code: "IOTM_VALUE_MISMATCH",
    message: `value type ${name} cannot hold ${String(shown)}`,
  });
}
