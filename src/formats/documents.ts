import { CsvTable, type CsvTool } from "../history/formats/csv";
import { fixOf } from "../history/formats/geojson";
import { GpxTrack, gpxOf } from "../history/formats/gpx";
import { KmlTrack, kmlOf } from "../history/formats/kml";
import { type PlaceMark, type Writer, writtenAtOnce } from "../history/formats/writer";
import type { HistoryRecord } from "../history/record";
import { EVENT_TYPES } from "../model/events";
import { VOCABULARY } from "../model/vocabulary";
import {
  type Format,
  type FormatSubject,
  isRevised,
  isStatus,
  type LeftOut,
  type Made,
  type Names,
  nothing,
  type Outgoing,
  type TellableRecord,
} from "./format";
import {
  alarmFacts,
  type FoundFacts,
  INTERVAL_LABELS,
  intervalFacts,
  isAlarm,
  isFound,
  isInterval,
  placeOfFound,
  type TellableAlarm,
  type TellableInterval,
} from "./found";

/** A document of one message: its records, and what was found out of them. */
type MakeDocument = (subjects: readonly FormatSubject[], tool: CsvTool) => Made;

const file = (payload: string, type: string, ending: string): Outgoing => ({
  payload,
  headers: { "Content-Type": type },
  filename: `trackers.${ending}`,
});

const EVERYTHING: Names = { named: {}, elsewhere: [], others: (key) => key };
/** Tracks are of places and times: the values between them have no place there. */
const PLACES_ALONE: Names = {
  named: {},
  elsewhere: [],
  without: VOCABULARY.map(({ key }) => key),
  others: "leftOut",
};

function documentFormat(id: string, names: Names, document: MakeDocument): Format {
  // A document is made of a whole message, by the node: one subject alone is a message of one.
  const alone = (): never => {
    throw new Error(`${id} makes documents`);
  };
  return { id, settings: {}, names, make: alone, interval: alone, alarm: alone, document };
}

/** A GPX 1.1 document: a track for each device, waypoints for events, trips and alarms. */
export const GPX: Format = documentFormat("gpx", PLACES_ALONE, (subjects) =>
  drawn(subjects, (marks, tracks) =>
    file(
      gpxOf(
        marks,
        tracks(([name]) => new GpxTrack(name)),
      ),
      "application/gpx+xml",
      "gpx",
    ),
  ),
);

/** A KML 2.2 document: the same as tracks and placemarks. */
export const KML: Format = documentFormat("kml", PLACES_ALONE, (subjects) =>
  drawn(subjects, (marks, tracks) =>
    file(
      kmlOf(
        "trackers",
        marks,
        tracks(([name]) => new KmlTrack(name)),
      ),
      "application/vnd.google-earth.kml+xml",
      "kml",
    ),
  ),
);

/** A table with a line for each record, trip, stop and alarm, and a column for each value that one of them has. */
export const CSV: Format = documentFormat("csv", EVERYTHING, (subjects, tool) => {
  const rows = subjects.filter(isWanted).map(rowOf);
  const leftOut = subjects.flatMap((subject) => refusedOf(subject));
  if (rows.length === 0) return { messages: [], leftOut };
  const paths = new Set(["imei", "name"]);
  for (const row of rows)
    for (const part of ["event", "attributes", "sensors", "trip", "alarm"] as const)
      for (const key of Object.keys(row[part] ?? {})) paths.add(`${part}.${key}`);
  const text = writtenAtOnce(new CsvTable([...paths], tool), rows as never[]);
  return { messages: [file(text, "text/csv; charset=utf-8", "csv")], leftOut };
});

type Row = Readonly<Record<"event" | "attributes" | "sensors" | "trip" | "alarm", object | undefined>>;

function rowOf({ record, device }: FormatSubject): Row {
  const { imei } = record;
  const about = { imei, name: device?.name ?? "" };
  const none = {
    event: undefined,
    attributes: undefined,
    sensors: undefined,
    trip: undefined,
    alarm: undefined,
  };
  if (isAlarm(record))
    return {
      ...none,
      ...about,
      ...atMoment(record.time, "alarm", record.position),
      alarm: alarmFacts(record),
    };
  if (isInterval(record)) {
    const { kind, start } = record;
    return { ...none, ...about, ...atMoment(start.time, kind, start), trip: intervalFacts(record) };
  }
  return { ...none, ...record, ...about } as object as Row;
}

