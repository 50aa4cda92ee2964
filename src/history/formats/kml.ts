import type { HistoryRecord } from "../record";
import { isoTime, type Pages } from "./geojson";
import { type TimedFix, Ways } from "./ways";
import { type PlaceMark, type Writer, written } from "./writer";
import { decimal, eastOf, escaped } from "./xml";

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document>`;
const TAIL = "</Document>\n</kml>\n";

/**
 * A track of the records with a valid position, piece by piece, in as many parts as there are stretches without a gap.
 * Source: KML 2.2, https://www.ogc.org/standard/kml/, with the gx:Track of
 * https://developers.google.com/kml/documentation/kmlreference#gxtrack.
 */
export function kml(pages: Pages, name: string): AsyncGenerator<string> {
  return written(headOf(name), new KmlTrack(name), pages, TAIL);
}

/** A document of marks, and of a track for each device that has records. */
export function kmlOf(name: string, marks: readonly PlaceMark[], tracks: readonly string[]): string {
  return [headOf(name), ...marks.map(markOf), ...tracks].join("") + TAIL;
}

const headOf = (name: string): string => `${HEAD}${nameOf(name)}\n`;
const nameOf = (name: string): string => `<name>${escaped(name)}</name>`;

export class KmlTrack implements Writer {
  private readonly ways = new Ways();
  private last: TimedFix | undefined;

  constructor(private readonly name: string) {}

  begin(): string {
    return `<Placemark>${nameOf(this.name)}<gx:MultiTrack>\n`;
  }

  page(records: readonly HistoryRecord[]): string {
    let text = "";
    // A track has all its times before all its places: a part goes on in the next page with the point it ended at.
    const fixes: TimedFix[] = [];
    for (const { fix, isCut } of this.ways.of(records)) {
      if (isCut) text += trackOf(fixes.splice(0));
      else if (fixes.length === 0 && this.last !== undefined) fixes.push(this.last);
      fixes.push(fix);
      this.last = fix;
    }
    return text + trackOf(fixes);
  }

  end(): string {
    return "</gx:MultiTrack></Placemark>\n";
  }
}

function markOf({ name, text, latitude, longitude, time }: PlaceMark): string {
  const place = `<Point><coordinates>${eastOf(longitude)},${decimal(latitude)}</coordinates></Point>`;
  const when = `<TimeStamp><when>${isoTime(time)}</when></TimeStamp>`;
  return `<Placemark>${nameOf(name)}<description>${escaped(text)}</description>${when}${place}</Placemark>\n`;
}

function trackOf(fixes: readonly TimedFix[]): string {
  if (fixes.length === 0) return "";
  const times = fixes.map(({ time }) => `<when>${isoTime(time)}</when>`);
  const places = fixes.map(
    ({ latitude, longitude, altitude = 0 }) =>
      `<gx:coord>${eastOf(longitude)} ${decimal(latitude)} ${decimal(altitude)}</gx:coord>`,
  );
  return `<gx:Track>\n${[...times, ...places].join("\n")}\n</gx:Track>\n`;
}
