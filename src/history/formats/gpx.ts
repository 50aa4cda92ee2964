import type { HistoryRecord } from "../record";
import { fixOf, isoTime, type Pages } from "./geojson";

/** After a gap the way in between is not known, so no line is drawn over it. */
const GAP_MS = 600_000;
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
  let last: number | undefined;
  for await (const records of pages) {
    let text = "";
    for (const record of records) {
      const point = pointOf(record);
      if (point === undefined) continue;
      if (last === undefined) text += "<trkseg>\n";
      else if (record.time - last > GAP_MS) text += "</trkseg>\n<trkseg>\n";
      text += point;
      last = record.time;
    }
    if (text !== "") yield text;
  }
  yield `${last === undefined ? "" : "</trkseg>\n"}</trk>\n</gpx>\n`;
}

function pointOf(record: HistoryRecord): string | undefined {
  const fix = fixOf(record);
  if (fix === undefined) return undefined;
  const { latitude, longitude, altitude, speed, course } = fix;
  const elevation = altitude === undefined ? "" : `<ele>${altitude}</ele>`;
  const parts = [
    speed === undefined ? "" : `<gpxtpx:speed>${(speed / KMH_PER_MS).toFixed(2)}</gpxtpx:speed>`,
    course === undefined ? "" : `<gpxtpx:course>${course}</gpxtpx:course>`,
  ].join("");
  const extension =
    parts === ""
      ? ""
      : `<extensions><gpxtpx:TrackPointExtension>${parts}</gpxtpx:TrackPointExtension></extensions>`;
  return `<trkpt lat="${latitude}" lon="${longitude}">${elevation}<time>${isoTime(record.time)}</time>${extension}</trkpt>\n`;
}

/** Characters that XML 1.0 cannot have are left out. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  const possible = [...text].filter((character) =>
    /[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(character),
  );
  return possible.map((character) => entities[character] ?? character).join("");
}
