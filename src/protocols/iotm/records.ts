import { ByteReader } from "../../bytes/reader";
import { ByteWriter } from "../../bytes/writer";
import { type Problem, shown, TrackerError } from "../../errors";
import { sensorIdText } from "./sensors";
import { findValueType, type WireValue } from "./values";

/** More values than any device sends in one record; what follows is kept unread. */
export const MAX_VALUES = 1000;

export interface SensorValue {
  readonly id: number;
  readonly valueType: number;
  readonly value: WireValue;
}

interface Unread {
  /** Bytes at the end of the body that could not be read; absent when all were. */
  readonly unread?: Uint8Array;
}
export interface TelemetryRecord extends Unread {
  readonly type: 1;
  /** Unix time in seconds. */
  readonly time: number;
  readonly values: readonly SensorValue[];
}
export interface ImeiRecord extends Unread {
  readonly type: 2;
  /** Decimal text, at least 15 digits. */
  readonly imei: string;
}
export interface EventRecord extends Unread {
  readonly type: 3;
  /** Unix time in seconds. */
  readonly time: number;
  readonly function: number;
  readonly event: number;
  readonly data: Uint8Array;
}
export interface OutputControlRecord extends Unread {
  readonly type: 4;
  /** Unix time in seconds after which the device ignores the command. */
  readonly expires: number;
  readonly outputId: number;
  readonly uniqueId: number;
  readonly data: Uint8Array;
}
/** A record whose type is not known, or whose body is too short for its type. */
export interface UnknownRecord {
  readonly type: number;
  readonly body: Uint8Array;
}
export type KnownRecord = TelemetryRecord | ImeiRecord | EventRecord | OutputControlRecord;
export type IotmRecord = KnownRecord | UnknownRecord;

/** The IMEI that a record says; undefined where it says none, or only zeros. */
export function recordImei(record: IotmRecord): string | undefined {
  return "imei" in record && !/^0*$/.test(record.imei) ? record.imei : undefined;
}

export function isKnown(record: IotmRecord): record is KnownRecord {
  return !("body" in record);
}

interface RecordType<R extends KnownRecord> {
  readonly name: string;
  readonly read: (reader: ByteReader, warnings: Problem[]) => R;
  readonly write: (writer: ByteWriter, record: R) => void;
}

/** How the body of each record type is read and written. Source: docs/protocols/iotm.md, "Frame". */
const RECORD_TYPES: { readonly [T in KnownRecord["type"]]: RecordType<KnownRecord & { type: T }> } = {
  1: {
    name: "telemetry",
    read: (reader, warnings) => ({
      type: 1,
      time: reader.u32(),
      values: readValues(reader, warnings),
    }),
    write: (writer, record) => {
      writer.u32(record.time);
      for (const value of record.values) writeValue(writer, value);
    },
  },
  2: {
    name: "IMEI",
    read: (reader) => ({ type: 2, imei: reader.u64().toString().padStart(15, "0") }),
    write: (writer, record) => writer.u64(parseImei(record.imei)),
  },
  3: {
    name: "event",
    read: (reader) => ({
      type: 3,
      time: reader.u32(),
      function: reader.u8(),
      event: reader.u8(),
      data: reader.rest(),
    }),
    write: (writer, record) => {
      writer.u32(record.time);
      writer.u8(record.function);
      writer.u8(record.event);
      writer.raw(record.data);
    },
  },
  4: {
    name: "output control",
    read: (reader) => ({
      type: 4,
      expires: reader.u32(),
      outputId: reader.u8(),
      uniqueId: reader.u8(),
      data: reader.slice(reader.u8()),
    }),
    write: (writer, record) => {
      writer.u32(record.expires);
      writer.u8(record.outputId);
      writer.u8(record.uniqueId);
      writer.u8(record.data.length);
      writer.raw(record.data);
    },
  },
};

