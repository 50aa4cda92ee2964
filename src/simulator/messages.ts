import { IDENTITY } from "../model/units";
import { GLOBALMATIX } from "../protocols/globalmatix/index";
import { encodeFrame } from "../protocols/iotm/frame";
import { IOTM } from "../protocols/iotm/index";
import { linearOf } from "../protocols/iotm/mapping";
import type { EventRecord, SensorValue, TelemetryRecord } from "../protocols/iotm/records";
import { GNSS_SENSOR, SENSORS } from "../protocols/iotm/sensors";
import type { WireValue } from "../protocols/iotm/values";
import { CAUSES, EVENTS, type EventCode, type EventName, RECORD_WRITTEN } from "./events";
import { VirtualOutputs } from "./outputs";
import type { IotmLine, JsonLine, Seen, Speech } from "./speech";

/** A record, or what stands in one frame because it belongs together. */
type IotmReport = EventRecord | readonly [TelemetryRecord, EventRecord];

/** How an IOTM device with these sensors speaks. */
export function iotmSpeech(lines: readonly IotmLine[]): Speech<IotmReport> {
  return {
    protocol: IOTM,
    report: (_, seen, time) => [
      iotmTelemetry(lines, seen, time),
      said({ function: RECORD_WRITTEN, event: CAUSES[seen.cause] }, time),
    ],
    event: iotmEvent,
    say: said,
    payload: (imei, reports) => iotmFrame(imei, reports.flat()),
    outputs: (imei) => new VirtualOutputs(imei),
  };
}

/** How an xTCU with these fields speaks. */
export function xtcuSpeech(lines: readonly JsonLine[]): Speech<XtcuMessage> {
  return {
    protocol: GLOBALMATIX,
    report: (imei, seen, time, event) => xtcuMessage(imei, lines, seen, time, event),
    payload: (_, messages) => xtcuText(messages),
  };
}

/** How a sensor's value is turned into the vocabulary's unit, and whether the wire has only its amount. */
const SCALES = new Map(
  SENSORS.map((sensor) => {
    const { id, meaning = sensor.likely } = sensor;
    return [id, { ...linearOf(meaning ?? sensor), negative: meaning?.negative === true }];
  }),
);
/** By the high digit of a sensor's id, which tells its family (docs/protocols/iotm.md, "Sensors"). */
const F32_FAMILY = 0xa;
const F64_FAMILY = 0xb;
const TYPE = {
  false: 0,
  true: 1,
  zero: 3,
  u8: 4,
  u16: 5,
  u32: 6,
  u64: 7,
  i32: 10,
  f32: 12,
  f64: 13,
  text: 32,
} as const;

/** A reading of an IOTM device; `time` is Unix time in seconds by its own clock. */
export function iotmTelemetry(lines: readonly IotmLine[], seen: Seen, time: number): TelemetryRecord {
  const values: SensorValue[] = lines.map((line) => lineValue(line, seen));
  values.push({ id: GNSS_SENSOR, valueType: 14, value: seen.gnss });
  return { type: 1, time, values };
}

export function iotmEvent(name: EventName, time: number): EventRecord {
  const { code, text } = EVENTS[name];
  return said({ function: 0, event: code }, time, text);
}

function said(code: EventCode, time: number, text = ""): EventRecord {
  return { type: 3, time, ...code, data: new TextEncoder().encode(text) };
}

export function iotmFrame(imei: string, records: readonly (TelemetryRecord | EventRecord)[]): Uint8Array {
  return encodeFrame([{ type: 2, imei }, ...records]);
}

function lineValue({ id, ofBus, read }: IotmLine, seen: Seen): SensorValue {
  const value = read(seen);
  if (ofBus === undefined || seen.vehicle.busIsAwake) return sensorValue(id, value);
  return typeof value === "boolean" ? sensorValue(id, false) : { id, valueType: TYPE.zero, value: 0 };
}

/** As a device writes it: whole numbers in the smallest type that holds them. */
function sensorValue(id: number, value: boolean | number | bigint | string): SensorValue {
  const made = (valueType: number, wire: WireValue): SensorValue => ({ id, valueType, value: wire });
  if (typeof value === "boolean") return made(value ? TYPE.true : TYPE.false, value);
  if (typeof value === "bigint") return made(TYPE.u64, value);
  if (typeof value === "string") return made(TYPE.text, value);
  const wire = toWire(value, id);
  const family = id >> 12;
  if (family === F32_FAMILY) return made(TYPE.f32, Math.round(wire * 100) / 100);
  if (family === F64_FAMILY) return made(TYPE.f64, Math.round(wire * 10) / 10);
  const whole = Math.round(wire);
  return made(wholeType(whole), whole === 0 ? 0 : whole);
}

/** A value in the vocabulary's unit as the wire has it. */
function toWire(value: number, id: number): number {
  const { multiply, add, divide, negative } = SCALES.get(id) ?? { ...IDENTITY, negative: false };
  const wire = (value * divide - add) / multiply;
  return negative ? Math.abs(wire) : wire;
}

function wholeType(value: number): number {
  if (value === 0) return TYPE.zero;
  if (value < 0) return TYPE.i32;
  return value <= 0xff ? TYPE.u8 : value <= 0xffff ? TYPE.u16 : TYPE.u32;
}

/** A message of an xTCU as this simulator invents it: flat JSON. `time` is Unix time in seconds. */
export interface XtcuMessage {
  readonly imei: string;
  /** ISO 8601. */
  readonly ts: string;
  readonly [field: string]: boolean | number | string | undefined;
}

export function xtcuMessage(
  imei: string,
  lines: readonly JsonLine[],
  seen: Seen,
  time: number,
  event?: EventName,
): XtcuMessage {
  const { latitude, longitude, speed, course, altitude, satellites } = seen.gnss;
  return {
    imei,
    ts: new Date(time * 1000).toISOString(),
    lat: round6(latitude),
    lon: round6(longitude),
    alt: altitude,
    speed,
    heading: course,
    satellites,
    ...(event === undefined ? {} : { event: EVENTS[event].text }),
    ...Object.fromEntries(lines.map(({ name, read }) => [name, read(seen)])),
  };
}

/** One message alone, several as a list. */
export function xtcuText(messages: readonly XtcuMessage[]): string {
  return JSON.stringify(messages.length === 1 ? messages[0] : messages);
}

function round6(degrees: number): number {
  return Number(degrees.toFixed(6));
}
