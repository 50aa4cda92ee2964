import type { Problem } from "../../errors";
import { checkSender } from "../../model/imei";
import type { Decoded, DeviceEvent, NormalizedRecord } from "../../model/message";
import type { Received } from "../protocol";
import { decodeFrame, type Frame, recordSources } from "./frame";
import { AUTOMATIC_IGNITION } from "./ignition";
import { type SensorMap, sensorMap } from "./mapping";
import {
  normalizeEvent,
  normalizeFile,
  normalizeTelemetry,
  type RecordOrigin,
  type SensorMeanings,
} from "./normalize";
import { Veil } from "./privacy";
import { type ImeiRecord, type IotmRecord, isKnown, recordBody, recordImei } from "./records";

/** The topic goes with files; the IMEI in it is used only when the frame has none. */
export interface FrameContext extends Received {
  /** Default: the catalogue alone. */
  readonly sensors?: SensorMap;
  /** The sensors that say whether the ignition is on, the best first. Default: CAN, then input 5. */
  readonly ignition?: readonly number[];
  readonly acceptWrongChecksum?: boolean;
  /** True on the file and real-time topics: what is not a sound frame passes through as a file. */
  readonly mayBeFile?: boolean;
  /** Passes on the events that say why a record was written; default: they only give telemetry its `cause`. */
  readonly recordEvents?: boolean;
  /** Shows what is personal: IMSI, ICCID, phone numbers. */
  readonly showPersonal?: boolean;
}

/**
 * Turns any payload into normalized records, step by step. Never throws; every payload gives a record, an error, or both
 * (the records before the damage), unless all that it says is left out. A frame with nothing to tell comes out whole,
 * as a file.
 * Codes: those of decodeFrame; as warnings also `IMEI_MISSING`, `IMEI_LENGTH`, `IMEI_CHECK_DIGIT`, `IMEI_TOPIC`,
 * `TIME_ROLLOVER` and `VALUE_UNFIT` with the sensor's id as its path.
 */
export function decodeAny(bytes: Uint8Array, context: FrameContext): Decoded {
  const frame = decodeFrame(bytes, context);
  if (context.mayBeFile && (frame.error !== undefined || !frame.checksumValid)) {
    const { records } = decodeFrame(bytes, { acceptWrongChecksum: true });
    return { records: [wholePayload(bytes, context, context.topicImei ?? null, [], records)], warnings: [] };
  }
  const { records, warnings } = normalizeFrame(frame, recordSources(bytes, frame.records.length), context);
  if (frame.error !== undefined) return { records: wanted(records, context), warnings, error: frame.error };
  if (records.length > 0) return { records: wanted(records, context), warnings };
  const imei = senderOf(frame, context);
  const problems = [...warningsOf(frame), ...problemsOf(imei, context)];
  return { records: [wholePayload(bytes, context, imei, problems, frame.records)], warnings: problems };
}

function wholePayload(
  bytes: Uint8Array,
  context: FrameContext,
  imei: string | null,
  warnings: readonly Problem[],
  found: readonly IotmRecord[],
): NormalizedRecord {
  return normalizeFile(bytes, originOf(bytes, context, imei, warnings, veilOf(found, context)));
}

