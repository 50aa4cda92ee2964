import { toHex } from "../../bytes/hex";
import type { Problem } from "../../errors";
import { correctRollover } from "../../model/device-clock";
import { eventInWords, makeEvent, type TrackerEvent } from "../../model/events";
import { identityOfBytes } from "../../model/identity";
import type { DeviceEvent, Position, RawFile, Scalar, Telemetry } from "../../model/message";
import { POSITION_RANGES } from "../../model/position";
import { ShapeCache } from "../../model/shape-cache";
import { findTerm, isInRange } from "../../model/vocabulary";
import { fitting, shortestF32, toPosition, toScalar, withoutDust } from "./convert";
import { findEvent } from "./events/find";
import { factsOf, meaningIn, placedValue } from "./layouts";
import { kindOf, type Mapping, mappingOf, type SensorMap } from "./mapping";
import type { Veil } from "./privacy";
import type { EventRecord, IotmRecord, SensorValue, TelemetryRecord } from "./records";
import { GNSS_SENSOR, sensorIdText } from "./sensors";
import { F32, F64, isGnss, textOrBytes, type WireValue } from "./values";

/** Where a record comes from. */
export interface RecordOrigin {
  /** The bytes that it was read from. */
  readonly source: Uint8Array;
  readonly imei: string | null;
  readonly receivedAt: number;
  readonly warnings: readonly Problem[];
  readonly topic?: string;
  readonly veil: Veil;
}

/** What values mean. */
export interface SensorMeanings {
  readonly map: SensorMap;
  /** The sensors that say whether the ignition is on, the best first. */
  readonly ignition: readonly number[];
}

export const IGNITION = mappingOf({ key: "ignition" });
const attributeShapes = new ShapeCache();
const sensorShapes = new ShapeCache();

/** Attributes, each filled by the first sensor that means it. */
class Attributes {
  readonly values = new Map<string, Scalar>();
  /** Units of the names that the user gave. */
  units: Record<string, string> | undefined;

  /**
   * Takes a sensor's value in where it fits its name and no other sensor has filled that name; says what became of it. A
   * true value of another sensor counts for the name all the same.
   */
  take(wire: WireValue, mapping: Mapping): "taken" | "kept" | "unfit" {
    const { key, unit } = mapping;
    const value = fitting(wire, mapping);
    if (value === undefined) return "unfit";
    if (value === null && mapping.type !== "any") return "kept";
    if (this.values.has(key)) {
      if (value === true && this.values.get(key) === false) this.values.set(key, true);
      return "kept";
    }
    this.values.set(key, value);
    if (unit !== undefined) {
      this.units ??= {};
      this.units[key] = unit;
    }
    return "taken";
  }
}

/**
 * A telemetry record in the units of the vocabulary.
 *
 * Nothing is lost: a value lands in `attributes` only where it fits its name's type and range; a value that does not,
 * and all but the first of several ids that mean the same, stay in `sensors` under their own id. Which is first says the
 * rank of the map, and where that is the same, the order in the record; of yes and no, yes wins.
 */
export function normalizeTelemetry(
  record: TelemetryRecord,
  origin: RecordOrigin,
  reading: SensorMeanings,
): Telemetry {
  const { time, ofTime } = timeOf(record.time, origin);
  const read: Read = {
    attributes: new Attributes(),
    sensors: new Map(),
    warnings: ofTime,
    position: undefined,
  };
  // Of an id that comes twice, the last value counts.
  const byId = new Map(record.values.map((sensor) => [sensor.id, origin.veil.over(sensor)]));
  const facts = factsOf(byId, reading.ignition);
  const named: [SensorValue, Mapping][] = [];
  for (const sensor of byId.values()) {
    const mapping = meaningIn(sensor.id, reading.map, facts);
    if (mapping === null) continue;
    if (sensor.id === GNSS_SENSOR && isGnss(sensor.value)) readFix(toPosition(sensor.value), read);
    else if (mapping === undefined) read.sensors.set(sensorIdText(sensor.id), toScalar(exact(sensor)));
    else named.push([sensor, mapping]);
  }
  named.sort(([, one], [, other]) => one.rank - other.rank);
  for (const [sensor, mapping] of named) readNamed(sensor, mapping, read);
  const ignition = facts.ignition === undefined ? undefined : byId.get(facts.ignition);
  // An input stays an input beside it, and what does not fit was said of that.
  if (ignition !== undefined) read.attributes.take(ignition.value, IGNITION);
  const { attributes, sensors, warnings, position } = read;
  const telemetry: Telemetry = {
    schema: 1,
    kind: "telemetry",
    protocol: "iotm",
    imei: origin.imei,
    identity: identityOfBytes({ imei: origin.imei, kind: "telemetry" }, origin.source),
    time,
    receivedAt: origin.receivedAt,
    ...(position === undefined ? {} : { position }),
    attributes: attributeShapes.build(attributes.values),
    sensors: sensorShapes.build(sensors),
    ...(attributes.units === undefined ? {} : { units: attributes.units }),
  };
  return withDamage(telemetry, origin, record.unread, warnings);
}

/** What has been read of a record so far. */
interface Read {
  readonly attributes: Attributes;
  readonly sensors: Map<string, Scalar | Position>;
  readonly warnings: Problem[];
  position: Position | undefined;
}

