import assert from "node:assert/strict";
import fc from "fast-check";
import { TrackerError } from "../../src/errors";
import { Route } from "../../src/simulator/route";
import { readRoute } from "../../src/simulator/route-text";
import { type Point, ROUTES } from "../../src/simulator/routes";

const gpx = (inner: string) => `<?xml version="1.0"?><gpx version="1.1">${inner}</gpx>`;
const track = (...points: Point[]) =>
  gpx(
    `<trk><trkseg>${points.map(([lat, lon]) => `<trkpt lat="${lat}" lon="${lon}"/>`).join("")}</trkseg></trk>`,
  );
const codeOf = (text: string): string => {
  try {
    readRoute(text);
    return "none";
  } catch (error) {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.path, "route");
    return error.code;
  }
};

describe("routes", () => {
  for (const [name, points] of Object.entries(ROUTES)) {
    it(`${name}: is a loop without a jump, driven at speeds that leave room to brake`, () => {
      const route = new Route(points);
      assert.ok(route.length > 5_000 && route.length < 200_000, `${route.length} m`);
      let last = route.place(route.length - 10);
      for (let metres = 0; metres < route.length; metres += 10) {
        const place = route.place(metres);
        const north = (place.latitude - last.latitude) * 111_320;
        const east =
          (place.longitude - last.longitude) * 111_320 * Math.cos((place.latitude / 180) * Math.PI);
        assert.ok(Math.hypot(north, east) < 10.5, `at ${metres} m`);
        assert.ok(Number.isInteger(place.course) && place.course >= 0 && place.course < 360);
        last = place;
      }
      route.limits.forEach((limit, index) => {
        const length = (route.starts[index + 1] as number) - (route.starts[index] as number);
        const next = route.limits[(index + 1) % route.points.length] as number;
        assert.ok(limit ** 2 <= next ** 2 + 2 * 1.5 * length + 0.01, `limit at point ${index}`);
      });
    });
  }

  it("slow down for a right angle, not for a slight bend", () => {
    const { limits } = new Route([
      [50, 10],
      [50.01, 10],
      [50.02, 10.0005],
      [50.02, 10.02],
    ]);
    assert.ok((limits[1] as number) > 20 && (limits[2] as number) < 8, String(limits));
  });

  it("cross the date line the short way", () => {
    const route = new Route([
      [0, 179.99],
      [0, -179.99],
    ]);
    assert.ok(Math.abs(route.length - 2 * 0.02 * 111_320) < 1);
    assert.equal(Math.abs(route.place(route.length / 4).longitude), 180);
  });
});

describe("route files", () => {
  it("GPX: a track there and back, its elevations and comments aside", () => {
    const text = gpx(
      "<!-- <trkpt lat='1' lon='1'/> --><rte><rtept lat='9' lon='9'/></rte><trk><trkseg>" +
        `<trkpt lon="10" lat="50.0"><ele>3</ele></trkpt><trkpt lat='50.01'\n lon='10'></trkpt>` +
        `<trkpt lat="50.02" lon="10"/></trkseg></trk>`,
    );
    assert.deepEqual(readRoute(text).points, [
      [50, 10],
      [50.01, 10],
      [50.02, 10],
      [50.01, 10],
    ]);
  });

  it("GPX: a route where there is no track; one that comes back to its beginning is a loop", () => {
    const points = [
      [50, 10],
      [50.01, 10],
      [50.01, 10.01],
      [50, 10],
    ];
    const text = gpx(
      `<rte>${points.map(([lat, lon]) => `<rtept lat="${lat}" lon="${lon}"/>`).join("")}</rte>`,
    );
    assert.deepEqual(readRoute(text).points, points.slice(0, 3));
  });

  it("GeoJSON: a LineString, in a Feature and in a FeatureCollection, longitude first", () => {
    const line = {
      type: "LineString",
      coordinates: [
        [10, 50],
        [10, 50.01, 200],
      ],
    };
    const feature = { type: "Feature", properties: {}, geometry: line };
    for (const value of [line, feature, { type: "FeatureCollection", features: [feature] }]) {
      assert.deepEqual(readRoute(JSON.stringify(value)).points, [
        [50, 10],
        [50.01, 10],
      ]);
    }
  });

  for (const [what, text, code] of [
    ["nothing", " \n", "ROUTE_EMPTY"],
    ["something else", "lat,lon", "ROUTE_FORMAT"],
    ["other XML", "<html></html>", "ROUTE_GPX"],
    ["GPX without points", gpx("<wpt lat='1' lon='1'/>"), "ROUTE_GPX"],
    ["a point without longitude", gpx("<trkpt lat='1'/>"), "ROUTE_GPX"],
    ["an entity for a number", gpx("<trkpt lat='&lat;' lon='1'/>"), "ROUTE_GPX"],
    ["a latitude of 91", track([91, 1], [91, 2]), "ROUTE_COORDINATES"],
    ["no fix on the way", track([50, 1], [0, 0], [50.1, 1]), "ROUTE_COORDINATES"],
    ["no fix with signs", track([50, 1], [-0, -0], [50.1, 1]), "ROUTE_COORDINATES"],
    [
      "no fix in GeoJSON",
      '{"type":"LineString","coordinates":[[1,50],[0.0,-0.0],[1,50.1]]}',
      "ROUTE_COORDINATES",
    ],
    ["one point", track([50, 1]), "ROUTE_SHORT"],
    ["50 m", track([50, 1], [50.00045, 1]), "ROUTE_SHORT"],
    ["half a JSON", '{"type":', "ROUTE_GEOJSON"],
    ["a Point", '{"type":"Point","coordinates":[1,2]}', "ROUTE_GEOJSON"],
    ["texts for numbers", '{"type":"LineString","coordinates":[["1","2"]]}', "ROUTE_GEOJSON"],
    ["9 MB", " ".repeat(9 * 1024 * 1024), "ROUTE_TOO_LARGE"],
    ["comments that never end", gpx("<!--".repeat(500_000)), "ROUTE_GPX"],
    ["100,001 points", track(...Array.from({ length: 100_001 }, (): Point => [1, 1])), "ROUTE_TOO_LARGE"],
  ] as const) {
    it(`are refused with ${code}: ${what}`, () => assert.equal(codeOf(text), code));
  }

  it("of any text: a route, or an error with a code", () => {
    const near = fc.constantFrom(
      "<gpx>",
      "<trkpt ",
      'lat="',
      'lon="',
      '"',
      "/>",
      "<!--",
      "1",
      "-",
      "{",
      "[",
      "]",
    );
    fc.assert(fc.property(fc.array(fc.oneof(near, fc.string())), (parts) => codeOf(parts.join("")) !== ""));
  });
});