function normalizeFrame(
  frame: Frame,
  sources: readonly Uint8Array[],
  context: FrameContext,
): { records: NormalizedRecord[]; warnings: Problem[] } {
  const reading = {
    map: context.sensors ?? sensorMap(),
    ignition: context.ignition ?? AUTOMATIC_IGNITION,
  };
  const veil = veilOf(frame.records, context);
  const records: NormalizedRecord[] = [];
  const imeiProblems = new Map<string, Problem>();
  const odd: Problem[] = [];
  let imei = senderOf(frame, context);
  let sender = problemsOf(imei, context);
  frame.records.forEach((record, index) => {
    if (isImei(record)) {
      imei = recordImei(record) ?? imei;
      sender = problemsOf(imei, context);
      if (record.unread === undefined) return;
    }
    for (const problem of sender) imeiProblems.set(problem.message, problem);
    const source = sources[index] as Uint8Array;
    const origin = originOf(source, context, imei, [...warningsOf(frame, index), ...sender], veil);
    const normalized = normalizeRecord(record, origin, reading);
    records.push(normalized);
    odd.push(...(normalized.warnings ?? []).filter((problem) => !origin.warnings.includes(problem)));
  });
  records.sort((a, b) => timeOf(a) - timeOf(b));
  return { records: withCauses(records), warnings: [...frame.warnings, ...imeiProblems.values(), ...odd] };
}

function normalizeRecord(
  record: IotmRecord,
  origin: RecordOrigin,
  reading: SensorMeanings,
): NormalizedRecord {
  if (isKnown(record)) {
    if (record.type === 1) return normalizeTelemetry(record, origin, reading);
    if (record.type === 3) return normalizeEvent(record, origin);
  }
  return normalizeFile(recordBody(record), origin, record);
}

/** Telemetry with the reason why it was written, where the same device says it of the same second. */
export function withCauses(records: NormalizedRecord[]): NormalizedRecord[] {
  const causes = new Map<string, string>();
  for (const record of records) {
    const cause = isRecordEvent(record) ? record.event.cause : undefined;
    if (cause !== undefined && !causes.has(momentOf(record))) causes.set(momentOf(record), cause);
  }
  if (causes.size === 0) return records;
  return records.map((record) => {
    const cause = record.kind === "telemetry" ? causes.get(momentOf(record)) : undefined;
    return cause === undefined ? record : { ...record, cause };
  });
}

function momentOf(record: NormalizedRecord): string {
  return `${record.imei} ${timeOf(record)}`;
}

/** Without the events that only say why a record was written, unless they are asked for. */
export function wanted(
  records: readonly NormalizedRecord[],
  { recordEvents }: FrameContext,
): readonly NormalizedRecord[] {
  if (recordEvents) return records;
  return records.filter((record) => !isRecordEvent(record));
}

function isRecordEvent(record: NormalizedRecord): record is DeviceEvent {
  return record.kind === "event" && record.event.type === "recordWritten";
}

/** The warnings of one record and of the frame as a whole; without a record, of the latter alone. */
function warningsOf(frame: Frame, record?: number): Problem[] {
  if (frame.warnings.length === 0) return [];
  return frame.warnings
    .filter((warning) => warning.record === undefined || warning.record === record)
    .map(({ record: _, ...problem }) => problem);
}

/** Who sent the frame: the first IMEI in it, else the topic's. */
function senderOf(frame: Frame, context: FrameContext): string | null {
  for (const record of frame.records) {
    const imei = recordImei(record);
    if (imei !== undefined) return imei;
  }
  return context.topicImei ?? null;
}

function problemsOf(imei: string | null, { topicImei }: FrameContext): Problem[] {
  return imei === null
    ? [{ code: "IMEI_MISSING", message: "neither the frame nor the topic says who sent it" }]
    : checkSender(imei, topicImei);
}

function veilOf(records: readonly IotmRecord[], { showPersonal = false }: FrameContext): Veil {
  return new Veil(records, showPersonal);
}

function originOf(
  source: Uint8Array,
  context: FrameContext,
  imei: string | null,
  warnings: readonly Problem[],
  veil: Veil,
): RecordOrigin {
  const { receivedAt, topic } = context;
  return { source, imei, receivedAt, warnings, veil, ...(topic === undefined ? {} : { topic }) };
}

function isImei(record: IotmRecord): record is ImeiRecord {
  return record.type === 2 && isKnown(record);
}

function timeOf(record: NormalizedRecord): number {
  return record.kind === "file" ? Number.POSITIVE_INFINITY : record.time;
}
