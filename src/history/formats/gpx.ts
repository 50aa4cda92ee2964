import type { HistoryRecord } from "../record";
import { isoTime, type Pages } from "./geojson";
import { type TimedFix, Ways } from "./ways";
import { type PlaceMark, type Writer, written } from "./writer";
import { decimal, eastOf, escaped } from "./xml";

const KMH_PER_MS = 3.6;

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="node-red-trackers" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">`;
const TAIL = "\n</gpx>\n";

/**
 * A track of the records with a valid position, piece by piece; speed and course as Garmin's TrackPointExtension has them.
 * Source: GPX 1.1, https://www.topografix.com/GPX/1/1/.
 */
export function gpx(pages: Pages, name: string): AsyncGenerator<string> {
  return written(HEAD, new GpxTrack(name), pages, TAIL);
}

/** A document of marks, and of a track for each device that has records. */
export function gpxOf(marks: readonly PlaceMark[], tracks: readonly string[]): string {
  return [HEAD, ...marks.map(markOf), ...tracks].join("\n") + TAIL;
}

export class GpxTrack implements Writer {
  private readonly ways = new Ways();

  constructor(private readonly name: string) {}

  begin(): string {
    return `\n<trk><name>${escaped(this.name)}</name>\n`;
  }

  page(records: readonly HistoryRecord[]): string {
    let text = "";
    for (const { fix, isCut, isFirst } of this.ways.of(records)) {
      if (isCut) text += isFirst ? "<trkseg>\n" : "</trkseg>\n<trkseg>\n";
      text += pointOf(fix);
    }
    return text;
  }

  end(): string {
    return `${this.ways.isEmpty ? "" : "</trkseg>\n"}</trk>`;
  }
}

function markOf({ name, text, latitude, longitude, time }: PlaceMark): string {
  const said = `<name>${escaped(name)}</name><desc>${escaped(text)}</desc>`;
  return `<wpt lat="${decimal(latitude)}" lon="${eastOf(longitude)}"><time>${isoTime(time)}</time>${said}</wpt>`;
}

function pointOf({ latitude, longitude, altitude, speed, course, time }: TimedFix): string {
  const elevation = altitude === undefined ? "" : `<ele>${decimal(altitude)}</ele>`;
  const parts = [
    speed === undefined ? "" : `<gpxtpx:speed>${(speed / KMH_PER_MS).toFixed(2)}</gpxtpx:speed>`,
    course === undefined ? "" : `<gpxtpx:course>${decimal(course)}</gpxtpx:course>`,
  ].join("");
  const extension =
    parts === ""
      ? ""
      : `<extensions><gpxtpx:TrackPointExtension>${parts}</gpxtpx:TrackPointExtension></extensions>`;
  return `<trkpt lat="${decimal(latitude)}" lon="${eastOf(longitude)}">${elevation}<time>${isoTime(time)}</time>${extension}</trkpt>\n`;
}