function atMoment(time: number, kind: string, place: Parameters<typeof placeOfFound>[0]): object {
  const where = placeOfFound(place);
  return { time, kind, ...(where && { position: { valid: true, ...where } }) };
}

function isWanted(subject: FormatSubject): boolean {
  return refusedOf(subject).length === 0;
}

/** Why nothing of a subject can stand in a document. */
function refusedOf({ record }: FormatSubject): readonly LeftOut[] {
  if (isStatus(record)) return nothing("kind").leftOut;
  return isRevised(record, "deleted")
    ? nothing("takenBack", isInterval(record) ? record.kind : "").leftOut
    : [];
}

type Tracks = (
  writer: (track: readonly [name: string, records: readonly HistoryRecord[]]) => Writer,
) => string[];

/** What can be drawn of subjects: places of records as tracks, all else as marks. */
function drawn(
  subjects: readonly FormatSubject[],
  document: (marks: readonly PlaceMark[], tracks: Tracks) => Outgoing,
): Made {
  const leftOut: LeftOut[] = subjects.flatMap(refusedOf);
  const marks: PlaceMark[] = [];
  const tracks = new Map<string, [name: string, records: TellableRecord[]]>();
  for (const { record, device } of subjects.filter(isWanted)) {
    const name = device?.name || record.imei;
    const own = marksOf(record, name);
    marks.push(...own);
    if (isDrawnAsTrack(record)) {
      const track = tracks.get(record.imei) ?? [name, []];
      track[1].push(record);
      tracks.set(record.imei, track);
    }
    leftOut.push(...undrawnOf(record, own));
  }
  if (marks.length === 0 && tracks.size === 0) return { messages: [], leftOut };
  const made = document(marks, (writer) =>
    [...tracks.values()].map((track) =>
      writtenAtOnce(
        writer(track),
        track[1].toSorted((a, b) => a.time - b.time),
      ),
    ),
  );
  return { messages: [made], leftOut };
}

function undrawnOf(record: FormatSubject["record"], marks: readonly PlaceMark[]): LeftOut[] {
  if (isFound(record)) return marks.length > 0 ? [] : [{ path: record.kind, why: "noPosition" }];
  if (!isDrawnAsTrack(record)) return [{ path: "", why: "noPosition" }];
  return Object.keys(record.attributes ?? {}).length > 0 ? [{ path: "attributes", why: "noWord" }] : [];
}

function isDrawnAsTrack(record: FormatSubject["record"]): record is TellableRecord {
  return !isFound(record) && !isStatus(record) && fixOf(record) !== undefined;
}

function marksOf(record: FormatSubject["record"], name: string): PlaceMark[] {
  if (isAlarm(record)) return alarmMarks(record, name);
  if (isInterval(record)) return intervalMarks(record, name);
  return isStatus(record) ? [] : eventMarks(record, name);
}

const said = (facts: FoundFacts): string =>
  Object.entries(facts)
    .map(([key, value]) => `${key}: ${value}`)
    .join("; ");

function eventMarks(record: TellableRecord, name: string): PlaceMark[] {
  const fix = fixOf(record);
  if (record.kind !== "event" || fix === undefined) return [];
  const { type, raw: _, ...details } = record.event;
  return [
    {
      ...at(fix),
      time: record.time,
      name: `${name}: ${EVENT_TYPES[type].label.en}`,
      text: said({ type, ...details }),
    },
  ];
}

/** A trip has a mark where it began, and one where it ended; what stands still has one. */
function intervalMarks(interval: TellableInterval, name: string): PlaceMark[] {
  const { kind, start, end, open } = interval;
  const label = `${name}: ${INTERVAL_LABELS[kind]}`;
  const text = said(intervalFacts(interval));
  const moves = kind === "trip" || kind === "carried";
  const moments = [
    [moves ? `${label} begins` : label, start],
    ...(moves && end !== undefined && !open ? [[`${label} ends`, end] as const] : []),
  ] as const;
  return moments.flatMap(([title, moment]) => {
    const place = placeOfFound(moment);
    return place === undefined ? [] : [{ ...place, time: moment.time, name: title, text }];
  });
}

function alarmMarks(alarm: TellableAlarm, name: string): PlaceMark[] {
  const place = placeOfFound(alarm.position);
  if (place === undefined) return [];
  return [{ ...place, time: alarm.begin, name: `${name}: ${alarm.name}`, text: said(alarmFacts(alarm)) }];
}

const at = ({ latitude, longitude }: { latitude: number; longitude: number }) => ({ latitude, longitude });
