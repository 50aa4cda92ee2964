import assert from "node:assert/strict";
import { check as checkGeoJsonText } from "@placemarkio/check-geojson";
import Papa from "papaparse";
import { assertXml, type ContentModel, type Texts } from "../../support/xml";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;
const LATITUDE = /^-?(90(\.0+)?|[0-8]?\d(\.\d+)?)$/;
/** Up to, but not including, 180. */
const LONGITUDE = /^(-180(\.0+)?|-?(1[0-7]\d|\d?\d)(\.\d+)?)$/;

/** What may stand in a waypoint or track point, in its order. */
const POINT = ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"];

/** GPX 1.1 (http://www.topografix.com/GPX/1/1/gpx.xsd) and Garmin's TrackPointExtensionv2.xsd, as far as they are used. */
const GPX: ContentModel = {
  gpx: ["metadata", "wpt", "rte", "trk", "extensions"],
  wpt: [...POINT, "extensions"],
  trk: ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
  trkseg: ["trkpt", "extensions"],
  trkpt: [...POINT, "extensions"],
  extensions: ["gpxtpx:TrackPointExtension"],
  "gpxtpx:TrackPointExtension": ["gpxtpx:atemp", "gpxtpx:hr", "gpxtpx:cad", "gpxtpx:speed", "gpxtpx:course"],
};
const GPX_TEXTS: Texts = {
  "gpx@version": /^1\.1$/,
  "gpx@xmlns": /^http:\/\/www\.topografix\.com\/GPX\/1\/1$/,
  "gpx@creator": /./,
  "trkpt@lat": LATITUDE,
  "trkpt@lon": LONGITUDE,
  "wpt@lat": LATITUDE,
  "wpt@lon": LONGITUDE,
  ele: DECIMAL,
  time: TIME,
  "gpxtpx:speed": DECIMAL,
  "gpxtpx:course": DECIMAL,
};

/** KML 2.2 (http://schemas.opengis.net/kml/2.2.0/ogckml22.xsd) and kml22gx.xsd, as far as they are used. */
const KML: ContentModel = {
  kml: ["Document"],
  Document: ["name", "open", "description", "Style", "Placemark"],
  Placemark: ["name", "open", "description", "TimeStamp", "TimeSpan", "styleUrl", "Point", "gx:MultiTrack"],
  TimeStamp: ["when"],
  Point: ["extrude", "altitudeMode", "coordinates"],
  "gx:MultiTrack": ["altitudeMode", "gx:interpolate", "gx:Track"],
  "gx:Track": ["altitudeMode", "when", "gx:coord", "gx:angles"],
};
const KML_TEXTS: Texts = {
  "kml@xmlns": /^http:\/\/www\.opengis\.net\/kml\/2\.2$/,
  when: TIME,
  "gx:coord": /^-?\d+(\.\d+)? -?\d+(\.\d+)? -?\d+(\.\d+)?$/,
  coordinates: /^-?\d+(\.\d+)?,-?\d+(\.\d+)?(,-?\d+(\.\d+)?)?$/,
};

export const assertGpx = (text: string): void => assertXml(text, "gpx", GPX, GPX_TEXTS);
export const assertKml = (text: string): void => assertXml(text, "kml", KML, KML_TEXTS);
/** By RFC 7946, as another's checker has it. */
export const assertGeoJson = (value: unknown): void => {
  checkGeoJsonText(typeof value === "string" ? value : JSON.stringify(value));
};

/** By RFC 4180: every line has as many cells as the first, and no name stands twice in it. Returns the lines by their names. */
export function csvRows(text: string): Record<string, string>[] {
  const { data, errors } = Papa.parse<string[]>(text.replace(/\r\n$/, ""));
  assert.deepEqual(errors, []);
  const [head = [], ...rows] = data;
  assert.equal(new Set(head).size, head.length, "names of columns");
  for (const row of rows) assert.equal(row.length, head.length, row.join());
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [head[at], cell])));
}
