/**
 * What the package gives to other programs and to function nodes: docs/core.md. Nothing in the package itself imports it.
 * What stands here changes only with the version, as SemVer has it.
 */
import { type Problem, TrackerError } from "./errors";
import type { Decoded } from "./model/message";
import { GLOBALMATIX } from "./protocols/globalmatix/index";
import { decodePayload } from "./protocols/iotm/decode";
import { type ReadingSettings, readingContext } from "./protocols/iotm/settings";
import { decodeReadings, type Missing, type Payload, readParsed, readPayload } from "./protocols/json/decode";
import { type CompiledMap, compileMap, type FieldMap } from "./protocols/json/field-map";

export { fromHex, toHex } from "./bytes/hex";
export { type Problem, TrackerError } from "./errors";
export {
  EVENT_TYPE_NAMES,
  EVENT_TYPES,
  type EventDetails,
  type EventType,
  type EventTypeName,
  isEventType,
  makeEvent,
  type RawEvent,
  type Severity,
  type TrackerEvent,
} from "./model/events";
export { identityOf } from "./model/identity";
export { checkImei } from "./model/imei";
export { type Label, labelIn } from "./model/label";
export type {
  Decoded,
  DeviceEvent,
  NormalizedRecord,
  OutputControl,
  Position,
  RawFile,
  Reading,
  Scalar,
  Telemetry,
} from "./model/message";
export type { Mode, OutputState, Switching } from "./model/output";
export {
  type AttributeType,
  findTerm,
  type Kind,
  type Range,
  TERM_GROUPS,
  type Term,
  type TermGroup,
  VOCABULARY,
} from "./model/vocabulary";
export type { Choices } from "./protocols/iotm/choices";
export { decodeFrame, encodeFrame, type Frame, type FrameWarning } from "./protocols/iotm/frame";
export type { SensorOverride } from "./protocols/iotm/mapping";
export { encodeCommand } from "./protocols/iotm/output-control";
export type {
  EventRecord,
  ImeiRecord,
  IotmRecord,
  KnownRecord,
  OutputControlRecord,
  SensorValue,
  TelemetryRecord,
  UnknownRecord,
} from "./protocols/iotm/records";
export type { Gnss, WireValue } from "./protocols/iotm/values";
export type { Missing } from "./protocols/json/decode";
export type { FieldMap, Rule } from "./protocols/json/field-map";
export type { Envelope } from "./protocols/outputs";

/** What is known of a payload beside its bytes. */
export interface Arrival {
  /** Epoch milliseconds; default: now. */
  readonly receivedAt?: number;
  /** Topic it came on; goes with files. */
  readonly topic?: string;
  /** Who sent it, where the topic says so; counts where the payload does not say. */
  readonly topicImei?: string;
}

/** `sensors`, `choices`, `inputNames` and `showPersonal` are as in the device config. */
export interface IotmOptions extends ReadingSettings {
  /** Reads frames with a wrong checksum too, with a warning. */
  readonly acceptWrongChecksum?: boolean;
  /** What is no sound frame passes as a file, as on a topic for files. */
  readonly mayBeFile?: boolean;
}

/**
 * Makes a decoder of IOTM frames. Throws a {@link TrackerError} where a sensor is wrong; the decoder never throws: every
 * payload gives records, an error, or both.
 */
export function iotmDecoder(options: IotmOptions = {}): (payload: Uint8Array, arrival?: Arrival) => Decoded {
  const { acceptWrongChecksum = false, mayBeFile = false } = options;
  const context = { acceptWrongChecksum, mayBeFile, ...readingContext(options) };
  return (payload, arrival) =>
    ArrayBuffer.isView(payload)
      ? decodePayload(bytesIn(payload), { receivedAt: Date.now(), ...arrival, ...context })
      : refused({ code: "PAYLOAD_TYPE", message: "a frame has to be bytes (a Buffer or Uint8Array)" });
}

export interface JsonOptions extends Partial<Missing> {
  /** As the dialog exports it; default: usual names alone. Rules with JSONata work in the decoder node alone. */
  readonly fieldMap?: FieldMap;
}

/**
 * Makes a decoder of JSON: of bytes, text, or what was parsed already. Throws a {@link TrackerError} where the field map is
 * wrong (`EXPRESSION` where a rule is JSONata); the decoder never throws.
 */
export function jsonDecoder({
  fieldMap,
  noTime = "received",
  noImei = "error",
}: JsonOptions = {}): (payload: Uint8Array | string | object, arrival?: Arrival) => Decoded {
  const map = compileMap(fieldMap);
  const jsonata = map.rules.find(({ expression }) => expression !== undefined);
  if (jsonata !== undefined) {
    const message = "rules with JSONata work in the decoder node alone";
    throw new TrackerError({ code: "EXPRESSION", path: `map.rules[${jsonata.index}]`, message });
  }
  return (payload, arrival) => {
    const context = { receivedAt: Date.now(), ...arrival, protocol: GLOBALMATIX.id, map, noTime, noImei };
    try {
      const bytes = () => toBytes(payload);
      return decodeReadings(readAny(payload, map), context, bytes);
    } catch (error) {
      if (error instanceof TrackerError) return refused(problemOf(error));
      throw error;
    }
  };
}

function readAny(payload: Uint8Array | string | object, map: CompiledMap): Payload {
  return typeof payload === "string" || ArrayBuffer.isView(payload)
    ? readPayload(toBytes(payload), map)
    : readParsed(payload, map);
}

function toBytes(payload: Uint8Array | string | object): Uint8Array {
  if (ArrayBuffer.isView(payload)) return bytesIn(payload);
  return new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload));
}

/** Also of a function node, whose Uint8Array is another one than ours. */
function bytesIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function refused(error: Problem): Decoded {
  return { records: [], warnings: [], error };
}

/** The plain object: an error of Node.js shows its stack wherever it is printed. */
function problemOf({ code, message, offset, path }: TrackerError): Problem {
  return {
    code,
    message,
    ...(offset === undefined ? {} : { offset }),
    ...(path === undefined ? {} : { path }),
  };
}
