import { cleanText, toText } from "../../bytes/text";
import { type Problem, TrackerError } from "../../errors";
import type { Decoded, DeviceEvent, Telemetry } from "../../model/message";
import { ShapedReading } from "./fast/shaped-reading";
import { shapesOf } from "./fast/shapes";
import type { CompiledMap } from "./field-map";
import { type Document, readDocuments, withFirstBytes } from "./json";
import { isContainer } from "./leaves";
import { beyond, LIMITS } from "./limits";
import { type Computed, mapReading } from "./map";
import { normalizeReading, normalizeWhole, type ReadingOrigin } from "./normalize";
import { type PlacedReading, type RawReading, splitReadings } from "./readings";

/** What is done with a reading that says no usable time, or not whose it is. */
export interface Missing {
  /** `received`: the time of receipt counts. */
  readonly noTime: "received" | "error";
  /** `pass`: it goes on without an IMEI. */
  readonly noImei: "pass" | "error";
}

export interface JsonContext extends ReadingOrigin, Missing {
  readonly map: CompiledMap;
}

/** The readings of a payload, and the first thing that was wrong with it. */
export interface Payload {
  readonly readings: readonly PlacedReading[];
  readonly problem: Problem | undefined;
}

/**
 * The readings of a JSON payload: an object, an array of objects, or one object a line. Throws the coded problem where
 * nothing can be read (json.ts), with the first bytes in hex.
 */
export function readPayload(bytes: Uint8Array, map: CompiledMap): Payload {
  try {
    return readText(toText(bytes), map);
  } catch (error) {
    throw error instanceof TrackerError ? new TrackerError(withFirstBytes(error, bytes)) : error;
  }
}

/** As {@link readPayload}, of a payload that is text already; problems do not show its bytes. */
export function readText(text: string, map: CompiledMap): Payload {
  const { documents, problem } = readDocuments(cleanText(text));
  const read = readDocumentsReadings(documents, map);
  return { ...read, problem: problem ?? read.problem };
}

/** The readings of a payload that somebody has parsed already. */
export function readParsed(value: unknown, map: CompiledMap): Payload {
  return readDocumentsReadings([{ value, place: "" }], map);
}

function readDocumentsReadings(documents: readonly Document[], map: CompiledMap): Payload {
  const readings: PlacedReading[] = [];
  const size = new PayloadSize();
  const shapes = shapesOf(map);
  let problem: Problem | undefined;
  const items = documents.flatMap(withItems);
  for (const { value, place } of items.slice(0, LIMITS.readings)) {
    const failed = (error: unknown): void => {
      if (!(error instanceof TrackerError)) throw error;
      problem ??= placed(error, place);
    };
    // The first of many is enough: an error costs more to make than it took to see it.
    if (problem !== undefined && !isReading(value)) continue;
    try {
      const shaped = shapes.read(value, place);
      const found = shaped ? [shaped] : readingsOf(value, map, failed).map((one) => ({ ...one, place }));
      for (const reading of found) {
        readings.push(reading);
        size.add(reading);
      }
    } catch (error) {
      failed(error);
    }
    const tooMuch = size.passed();
    if (tooMuch !== undefined) return { readings, problem: beyond(tooMuch, place) };
  }
  return { readings, problem: problem ?? (items.length > LIMITS.readings ? beyond("readings") : undefined) };
}

/** The items of an array are documents of their own. One more than is read tells that there are more. */
function withItems(document: Document): Document[] {
  const { value, place } = document;
  return Array.isArray(value)
    ? value
        .slice(0, LIMITS.readings + 1)
        .map((item, index) => ({ value: item, place: [place, `[${index}]`].filter(Boolean).join(" ") }))
    : [document];
}

/** Counts what the readings of a payload have, against the limits. */
class PayloadSize {
  private values = 0;
  private readonly paths = new Set<string>();
  /** Readings whose paths are not counted yet: while they have so few values, they have no more paths either. */
  private uncounted: RawReading[] = [];

  add(reading: RawReading): void {
    this.values += reading instanceof ShapedReading ? reading.values.length : reading.leaves.size;
    this.uncounted.push(reading);
  }

  passed(): "values" | "paths" | undefined {
    if (this.values > LIMITS.values) return "values";
    if (this.values <= LIMITS.paths) return undefined;
    for (const { leaves } of this.uncounted) for (const path of leaves.keys()) this.paths.add(path);
    this.uncounted = [];
    return this.paths.size > LIMITS.paths ? "paths" : undefined;
  }
}

function isReading(value: unknown): value is object {
  return isContainer(value) && !Array.isArray(value);
}

function readingsOf(value: unknown, map: CompiledMap, failed: (error: unknown) => void): RawReading[] {
  if (!isReading(value)) {
    throw new TrackerError({ code: "JSON_NOT_OBJECT", message: "a reading has to be a JSON object" });
  }
  return splitReadings(value, map.readings, failed);
}

/**
 * Makes records of the readings of a payload, oldest first. `computed` has the results of the map's expressions for each
 * reading; `bytes` is the payload as it came, which goes on as a file where it has no reading.
 */
export function decodeReadings(
  { readings, problem }: Payload,
  context: JsonContext,
  bytes: () => Uint8Array,
  computed: readonly Computed[] = [],
): Decoded {
  if (readings.length === 0 && problem === undefined) {
    return { records: [normalizeWhole(bytes(), context)], warnings: [], error: undefined };
  }
  const records: (Telemetry | DeviceEvent)[] = [];
  const problems: Problem[] = problem === undefined ? [] : [problem];
  readings.forEach((reading, index) => {
    const decoded = decodeReading(reading, context, computed[index]);
    if (decoded.record !== undefined) records.push(decoded.record);
    if (decoded.problem !== undefined) problems.push(placed(decoded.problem, reading.place));
  });
  return {
    records: records.toSorted((a, b) => a.time - b.time),
    warnings: records.flatMap(({ warnings }) => warnings ?? []),
    error: summary(problems),
  };
}

const NOBODYS: Problem = {
  code: "IMEI_MISSING",
  message: "nothing says whose reading this is: choose the value that holds the IMEI in the field map",
};

function decodeReading(
  reading: PlacedReading,
  context: JsonContext,
  computed: Computed | undefined,
): { record?: Telemetry | DeviceEvent; problem?: Problem | undefined } {
  const { map, noTime, noImei, receivedAt } = context;
  const isShaped = reading instanceof ShapedReading && reading.plan.map === map;
  const shaped = isShaped ? reading.plan.record(reading.values, context) : undefined;
  if (shaped !== undefined) return { record: shaped };
  const { record, problem } = normalizeReading(reading, mapReading(reading, map, computed), context);
  if (record.imei === null && noImei === "error") {
    return { problem: record.warnings?.find(({ code }) => code.startsWith("IMEI_")) ?? NOBODYS };
  }
  if (record.time === null && noTime === "error") {
    const message = "the reading has no usable time: choose the value that holds it in the field map";
    return { problem: { code: "TIME_MISSING", message } };
  }
  return { record: { ...record, time: record.time ?? receivedAt } as Telemetry | DeviceEvent, problem };
}

/** The first problem, which says how many more there are. */
function summary([first, ...more]: readonly Problem[]): Problem | undefined {
  if (first === undefined || more.length === 0) return first;
  const { code, message, path } = first;
  return { code, message: `${message} (and ${more.length} more)`, ...(path === undefined ? {} : { path }) };
}

function placed({ code, message, path = "" }: Problem, place: string): Problem {
  const at = [place, path].filter(Boolean).join(" ");
  return { code, message, ...(at === "" ? {} : { path: at }) };
}