function readNamed(sensor: SensorValue, mapping: Mapping, read: Read): void {
  const { id } = sensor;
  const wire = exact(sensor);
  const outcome = mapping.placed ? takePlaced(wire, mapping, read) : read.attributes.take(wire, mapping);
  if (outcome === "taken") return;
  read.sensors.set(sensorIdText(id), toScalar(wire));
  // No value is nothing that could fit.
  if (outcome === "unfit" && wire !== null) read.warnings.push(unfit(id, mapping.key, toScalar(wire)));
}

/** Of a place that the vocabulary has no name for, the value stays under its id. */
function takePlaced(wire: WireValue, mapping: Mapping, { attributes }: Read): "taken" | "kept" | "unfit" {
  const { place, value } = placedValue(wire) ?? {};
  if (place === undefined || value === undefined) return "unfit";
  const key = `${mapping.key}${place}`;
  return findTerm(key) === undefined ? "kept" : attributes.take(value, { ...mapping, key, ...kindOf(key) });
}

/** A value with no more decimals than its type holds. */
function exact({ valueType, value }: SensorValue): WireValue {
  if (valueType === F32) return shortestF32(value as number);
  return valueType === F64 ? withoutDust(value as number) : value;
}

/** Parts that cannot be true are left out; the whole is then in `sensors`. */
function readFix(position: Position, read: Read): void {
  const odd = RANGED.filter((part) => !isInRange(position[part] ?? 0, POSITION_RANGES[part]));
  read.position = odd.length === 0 ? position : without(position, odd);
  if (odd.length > 0) read.sensors.set(sensorIdText(GNSS_SENSOR), position);
  for (const part of odd) read.warnings.push(unfit(GNSS_SENSOR, `${part} of the position`, position[part]));
}

/** Epoch milliseconds of a record's seconds, with what is to be said of them. */
function timeOf(seconds: number, { receivedAt }: RecordOrigin): { time: number; ofTime: Problem[] } {
  const { time, warning } = correctRollover(seconds * 1000, receivedAt);
  return { time, ofTime: warning === undefined ? [] : [warning] };
}

function unfit(id: number, what: string, value: unknown): Problem {
  const shown = JSON.stringify(value).slice(0, 100);
  return { code: "VALUE_UNFIT", path: sensorIdText(id), message: `${shown} does not fit “${what}”` };
}

/** An event record, by the vendor's table; a code that is not in it counts for what its text says. */
export function normalizeEvent(record: EventRecord, origin: RecordOrigin): DeviceEvent {
  const { time, ofTime } = timeOf(record.time, origin);
  const event: DeviceEvent = {
    schema: 1,
    kind: "event",
    protocol: "iotm",
    imei: origin.imei,
    identity: identityOfBytes({ imei: origin.imei, kind: "event" }, origin.source),
    time,
    receivedAt: origin.receivedAt,
    event: toEvent(record, origin.veil),
  };
  return withDamage(event, origin, record.unread, ofTime);
}

export function toEvent(
  { function: called, event: code, data: sent }: EventRecord,
  veil: Veil,
): TrackerEvent {
  const data = veil.overBytes(sent);
  const text = textOrBytes(data);
  const isReadable = typeof text === "string" && /^[\P{C}]+$/u.test(text);
  const raw = { function: called, code, data: toHex(data), ...(isReadable ? { text } : {}) };
  const known = findEvent(called, code, raw);
  if (known !== undefined) return known;
  return isReadable ? eventInWords(text, raw) : makeEvent("other", "device", {}, raw);
}

/** Bytes that are not telemetry or an event: a whole payload, or the record that held them. */
export function normalizeFile(data: Uint8Array, origin: RecordOrigin, record?: IotmRecord): RawFile {
  const file: RawFile = {
    schema: 1,
    kind: "file",
    protocol: "iotm",
    imei: origin.imei,
    // Of a whole payload, which may be part of a file, the topic says what it is.
    identity: identityOfBytes({ imei: origin.imei, kind: "file" }, origin.source, record ? "" : origin.topic),
    receivedAt: origin.receivedAt,
    recordType: record?.type ?? null,
    data: record === undefined ? origin.veil.overPayload(data) : origin.veil.overBytes(data),
    ...(origin.topic === undefined ? {} : { topic: origin.topic }),
    ...(record !== undefined && "outputId" in record
      ? {
          outputControl: {
            expires: record.expires * 1000,
            outputId: record.outputId,
            uniqueId: record.uniqueId,
            data: toHex(origin.veil.overBytes(record.data)),
          },
        }
      : {}),
  };
  return withDamage(file, origin, record !== undefined && "unread" in record ? record.unread : undefined);
}

function withDamage<R extends object>(
  record: R,
  origin: RecordOrigin,
  unread: Uint8Array | undefined,
  own: readonly Problem[] = [],
): R {
  const warnings = own.length === 0 ? origin.warnings : [...origin.warnings, ...own];
  return {
    ...record,
    ...(unread === undefined ? {} : { unread: toHex(origin.veil.overUnread(unread)) }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

const RANGED = Object.keys(POSITION_RANGES) as (keyof typeof POSITION_RANGES)[];

/** A position without the parts that cannot be true. */
function without(position: Position, odd: readonly string[]): Position {
  const said = Object.entries(position).filter(([part]) => !odd.includes(part));
  return Object.fromEntries(said) as unknown as Position;
}
