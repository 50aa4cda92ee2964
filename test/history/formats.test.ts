import assert from "node:assert/strict";
import { parse } from "papaparse";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { csv } from "../../src/history/formats/csv";
import { geoJson, type Pages } from "../../src/history/formats/geojson";
import { gpx } from "../../src/history/formats/gpx";
import { kml } from "../../src/history/formats/kml";
import type { HistoryRecord } from "../../src/history/record";
import { assertGpx, assertKml } from "../formats/targets/documents";
import { asKept, IMEI, ODD, reading } from "./samples";

const NAME = 'A & B <"Süd">]]>\u0001\ud800 🚚';

const at = (n: number, latitude: number, longitude: number, more: object = {}): HistoryRecord =>
  asKept(reading(n, { position: { valid: true, latitude, longitude, ...more } } as never));

/** What a device can say, in pages that do not end where the way is cut. */
const PAGES: readonly (readonly HistoryRecord[])[] = [
  [],
  ODD.map(asKept),
  [at(10, 3e-7, -4e-8, { altitude: 1e-9, speed: 0.5, course: 0 }), at(11, -90, 180), at(12, 90, -180)],
  // On no globe, so that no map takes it.
  [at(13, 90.1, 0), at(14, 0, 180.5), asKept(reading(15, { position: undefined } as never))],
  [at(16, 54, 25), at(2000, 54, 25)],
  [at(2001, 54, 26)],
];
const FIXES = PAGES.flat().filter(({ position }) => {
  const { valid, latitude, longitude } = position ?? {};
  return valid && Math.abs(latitude ?? 91) <= 90 && Math.abs(longitude ?? 181) <= 180;
});

async function* pages(): Pages {
  yield* PAGES;
}

async function* nothing(): Pages {
  yield [];
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const piece of pieces) whole += piece;
  return whole;
}

const times = (records: readonly HistoryRecord[]) => records.map(({ time }) => new Date(time).toISOString());
const found = (whole: string, pattern: RegExp) => [...whole.matchAll(pattern)].map(([, value]) => value);

describe("formats of history", () => {
  it("GPX keeps to the schema, and has every place once, cut at gaps alone", async () => {
    const whole = await text(gpx(pages(), NAME));
    assertGpx(whole);
    assert.deepEqual(found(whole, /<time>(.*?)<\/time>/g), times(FIXES));
    assert.equal(found(whole, /<(trkseg)>/g).length, 2);
    assertGpx(await text(gpx(nothing(), "")));
  });

  it("KML keeps to the schema; tracks have as many times as places, and join where there is no gap", async () => {
    const whole = await text(kml(pages(), NAME));
    assertKml(whole);
    const tracks = found(whole, /<gx:Track>([\s\S]*?)<\/gx:Track>/g) as string[];
    for (const track of tracks)
      assert.equal(found(track, /<(when)>/g).length, found(track, /<(gx:coord)>/g).length);
    const way = tracks.map((track) => found(track, /<when>(.*?)<\/when>/g));
    const joined = way.flatMap((part, n) => (part[0] === way[n - 1]?.at(-1) ? part.slice(1) : part));
    assert.deepEqual(joined, times(FIXES));
    assert.deepEqual(
      way.map(([begin]) => begin).filter((begin, n) => begin !== way[n - 1]?.at(-1)),
      [FIXES[0], FIXES.at(-2)].map((record) => new Date((record as HistoryRecord).time).toISOString()),
    );
    assert.ok(whole.includes("<gx:coord>-180 -90 0</gx:coord>"), "east of 180 is west");
    assertKml(await text(kml(nothing(), "")));
  });

  it("the name of a device is text in XML, whatever is in it", async () => {
    const name = "A &amp; B &lt;&quot;Süd&quot;&gt;]]&gt; 🚚";
    for (const format of [gpx, kml])
      assert.equal(found(await text(format(nothing(), NAME)), /<name>(.*?)<\/name>/g)[0], name);
  });

  it("GeoJSON keeps to RFC 7946", async () => {
    const { type, features } = JSON.parse(await text(geoJson(pages())));
    assert.equal(type, "FeatureCollection");
    assert.equal(features.length, FIXES.length);
    for (const feature of features) {
      const [east, north, height, ...more] = feature.geometry.coordinates;
      assert.deepEqual([feature.type, feature.geometry.type, more], ["Feature", "Point", []]);
      assert.ok(Math.abs(east) <= 180 && Math.abs(north) <= 90 && typeof (height ?? 0) === "number");
      assert.equal(typeof feature.properties, "object");
      assert.equal(feature.properties.imei, IMEI);
    }
    assert.deepEqual(
      features.map(({ properties }: { properties: { time: string } }) => properties.time),
      times(FIXES),
    );
    assert.deepEqual(JSON.parse(await text(geoJson(nothing()))), { type: "FeatureCollection", features: [] });
  });

  it("CSV keeps to RFC 4180: each line has as many cells as the header, and every record is there", async () => {
    const paths = ["attributes.mixed", "sensors.can.x.y", "event", "sensors.0xD000"];
    const whole = await text(csv(pages(), paths, REGISTRY_TOOLS));
    const { data, errors } = parse<string[]>(whole, { newline: "\r\n" });
    assert.deepEqual(errors, []);
    assert.deepEqual(data.pop(), [""], "it ends with a line break");
    const [header, ...lines] = data;
    assert.ok(lines.every(({ length }) => length === header?.length));
    assert.deepEqual(
      lines.map(([time]) => time),
      times(PAGES.flat()),
    );
  });

  it("a page in the middle of a day begins no new way", async () => {
    async function* two(): Pages {
      yield [at(1, 54, 25)];
      yield [at(2, 54, 25.1)];
    }
    assert.equal(found(await text(gpx(two(), "")), /<(trkseg)>/g).length, 1);
    const again = found(await text(kml(two(), "")), /<when>(.*?)<\/when>/g);
    assert.deepEqual(again, times([at(1, 0, 0), at(1, 0, 0), at(2, 0, 0)]), "it goes on where it ended");
  });
});
