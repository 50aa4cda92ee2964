import { unknownDevice } from "../../src/devices/devices";
import { isObject } from "../../src/devices/fields";
import { TrackerError } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import { calendarOf } from "../../src/fleet/history-requests";
import { choiceOf, readHeardImei } from "../../src/fleet/read-request";
import { readRecordsQuery } from "../../src/history/read-query";
import { LOOK_BACK_MS } from "../../src/trips/device-trips";
import { Fold } from "../../src/trips/fold";
import {
  logbook,
  REPORT_FORMATS,
  type ReportLanguage,
  type ReportTrip,
  reportOf,
  reportRows,
} from "../../src/trips/report";
import { insertSample, sampleOf, type TripSample } from "../../src/trips/sample";
import { type ScoreSettings, scoreOf } from "../../src/trips/score";
import type { TripSettings } from "../../src/trips/settings";
import { placeNamer } from "../runtime/place-names";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";
import { withPlaces } from "./messages";

/** What a report is made with. */
export interface ReportContext {
  readonly fleet: Fleet;
  /** Id of the node, whose trips they are. */
  readonly node: string;
  readonly settings: TripSettings;
  readonly score: ScoreSettings;
}

const FIELDS = ["imei", "group", "driver", "from", "to", "day", "format", "language", "timeZone"];

/**
 * The trips of a device, a group, a driver or all that began in a time: a report, CSV, or a page to print. Rejects with
 * `QUERY_INVALID`, `FIELD_VALUE`, `IMEI_*`, `DEVICE_UNKNOWN`, `STORE_*`.
 */
export async function answerTrips(payload: unknown, context: ReportContext): Promise<unknown> {
  const asked = readAsked(payload, context);
  const trips: ReportTrip[] = [];
  for (const imei of asked.imeis) trips.push(...(await tripsOf(imei, asked, context)));
  const wanted = asked.driver === undefined ? trips : trips.filter(({ driver }) => driver === asked.driver);
  const report = reportOf(asked.from, asked.to, wanted, context.score);
  if (asked.format === "csv") return REGISTRY_TOOLS.writeCsv(reportRows(report));
  if (asked.format === "html") return page(() => logbook(report, asked.language, asked.timeZone));
  return report;
}

function page(make: () => string): string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = "timeZone is a time zone such as Europe/Berlin";
    throw new TrackerError({ code: "FIELD_VALUE", path: "timeZone", message });
  }
}

function readAsked(payload: unknown, { fleet }: ReportContext) {
  const given = isObject(payload)
    ? payload
    : payload === undefined || payload === ""
      ? {}
      : { imei: payload };
  const unknown = Object.keys(given).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) {
    const message = `trips can be asked for by ${FIELDS.join(", ")}`;
    throw new TrackerError({ code: "QUERY_INVALID", path: unknown, message });
  }
  const query = { imei: "any", from: given.from, to: given.to, day: given.day };
  const { from, to } = readRecordsQuery(query, calendarOf(fleet));
  return {
    from,
    to,
    imeis: imeisOf(given, fleet),
    driver: textOf("driver", given.driver),
    format: choiceOf("format", given.format, REPORT_FORMATS),
    language: choiceOf("language", given.language, ["en", "de"]),
    timeZone: textOf("timeZone", given.timeZone) ?? fleet.days.timeZone,
  };
}

function imeisOf({ imei, group }: Readonly<Record<string, unknown>>, fleet: Fleet): string[] {
  if (imei !== undefined) {
    const heard = readHeardImei(imei, fleet);
    if (fleet.devices.get(heard) === undefined) throw unknownDevice(heard);
    return [heard];
  }
  const wanted = textOf("group", group);
  return [...fleet.devices.all()]
    .filter((device) => wanted === undefined || device.group === wanted)
    .map((device) => device.imei);
}

function textOf(path: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value || undefined;
  throw new TrackerError({ code: "FIELD_VALUE", path, message: `${path} is a text` });
}

async function tripsOf(
  imei: string,
  { from, to, language }: { readonly from: number; readonly to: number; readonly language: ReportLanguage },
  { fleet, node, settings, score }: ReportContext,
): Promise<ReportTrip[]> {
  const saved = fleet.trips.get(imei, node);
  const boundary = saved?.boundaries.findLast(({ stand }) => stand.start <= from);
  const samples: TripSample[] = [];
  const since = boundary?.sample.time ?? from - LOOK_BACK_MS;
  for await (const records of fleet.history.asked.records({ imei, from: since, to: to + LOOK_BACK_MS })) {
    for (const record of records) insertSample(samples, sampleOf(record));
  }
  const fold = new Fold(settings, boundary);
  for (const sample of samples) if (sample.time > (boundary?.sample.time ?? 0)) fold.take(sample);
  const { name = "", vehicle, driver = "" } = fleet.devices.get(imei) ?? {};
  const named = placeNamer(fleet, imei, language);
  const ids = new Map(saved?.told.trip?.map(({ start, id }) => [start, id]));
  return fold
    .intervals(fleet.clock.wall())
    .filter(
      ({ kind, start }) => (kind === "trip" || kind === "carried") && start.time >= from && start.time <= to,
    )
    .map((trip) => {
      const id = ids.get(trip.start.time);
      return {
        ...(id !== undefined && { id: `${imei}-${id}` }),
        imei,
        name,
        plate: vehicle?.plate ?? "",
        driver: trip.driver ?? driver,
        trip: withPlaces(trip, named),
        score: scoreOf([trip], score),
      };
    });
}