/**
 * Reads the body of a record that lies at `start`–`end` of the frame. Never throws: a body too short for
 * its type comes back as an {@link UnknownRecord} with a warning, bytes that are left over as `unread`.
 */
export function readRecord(
  bytes: Uint8Array,
  type: number,
  start: number,
  end: number,
  warnings: Problem[],
): IotmRecord {
  const reader = new ByteReader(bytes, start, end);
  const recordType = RECORD_TYPES[type as KnownRecord["type"]];
  if (recordType === undefined) return { type, body: reader.rest() };
  try {
    const before = warnings.length;
    const record: KnownRecord = recordType.read(reader, warnings);
    if (reader.remaining === 0) return record;
    if (warnings.length === before) {
      warnings.push({
        code: "IOTM_RECORD_TRAILING",
        offset: reader.offset,
        message: `${reader.remaining} bytes too many in a record of type ${type} (${recordType.name})`,
      });
    }
    return { ...record, unread: reader.rest() };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    warnings.push({
      code: "IOTM_RECORD_TOO_SHORT",
      offset: start,
      message: `${end - start} bytes are too few for a record of type ${type} (${recordType.name})`,
    });
    return { type, body: new ByteReader(bytes, start, end).rest() };
  }
}

/** The bytes of a record's body. Throws a {@link TrackerError} where a value does not fit the wire. */
export function recordBody(record: IotmRecord): Uint8Array {
  if (!isKnown(record)) return record.body;
  const writer = new ByteWriter();
  const recordType = RECORD_TYPES[record.type] as RecordType<KnownRecord>;
  recordType.write(writer, record);
  if (record.unread !== undefined) writer.raw(record.unread);
  return writer.finish();
}

/** Reads values until the body ends or one cannot be read; the reader then stands before that one. */
function readValues(reader: ByteReader, warnings: Problem[]): SensorValue[] {
  const values: SensorValue[] = [];
  while (reader.remaining > 0) {
    const offset = reader.offset;
    const problem =
      values.length < MAX_VALUES
        ? readValue(reader, values)
        : { code: "IOTM_TOO_MANY_VALUES", message: `more than ${MAX_VALUES} values in one record` };
    if (problem !== undefined) {
      warnings.push({ ...problem, offset });
      reader.offset = offset;
      break;
    }
  }
  return values;
}

function readValue(reader: ByteReader, values: SensorValue[]): Problem | undefined {
  if (reader.remaining < 3) {
    return { code: "IOTM_VALUE_CUT_OFF", message: "the record ends inside a value's type and id" };
  }
  const valueType = reader.u8();
  const id = reader.u16();
  const type = findValueType(valueType);
  if (type === undefined) {
    return {
      code: "IOTM_VALUE_TYPE_UNKNOWN",
      message: `value type ${valueType} of sensor ${sensorIdText(id)} is not known, so the rest of the record cannot be read`,
    };
  }
  try {
    values.push({ id, valueType, value: type.read(reader) });
    return undefined;
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return {
      code: "IOTM_VALUE_CUT_OFF",
      message: `the record ends inside the value of sensor ${sensorIdText(id)} (${type.name})`,
    };
  }
}

function writeValue(writer: ByteWriter, { id, valueType, value }: SensorValue): void {
  const type = findValueType(valueType);
  if (type === undefined) {
    throw new TrackerError({
      code: "IOTM_VALUE_TYPE_UNKNOWN",
      path: sensorIdText(id),
      message: `value type ${valueType} of sensor ${sensorIdText(id)} is not known`,
    });
  }
  writer.u8(valueType);
  writer.u16(id);
  type.write(writer, value);
}

function parseImei(imei: string): bigint {
  if (!/^\d{1,20}$/.test(imei)) {
    throw new TrackerError({
      code: "IMEI_DIGITS",
      path: "imei",
      message: `IMEI ${shown(imei)} is not a decimal number`,
    });
  }
  return BigInt(imei);
}
