import { toHex } from "../../bytes/hex";
import type { Problem } from "../../errors";
import type { DeviceEvent, Position, RawFile, Scalar, Telemetry } from "../../model/message";
import { ShapeCache } from "../../model/shapes";
import type { Mapping, SensorMap } from "./mapping";
import type { EventRecord, IotmRecord, TelemetryRecord } from "./records";
import { GNSS_SENSOR, sensorIdText } from "./sensors";
import { type Gnss, isGnss, textOrBytes, type WireValue } from "./values";

const F32 = 12;

/** What all records of a frame have in common. */
export interface Origin {
  readonly imei: string | null;
  readonly receivedAt: number;
  readonly warnings: readonly Problem[];
  readonly topic?: string;
}

const attributeShapes = new ShapeCache();
const sensorShapes = new ShapeCache();

/**
 * A telemetry record in the units of the vocabulary.
 *
 * Nothing is lost: a value lands in `attributes` only where it fits its name's type; a value that does not,
 * and the second of two ids that mean the same, stay in `sensors` under their own id. Of two ids for one
 * yes/no attribute (two jamming detectors), a true one wins; of others, the first.
 */
export function normalizeTelemetry(
  record: TelemetryRecord,
  origin: Origin,
  map: SensorMap,
): Telemetry {
  const keys: string[] = [];
  const values: Scalar[] = [];
  const filledBy: number[] = [];
  const sensorKeys: string[] = [];
  const sensorValues: (Scalar | Position)[] = [];
  let position: Position | undefined;
  let units: Record<string, string> | undefined;

  for (const sensor of record.values) {
    if (sensor.id === GNSS_SENSOR && isGnss(sensor.value)) {
      position = toPosition(sensor.value);
      continue;
    }
    const mapping = map.get(sensor.id);
    if (mapping === null) continue;
    const wire = sensor.valueType === F32 ? shortestF32(sensor.value as number) : sensor.value;
    const value = mapping === undefined ? undefined : convert(wire, mapping);
    if (mapping === undefined || value === undefined) {
      put(sensorKeys, sensorValues, sensorIdText(sensor.id), toScalar(wire));
      continue;
    }
    const at = keys.indexOf(mapping.key);
    if (at >= 0 && filledBy[at] !== sensor.id) {
      put(sensorKeys, sensorValues, sensorIdText(sensor.id), toScalar(wire));
      if (value === true && values[at] === false) values[at] = true;
      continue;
    }
    put(keys, values, mapping.key, value);
    if (at < 0) filledBy.push(sensor.id);
    if (mapping.unit !== undefined) units = { ...units, [mapping.key]: mapping.unit };
  }

  const telemetry: Telemetry = {
    schema: 1,
    kind: "telemetry",
    protocol: "iotm",
    imei: origin.imei,
    time: record.time * 1000,
    receivedAt: origin.receivedAt,
    ...(position === undefined ? {} : { position }),
    attributes: attributeShapes.build(keys, values),
    sensors: sensorShapes.build(sensorKeys, sensorValues),
    ...(units === undefined ? {} : { units }),
  };
  return withDamage(telemetry, origin, record.unread);
}

/** An event record; `text` only where its data is printable text. */
export function normalizeEvent(record: EventRecord, origin: Origin): DeviceEvent {
  const text = textOrBytes(record.data);
  const printable = typeof text === "string" && /^[\P{C}]+$/u.test(text);
  const event: DeviceEvent = {
    schema: 1,
    kind: "event",
    protocol: "iotm",
    imei: origin.imei,
    time: record.time * 1000,
    receivedAt: origin.receivedAt,
    event: {
      function: record.function,
      code: record.event,
      data: toHex(record.data),
      ...(printable ? { text } : {}),
    },
  };
  return withDamage(event, origin, record.unread);
}

