import type { Problem } from "../../errors";
import { checkImei } from "../../model/imei";
import type { NormalizedRecord } from "../../model/message";
import { decodeFrame, type Frame } from "./frame";
import { type SensorMap, sensorMap } from "./mapping";
import { normalizeEvent, normalizeFile, normalizeTelemetry, type Origin } from "./normalize";
import { type ImeiRecord, type IotmRecord, isKnown, recordBody } from "./records";

export interface DecodeContext {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Default: the catalogue alone. */
  readonly sensors?: SensorMap;
  readonly acceptWrongChecksum?: boolean;
  /** Topic it came on; goes with files. */
  readonly topic?: string;
  /** Who sent it, where the topic says so; used only when the frame does not. */
  readonly topicImei?: string;
  /** True on the file and real-time topics: what is not a sound frame passes through as a file. */
  readonly mayBeFile?: boolean;
}

export interface Decoded {
  /** Oldest first; files, which have no time, last. */
  readonly records: readonly NormalizedRecord[];
  /** All that was wrong but could be read all the same; each record has its own share of it. */
  readonly warnings: readonly Problem[];
  /** Why the payload could not be read, or not to its end. */
  readonly error?: Problem;
}

/**
 * Turns a payload into normalized records. Never throws; every payload gives a record, an error, or both
 * (the records before the damage). A frame with nothing to tell comes out whole, as a file.
 * Codes: those of decodeFrame; as warnings also `IMEI_MISSING`, `IMEI_LENGTH`, `IMEI_CHECK_DIGIT`.
 */
export function decodePayload(bytes: Uint8Array, context: DecodeContext): Decoded {
  const frame = decodeFrame(bytes, context);
  if (context.mayBeFile && (frame.error !== undefined || !frame.checksumValid)) {
    return { records: [wholePayload(bytes, context)], warnings: [] };
  }
  const { records, warnings } = normalizeFrame(frame, context);
  if (frame.error !== undefined) return { records, warnings, error: frame.error };
  return { records: records.length > 0 ? records : [wholePayload(bytes, context)], warnings };
}

/** A payload as one file. */
export function wholePayload(bytes: Uint8Array, context: DecodeContext): NormalizedRecord {
  const imei = decodeFrame(bytes).records.find(isImei)?.imei ?? context.topicImei ?? null;
  return normalizeFile(bytes, originOf(context, imei, []));
}

function normalizeFrame(
  frame: Frame,
  context: DecodeContext,
): { records: NormalizedRecord[]; warnings: Problem[] } {
  const map = context.sensors ?? sensorMap();
  const records: NormalizedRecord[] = [];
  const imeiProblems = new Map<string, Problem>();
  let imei = frame.records.find(isImei)?.imei ?? context.topicImei ?? null;
  frame.records.forEach((record, index) => {
    if (isImei(record)) {
      imei = record.imei;
      if (record.unread === undefined) return;
    }
    const warnings = frame.warnings.length === 0 ? [] : warningsOf(frame, index);
    const imeiProblem = checkSender(imei);
    if (imeiProblem !== undefined) {
      warnings.push(imeiProblem);
      imeiProblems.set(imeiProblem.message, imeiProblem);
    }
    records.push(normalizeRecord(record, originOf(context, imei, warnings), map));
  });
  records.sort((a, b) => timeOf(a) - timeOf(b));
  return { records, warnings: [...frame.warnings, ...imeiProblems.values()] };
}

function normalizeRecord(record: IotmRecord, origin: Origin, map: SensorMap): NormalizedRecord {
  if (isKnown(record)) {
    if (record.type === 1) return normalizeTelemetry(record, origin, map);
    if (record.type === 3) return normalizeEvent(record, origin);
  }
  return normalizeFile(recordBody(record), origin, record);
}

function warningsOf(frame: Frame, record: number): Problem[] {
  return frame.warnings
    .filter((warning) => warning.record === undefined || warning.record === record)
    .map(({ record: _, ...problem }) => problem);
}

function checkSender(imei: string | null): Problem | undefined {
  return imei === null
    ? { code: "IMEI_MISSING", message: "neither the frame nor the topic says who sent it" }
    : checkImei(imei);
}

function originOf(context: DecodeContext, imei: string | null, warnings: readonly Problem[]): Origin {
  const { receivedAt, topic } = context;
  return { imei, receivedAt, warnings, ...(topic === undefined ? {} : { topic }) };
}

function isImei(record: IotmRecord): record is ImeiRecord {
  return record.type === 2 && isKnown(record);
}

function timeOf(record: NormalizedRecord): number {
  return record.kind === "file" ? Number.POSITIVE_INFINITY : record.time;
}
