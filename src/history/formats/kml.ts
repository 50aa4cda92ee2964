import { isoTime, type Pages } from "./geojson";
import { type TimedFix, Ways } from "./ways";
import { decimal, eastOf, escaped } from "./xml";

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document>`;

/**
 * A track of the records with a valid position, piece by piece, in as many parts as there are stretches without a gap.
 * Source: KML 2.2, https://www.ogc.org/standard/kml/, with the gx:Track of
 * https://developers.google.com/kml/documentation/kmlreference#gxtrack.
 */
export async function* kml(pages: Pages, name: string): AsyncGenerator<string> {
  const title = `<name>${escaped(name)}</name>`;
  yield `${HEAD}${title}\n<Placemark>${title}<gx:MultiTrack>\n`;
  const ways = new Ways();
  let last: TimedFix | undefined;
  for await (const records of pages) {
    let text = "";
    // A track has all its times before all its places: a part goes on in the next page with the point it ended at.
    const fixes: TimedFix[] = [];
    for (const { fix, isCut } of ways.of(records)) {
      if (isCut) text += trackOf(fixes.splice(0));
      else if (fixes.length === 0 && last !== undefined) fixes.push(last);
      fixes.push(fix);
      last = fix;
    }
    text += trackOf(fixes);
    if (text !== "") yield text;
  }
  yield "</gx:MultiTrack></Placemark>\n</Document>\n</kml>\n";
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
