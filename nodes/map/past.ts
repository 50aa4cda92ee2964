import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import { HISTORY_FILES, HISTORY_FORMATS, historyText } from "../../src/fleet/history-requests";
import { DAY_MS } from "../../src/history/chunks";
import type { RecordsQuery, Span } from "../../src/history/port";
import type { HistoryRecord } from "../../src/history/record";
import type { MapDevice } from "../../src/map/feed";
import { stopsOf } from "../../src/map/stops";
import { AHEAD_MS } from "../../src/map/trails";
import type { DeviceSeries, TrailAnswer } from "../../src/map/wire";
import type { RawEvent } from "../../src/model/events";
import { findTerm } from "../../src/model/vocabulary";
import { eventLabel } from "../../src/protocols/event-label";
import type { ShareLink } from "../../src/shares/share-link";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";
import { isForEverybody, type Language } from "./answers";
import { sendJson } from "./files";
import type { PageSource } from "./page-source";
import { showsValue } from "./settings";

/** What a vehicle's way can be saved as. */
export const EXPORT_FORMATS = HISTORY_FORMATS.filter((format) => format !== "records");
/** Pieces of time of a chart. */
const POINTS = 1000;
const SPEED = "speed";

/** Where a device was, with its stops and events. */
export async function sendTrail(
  source: PageSource,
  { imei }: MapDevice,
  request: Request,
  response: Response,
  language: Language,
): Promise<void> {
  const { trails } = source;
  const span = spanOf(source, request);
  const [fixes, events] = await Promise.all([
    trails.read(imei, span.from, span.to),
    trails.events(imei, span),
  ]);
  const answer: TrailAnswer = {
    ...span,
    time: fixes.map(({ time }) => time),
    latitude: fixes.map(({ latitude }) => latitude),
    longitude: fixes.map(({ longitude }) => longitude),
    speed: fixes.map(({ speed }) => speed),
    course: fixes.map(({ course }) => course),
    stops: stopsOf(fixes).map(({ from, to, latitude, longitude }) => [from, to, latitude, longitude]),
    events: events.flatMap(({ time, event }) => {
      // The device's own words may name a driver.
      const { type, raw, severity } = event;
      const label = eventLabel(source.link === undefined ? event : { type, raw: withoutText(raw) }, language);
      return label === undefined ? [] : [{ time, label, severity }];
    }),
  };
  await sendJson(request, response, answer);
}

/** How a value of a device went, by its key; the speed without one. */
export async function sendSeries(
  source: PageSource,
  { imei }: MapDevice,
  request: Request,
  response: Response,
): Promise<void> {
  const { key = SPEED } = request.query;
  const history = source.fleet()?.history.asked;
  if (typeof key !== "string" || history === undefined || !mayChart(source, key)) {
    response.status(404).json({ code: "VALUE_UNKNOWN", message: "this map shows no such value" });
    return;
  }
  const term = findTerm(key);
  const path = key === SPEED ? "position.speed" : `${term === undefined ? "sensors" : "attributes"}.${key}`;
  const { times, least, most } = await history.series({
    imei,
    path,
    points: POINTS,
    ...spanOf(source, request),
  });
  const answer: DeviceSeries = {
    unit: key === SPEED ? "km/h" : (term?.unit ?? ""),
    time: [...times],
    least: [...least],
    most: [...most],
  };
  await sendJson(request, response, answer);
}

/** A device's way as a file, piece by piece, as fast as the asker takes it. */
export async function sendExport(
  source: PageSource,
  { imei, name, plate }: MapDevice,
  request: Request,
  response: Response,
): Promise<void> {
  const format = EXPORT_FORMATS.find((one) => one === request.query.format);
  const fleet = source.fleet();
  if (format === undefined || fleet === undefined) {
    const message = `a way is saved as one of ${EXPORT_FORMATS.join(", ")}`;
    response.status(404).json({ code: "FORMAT_UNKNOWN", message });
    return;
  }
  const query: RecordsQuery = { imei, ...spanOf(source, request) };
  const title = name || plate || (source.link === undefined ? imei : "vehicle");
  const records = shownOnly(fleet.history.asked.records(query), source);
  // What has no name there is called as what is asked for.
  const pieces = historyText(format, records, { ...query, imei: title }, { fleet, tools: REGISTRY_TOOLS });
  const [type, ending] = HISTORY_FILES[format];
  response.attachment(`${title}.${ending}`).set("Content-Type", type);
  // Where it fails in the middle, the connection is cut, so that nobody takes a part for the whole.
  await pipeline(Readable.from(pieces), response).catch(() => response.destroy());
}

function mayChart({ options, link }: PageSource, key: string): boolean {
  return key === SPEED || (showsValue(options, key) && (link === undefined || isForEverybody(key)));
}

function withoutText({ function: called, code }: RawEvent = {}): RawEvent {
  return { ...(called !== undefined && { function: called }), ...(code !== undefined && { code }) };
}

/** What of the records the map shows: where not all values are to be seen, the positions alone. */
async function* shownOnly(
  pages: AsyncIterable<readonly HistoryRecord[]>,
  { options, link }: PageSource,
): AsyncGenerator<readonly HistoryRecord[]> {
  const hasAll = options.values && options.popup === "" && link === undefined;
  for await (const records of pages)
    yield hasAll ? records : records.flatMap((record) => placeOf(record, link));
}

function placeOf(record: HistoryRecord, link: ShareLink | undefined): HistoryRecord[] {
  const { time, protocol, position } = record;
  if (position === undefined) return [];
  const imei = link === undefined ? record.imei : "";
  return [{ schema: 1, kind: "telemetry", protocol, imei, time, position, attributes: {}, sensors: {} }];
}

/** The time that is asked for, as far as the map may tell; the last day where nothing is said. */
function spanOf({ since }: PageSource, { query }: Request): Span {
  const timeOf = (text: unknown) => (/^\d{1,15}$/.test(String(text)) ? Number(text) : undefined);
  const to = Math.min(timeOf(query.to) ?? Number.POSITIVE_INFINITY, Date.now() + AHEAD_MS);
  const from = Math.max(timeOf(query.from) ?? to - DAY_MS, since());
  // What lies before that is not told by asking for its end either.
  return { from, to: Math.max(from, to) };
}
