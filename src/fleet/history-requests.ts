import { unknownDevice } from "../devices/devices";
import { isObject } from "../devices/fields";
import { TrackerError } from "../errors";
import { CSV_COLUMNS, csv } from "../history/formats/csv";
import { geoJson, type Pages } from "../history/formats/geojson";
import { gpx } from "../history/formats/gpx";
import { kml } from "../history/formats/kml";
import type { Overview, RecordsQuery } from "../history/port";
import { type Calendar, readRecordsQuery } from "../history/read-query";
import type { HistoryRecord } from "../history/record";
import { AnswerParts } from "./answer-parts";
import type { Fleet } from "./fleet";
import { choiceOf, readHeardImei, wholeNumber, yesOrNo } from "./read-request";
import type { RequestContext } from "./request-context";

/** Records of one answer: unless asked otherwise, and at most. Longer times are asked for part by part. */
const LIMIT = 10_000;
const MOST_LIMIT = 100_000;
/** Points of a track, likewise. */
const POINTS = 1000;
const MOST_POINTS = 20_000;

export const HISTORY_FORMATS = ["records", "geojson", "gpx", "kml", "csv"] as const;
export type HistoryFormat = (typeof HISTORY_FORMATS)[number];
/** Content type and ending of a file's name, by format. */
export const HISTORY_FILES: Readonly<Record<HistoryFormat, readonly [type: string, ending: string]>> = {
  records: ["application/json", "json"],
  geojson: ["application/geo+json", "geojson"],
  gpx: ["application/gpx+xml", "gpx"],
  kml: ["application/vnd.google-earth.kml+xml", "kml"],
  csv: ["text/csv; charset=utf-8", "csv"],
};

/**
 * A device's records of a time: `{imei, from, to, records}`, with `next` where there are more; GeoJSON; GPX, KML or CSV
 * text. With `last` its last ones, whenever they were; with `stream` all of them in parts.
 */
export async function history(payload: unknown, context: RequestContext): Promise<unknown> {
  const { limit, format, last, stream, ...asked } = fieldsOf(payload);
  if (last !== undefined) return lastRecords(last, format, asked, context);
  if (yesOrNo("stream", stream)) return inParts(format, await readQuery(asked, context), context);
  const most = wholeNumber("limit", limit, LIMIT, MOST_LIMIT);
  const wanted = choiceOf("format", format, HISTORY_FORMATS);
  const query = await readQuery(asked, context);
  const { records, next } = await firstRecords(queryFor(wanted, query), most, context);
  if (wanted !== "records") {
    if (next !== undefined) throw tooMany(most);
    return answerIn(wanted, records, query, context);
  }
  const { imei, from, to } = query;
  return { imei, from, to, records, ...(next === undefined ? {} : { next }) };
}

async function lastRecords(
  last: unknown,
  format: unknown,
  asked: Readonly<Record<string, unknown>>,
  context: RequestContext,
): Promise<unknown> {
  const count = wholeNumber("last", last, LIMIT, MOST_LIMIT);
  const wanted = choiceOf("format", format, HISTORY_FORMATS);
  const { imei, paths: chosen, ...others } = asked;
  refuseOthers(others, "the last records are asked for by imei, last, paths, format");
  const query = await readQuery({ imei, ...(chosen !== undefined && { paths: chosen }) }, context);
  const { paths } = queryFor(wanted, query);
  const records = await context.fleet.history.asked.last({
    imei: query.imei,
    count,
    ...(paths !== undefined && { paths }),
  });
  return wanted === "records" ? { imei: query.imei, records } : answerIn(wanted, records, query, context);
}

/** Pages of records, or pieces of a text, each with how far the answer has come. */
function inParts(format: unknown, query: RecordsQuery, context: RequestContext): AnswerParts {
  const wanted = choiceOf("format", format, HISTORY_FORMATS);
  let progress = 0;
  const pages = context.fleet.history.asked.records(queryFor(wanted, query), (share) => {
    progress = share;
  });
  const payloads = wanted === "records" ? pages : historyText(wanted, pages, query, context);
  return new AnswerParts(wanted === "records" ? "array" : "string", payloads, () => progress);
}

/** A device's way in about so many points, those that tell most of it: `{imei, from, to, points}`, or in a format. */
export async function track(payload: unknown, context: RequestContext): Promise<unknown> {
  const { points, format, imei, day, from, to, ...others } = fieldsOf(payload);
  const most = wholeNumber("points", points, POINTS, MOST_POINTS);
  const wanted = choiceOf("format", format, HISTORY_FORMATS);
  refuseOthers(others, "a track has imei, day, from, to, points, format");
  const query = await readQuery({ imei, day, from, to }, context);
  const way = pointsOf(await context.fleet.history.asked.overview({ ...query, points: most }));
  if (wanted === "records") return { imei: query.imei, from: query.from, to: query.to, points: way };
  const records = way.map(({ time, latitude, longitude }): HistoryRecord => {
    const position = { valid: true, latitude, longitude };
    const about = { schema: 1, kind: "telemetry", protocol: "", attributes: {}, sensors: {} } as const;
    return { ...about, imei: query.imei, time, position };
  });
  return answerIn(wanted, records, query, context);
}

