import { isoTime, type Pages } from "./geojson";
import { type TimedFix, Ways } from "./ways";
import { decimal, eastOf, escaped } from "./xml";

const KMH_PER_MS = 3.6;

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="node-red-trackers" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">`;

/**
 * A track of the records with a valid position, piece by piece; speed and course as Garmin's TrackPointExtension has them.
 * Source: GPX 1.1, https://www.topografix.com/GPX/1/1/.
 */
export async function* gpx(pages: Pages, name: string): AsyncGenerator<string> {
  yield `${HEAD}\n<trk><name>${escaped(name)}</name>\n`;
  const ways = new Ways();
  for await (const records of pages) {
    let text = "";
    for (const { fix, isCut, isFirst } of ways.of(records)) {
      if (isCut) text += isFirst ? "<trkseg>\n" : "</trkseg>\n<trkseg>\n";
      text += pointOf(fix);
    }
    if (text !== "") yield text;
  }
  yield `${ways.isEmpty ? "" : "</trkseg>\n"}</trk>\n</gpx>\n`;
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
