import { unknownDevice } from "../devices/devices";
import { isObject } from "../devices/fields";
import { TrackerError } from "../errors";
import { csv } from "../history/formats/csv";
import { geoJson, type Pages } from "../history/formats/geojson";
import { gpx } from "../history/formats/gpx";
import type { Overview, RecordsQuery } from "../history/port";
import { readRecordsQuery } from "../history/read-query";
import type { HistoryRecord } from "../history/record";
import { choiceOf, readHeardImei, wholeNumber } from "./read-request";
import type { RequestContext } from "./request-context";

/** Records of one answer: unless asked otherwise, and at most. Longer times are asked for part by part. */
const LIMIT = 10_000;
const MOST_LIMIT = 100_000;
/** Points of a track, likewise. */
const POINTS = 1000;
const MOST_POINTS = 20_000;

export const HISTORY_FORMATS = ["records", "geojson", "gpx", "csv"] as const;
export type HistoryFormat = (typeof HISTORY_FORMATS)[number];
/** Content type and ending of a file's name, by format. */
export const HISTORY_FILES: Readonly<Record<HistoryFormat, readonly [type: string, ending: string]>> = {
  records: ["application/json", "json"],
  geojson: ["application/geo+json", "geojson"],
  gpx: ["application/gpx+xml", "gpx"],
  csv: ["text/csv; charset=utf-8", "csv"],
};

/** A device's records of a time: `{imei, from, to, records}`, with `next` where there are more; GeoJSON; GPX or CSV text. */
export async function history(payload: unknown, context: RequestContext): Promise<unknown> {
  const { limit, format, ...asked } = fieldsOf(payload);
  const most = wholeNumber("limit", limit, LIMIT, MOST_LIMIT);
  const wanted = choiceOf("format", format, HISTORY_FORMATS);
  const query = await readQuery(asked, context);
  const { records, next } = await firstRecords(query, most, context);
  if (wanted !== "records") {
    if (next !== undefined) throw tooMany(most);
    return answerIn(wanted, records, query, context);
  }
  const { imei, from, to } = query;
  return { imei, from, to, records, ...(next === undefined ? {} : { next }) };
}

/** A device's way in about so many points, those that tell most of it: `{imei, from, to, points}`, or in a format. */
export async function track(payload: unknown, context: RequestContext): Promise<unknown> {
  const { points, format, imei, from, to, ...others } = fieldsOf(payload);
  const most = wholeNumber("points", points, POINTS, MOST_POINTS);
  const wanted = choiceOf("format", format, HISTORY_FORMATS);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const message = "a track has imei, from, to, points, format";
    throw new TrackerError({ code: "QUERY_INVALID", path: unknown, message });
  }
  const query = await readQuery({ imei, from, to }, context);
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

/** What a query asks for, as its text in a format, piece by piece; `records` as a JSON list. */
export function historyText(
  format: HistoryFormat,
  pages: Pages,
  { imei, paths = [] }: RecordsQuery,
  { fleet, tools }: Pick<RequestContext, "fleet" | "tools">,
): AsyncGenerator<string> {
  if (format === "geojson") return geoJson(pages);
  if (format === "gpx") return gpx(pages, fleet.devices.get(imei)?.name || imei);
  if (format === "csv") return csv(pages, paths, tools);
  return jsonList(pages);
}

/** Reads `{imei, from, to, paths, where, every}`. Rejects with `QUERY_INVALID`, `IMEI_*`, `DEVICE_UNKNOWN`. */
export async function readQuery(
  asked: Readonly<Record<string, unknown>>,
  { fleet }: Pick<RequestContext, "fleet">,
): Promise<RecordsQuery> {
  const imei = readHeardImei(asked.imei, fleet);
  const query = readRecordsQuery({ ...asked, imei }, fleet.clock.wall());
  // History that was kept of a device that was removed is there, too.
  const isKnown =
    fleet.devices.get(imei) !== undefined || (await fleet.history.asked.extent(imei)) !== undefined;
  if (!isKnown) throw unknownDevice(imei);
  return query;
}

function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
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