/** Deletes a device's history, also that of one that is not registered any more; the device stays. */
export async function removeHistory(payload: unknown, { fleet }: RequestContext): Promise<unknown> {
  const imei = readHeardImei(isObject(payload) ? payload.imei : payload, fleet);
  if (await fleet.history.remove([imei])) return { imei };
  throw new TrackerError(
    fleet.history.problem ?? { code: "STORE_FAILED", message: "history could not be deleted yet" },
  );
}

/** What has to be read for a format: a file has places and times, whatever values are asked for. */
export function queryFor(format: HistoryFormat, query: RecordsQuery): RecordsQuery {
  const { paths } = query;
  if (format === "records" || paths === undefined) return query;
  return { ...query, paths: [...CSV_COLUMNS, ...paths] };
}

/** What a query asks for, as its text in a format, piece by piece; `records` as a JSON list. */
export function historyText(
  format: HistoryFormat,
  pages: Pages,
  { imei, paths = [] }: RecordsQuery,
  { fleet, tools }: Pick<RequestContext, "fleet" | "tools">,
): AsyncGenerator<string> {
  if (format === "geojson") return geoJson(pages);
  const name = fleet.devices.get(imei)?.name || imei;
  if (format === "gpx") return gpx(pages, name);
  if (format === "kml") return kml(pages, name);
  if (format === "csv") return csv(pages, paths, tools);
  return jsonList(pages);
}

/** Reads `{imei, day, from, to, paths, where, every}`. Rejects with `QUERY_INVALID`, `IMEI_*`, `DEVICE_UNKNOWN`. */
export async function readQuery(
  asked: Readonly<Record<string, unknown>>,
  { fleet }: Pick<RequestContext, "fleet">,
): Promise<RecordsQuery> {
  const imei = readHeardImei(asked.imei, fleet);
  const query = readRecordsQuery({ ...asked, imei }, calendarOf(fleet));
  // History that was kept of a device that was removed is there, too.
  const isKnown =
    fleet.devices.get(imei) !== undefined || (await fleet.history.asked.extent(imei)) !== undefined;
  if (!isKnown) throw unknownDevice(imei);
  return query;
}

export const calendarOf = ({ clock, days }: Fleet): Calendar => ({ now: clock.wall(), days });

/** Throws `QUERY_INVALID` where there is a field that nothing reads. */
export function refuseOthers(others: object, message: string): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TrackerError({ code: "QUERY_INVALID", path: unknown, message });
}

export function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  return isObject(payload) ? payload : { imei: payload };
}

/** `next` is the time from which on there are more. Records of one time are not parted. */
async function firstRecords(
  query: RecordsQuery,
  most: number,
  { fleet }: RequestContext,
): Promise<{ records: readonly HistoryRecord[]; next?: number }> {
  const records: HistoryRecord[] = [];
  for await (const page of fleet.history.asked.records(query)) {
    for (const record of page) records.push(record);
    const next = records[most]?.time;
    if (next === undefined || next === records[0]?.time) continue;
    return { records: records.slice(0, most).filter(({ time }) => time < next), next };
  }
  return { records };
}

async function answerIn(
  format: HistoryFormat,
  records: readonly HistoryRecord[],
  query: RecordsQuery,
  context: RequestContext,
): Promise<unknown> {
  let text = "";
  for await (const piece of historyText(format, onePage(records), query, context)) text += piece;
  return format === "geojson" ? JSON.parse(text) : text;
}

async function* onePage(records: readonly HistoryRecord[]): AsyncGenerator<readonly HistoryRecord[]> {
  yield records;
}

async function* jsonList(pages: Pages): AsyncGenerator<string> {
  let separator = "[";
  for await (const records of pages) {
    let text = "";
    for (const record of records) {
      text += `${separator}\n${JSON.stringify(record)}`;
      separator = ",";
    }
    if (text !== "") yield text;
  }
  yield separator === "[" ? "[]\n" : "\n]\n";
}

function pointsOf({ times, latitudes, longitudes }: Overview) {
  return Array.from(times, (time, at) => ({
    time,
    latitude: latitudes[at] as number,
    longitude: longitudes[at] as number,
  }));
}

function tooMany(most: number): TrackerError {
  const message = `there are more than ${most} records; ask for a shorter time, with every, or with a larger limit (up to ${MOST_LIMIT})`;
  return new TrackerError({ code: "QUERY_TOO_LARGE", path: "limit", message });
}
