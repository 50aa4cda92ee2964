import { toHex } from "../../bytes/hex";
import type { Problem } from "../../errors";
import { correctRollover } from "../../model/device-clock";
import { eventInWords, makeEvent, type TrackerEvent } from "../../model/events";
import { identityOfBytes } from "../../model/identity";
import type { DeviceEvent, Position, RawFile, Scalar, Telemetry } from "../../model/message";
import { isNullIsland, POSITION_RANGES } from "../../model/position";
import { ShapeCache } from "../../model/shape-cache";
import type { Linear } from "../../model/units";
import { findTerm, isInRange } from "../../model/vocabulary";
import { findEvent } from "./events/find";
import { Layout, placedValue } from "./layouts";
import { kindOf, type Mapping, mappingOf, type SensorMap } from "./mapping";
import type { Veil } from "./privacy";
import type { EventRecord, IotmRecord, SensorValue, TelemetryRecord } from "./records";
import { GNSS_SENSOR, sensorIdText } from "./sensors";
import { F32, F64, type Gnss, isGnss, textOrBytes, type WireValue } from "./values";

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

const IGNITION = mappingOf({ key: "ignition" });
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
    const value = CONVERT[mapping.type](wire, mapping);
    if (value === undefined || (typeof value === "number" && !isInRange(value, mapping.range)))
      return "unfit";
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
  const layout = new Layout(byId, reading.map, reading.ignition);
  const named: [SensorValue, Mapping][] = [];
  for (const sensor of byId.values()) {
    const mapping = layout.mapping(sensor.id);
    if (mapping === null) continue;
    if (sensor.id === GNSS_SENSOR && isGnss(sensor.value)) readFix(toPosition(sensor.value), read);
    else if (mapping === undefined) read.sensors.set(sensorIdText(sensor.id), toScalar(exact(sensor)));
    else named.push([sensor, mapping]);
  }
  named.sort(([, one], [, other]) => one.rank - other.rank);
  for (const [sensor, mapping] of named) readNamed(sensor, mapping, read);
  const ignition = layout.ignition === undefined ? undefined : byId.get(layout.ignition);
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

function toEvent({ function: called, event: code, data: sent }: EventRecord, veil: Veil): TrackerEvent {
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

/**
 * A fix is valid with at least one satellite and coordinates that exist and are not 0, 0; no-fix readings have no
 * satellites, or no coordinates.
 */
function toPosition(gnss: Gnss): Position {
  const { latitude, longitude } = gnss;
  const inRange = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return {
    valid: gnss.satellites > 0 && inRange && !isNullIsland(latitude, longitude),
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
  // Zero has no sign.
  return Number.isFinite(degrees) ? Math.round(degrees * 1e6) / 1e6 + 0 : null;
}

/** The shortest decimal that is still the same f32: 23.4 instead of 23.399999618530273. */
export function shortestF32(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}

/** A decimal without the dust of binary fractions: 15 digits are all that every f64 holds. */
function withoutDust(value: number): number {
  return Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toPrecision(15)) : value;
}

type Convert = (wire: WireValue, mapping: Mapping) => Scalar | undefined;

/**
 * Brings a wire value into a mapping's type and unit; undefined where it does not fit, null where it fits and says nothing of
 * this name.
 */
const CONVERT: Readonly<Record<Mapping["type"], Convert>> = {
  boolean: (wire) => (typeof wire === "boolean" ? wire : YES_NO.get(toScalar(wire))),
  number: (wire, mapping) => scale(toScalar(wire), mapping),
  text: (wire, { codes, isOpen, pattern }) => {
    if (codes !== undefined) {
      const number = toScalar(wire);
      if (typeof number !== "number") return undefined;
      return codes[number] === undefined && isOpen ? null : codes[number];
    }
    const isText = typeof wire === "string" || typeof wire === "bigint" || Number.isFinite(wire);
    const text = wire instanceof Uint8Array ? toHex(wire) : isText ? String(wire) : undefined;
    return text === undefined || pattern === undefined || pattern.test(text) ? text : null;
  },
  id64: (wire) => {
    if (typeof wire !== "bigint" && !Number.isInteger(wire)) return undefined;
    const id = BigInt(wire as bigint | number);
    return id === BigInt.asUintN(64, id) ? id.toString(16).padStart(16, "0") : undefined;
  },
  any: (wire, mapping) => {
    const value = toScalar(wire);
    if (isPosition(value)) return undefined;
    return isScaled(mapping) && typeof wire !== "string" ? scale(value, mapping) : value;
  },
};

/** Numbers that stand for no and yes, where a device sends a yes/no sensor as a number. */
const YES_NO: ReadonlyMap<unknown, boolean> = new Map([
  [0, false],
  [1, true],
]);

function isPosition(value: Scalar | Position): value is Position {
  return typeof value === "object" && value !== null;
}

function isScaled({ multiply, add, divide }: Linear): boolean {
  return multiply !== 1 || add !== 0 || divide !== 1;
}

/** The number on its mapping's scale; undefined for what is no number or becomes none. */
function scale(
  value: Scalar | Position,
  { multiply, add, divide, negative }: Linear & Pick<Mapping, "negative">,
): number | undefined {
  if (typeof value !== "number") return undefined;
  const whole = (value * multiply + add) / divide;
  const scaled = Number.isInteger(value) ? whole : withoutDust(whole);
  // Zero has no sign.
  return Number.isFinite(scaled) ? (negative ? -Math.abs(scaled) : scaled) + 0 : undefined;
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