/** Bytes that are not telemetry or an event: a whole payload, or the record that held them. */
export function normalizeFile(data: Uint8Array, origin: Origin, record?: IotmRecord): RawFile {
  const file: RawFile = {
    schema: 1,
    kind: "file",
    protocol: "iotm",
    imei: origin.imei,
    receivedAt: origin.receivedAt,
    recordType: record?.type ?? null,
    data,
    ...(origin.topic === undefined ? {} : { topic: origin.topic }),
    ...(record !== undefined && "outputId" in record
      ? {
          outputControl: {
            expires: record.expires * 1000,
            outputId: record.outputId,
            uniqueId: record.uniqueId,
            data: toHex(record.data),
          },
        }
      : {}),
  };
  return withDamage(file, origin, record !== undefined && "unread" in record ? record.unread : undefined);
}

function withDamage<R extends object>(record: R, origin: Origin, unread: Uint8Array | undefined): R {
  return {
    ...record,
    ...(unread === undefined ? {} : { unread: toHex(unread) }),
    ...(origin.warnings.length === 0 ? {} : { warnings: origin.warnings }),
  };
}

function put<V>(keys: string[], values: V[], key: string, value: V): void {
  const at = keys.indexOf(key);
  if (at < 0) {
    keys.push(key);
    values.push(value);
  } else {
    values[at] = value;
  }
}

/** A fix is valid with at least one satellite and coordinates that exist; no-fix readings have none. */
function toPosition(gnss: Gnss): Position {
  const { latitude, longitude } = gnss;
  const inRange = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return {
    valid: gnss.satellites > 0 && inRange,
    latitude: coordinate(latitude),
    longitude: coordinate(longitude),
    altitude: gnss.altitude,
    speed: gnss.speed,
    course: gnss.course,
    hdop: gnss.hdop10 / 10,
    satellites: gnss.satellites,
  };
}

/** Degrees to 6 decimals: 0.1 m, which is all that an f32 holds. */
function coordinate(degrees: number): number | null {
  return Number.isFinite(degrees) ? Math.round(degrees * 1e6) / 1e6 : null;
}

/** The shortest decimal that is still the same f32: 23.4 instead of 23.399999618530273. */
export function shortestF32(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}

/** The value in the mapping's type and unit, or undefined where it does not fit. */
function convert(wire: WireValue, mapping: Mapping): Scalar | undefined {
  switch (mapping.type) {
    case "boolean":
      return typeof wire === "boolean" ? wire : wire === 0 || wire === 0n ? false : wire === 1 || wire === 1n ? true : undefined;
    case "number":
      return scale(toScalar(wire), mapping);
    case "text":
      return typeof wire === "boolean" || wire === null || isGnss(wire) ? undefined : String(wire instanceof Uint8Array ? toHex(wire) : wire);
    case "id64":
      return toId64(wire);
    case "any":
      return isGnss(wire) ? undefined : (scale(toScalar(wire), mapping) ?? (toScalar(wire) as Scalar));
  }
}

function scale(value: Scalar | Position, { multiply, add, divide }: Mapping): number | undefined {
  return typeof value === "number" ? (value * multiply + add) / divide : undefined;
}

function toId64(wire: WireValue): string | undefined {
  if (typeof wire === "number" && Number.isInteger(wire)) return toId64(BigInt(wire));
  return typeof wire === "bigint" && wire >= 0n ? wire.toString(16).padStart(16, "0") : undefined;
}

/** A wire value as JSON can hold it, without loss: large integers as decimal text, bytes as hex text. */
function toScalar(wire: WireValue): Scalar | Position {
  switch (typeof wire) {
    case "bigint": {
      const number = Number(wire);
      return Number.isSafeInteger(number) ? number : wire.toString();
    }
    case "number":
      return Number.isFinite(wire) ? wire : null;
    case "object":
      if (wire === null) return null;
      return isGnss(wire) ? toPosition(wire) : toHex(wire);
    default:
      return wire;
  }
}
