import assert from "node:assert/strict";
import type { Fence } from "../../src/fences/fence";
import { readFence } from "../../src/fences/read-fence";

const at = (longitude: number, latitude: number) => ({ latitude, longitude });
const circle = { kind: "circle", name: "Yard", center: at(25, 54), radius: 100 };
const polygon = (...points: [number, number][]) => ({
  kind: "polygon",
  name: "Yard",
  points: points.map(([x, y]) => at(x, y)),
});
const SQUARE: [number, number][] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];
const corridor = { kind: "corridor", name: "A 1", points: [at(0, 0), at(1, 0)], width: 100 };

describe("what is said of a fence", () => {
  it("is a circle, a polygon or a corridor, with defaults for what all fences have", () => {
    const usual = {
      colour: "#2563c9",
      groups: [],
      devices: [],
      speedLimit: null,
      dwell: 0,
      maxStay: null,
      innerEdge: 0,
      outerEdge: 25,
      schedule: null,
    };
    assert.deepEqual(readFence(circle), { ...circle, ...usual });
    assert.deepEqual(readFence(corridor), { ...corridor, ...usual });
    assert.deepEqual(readFence(polygon(...SQUARE)), { ...polygon(...SQUARE), ...usual });
  });

  it("is read as people write it: numbers as text, lists with commas, hours of the night", () => {
    const read = readFence({
      ...circle,
      name: " Yard ",
      radius: "50.5",
      colour: "#AABBCC",
      groups: "vans, lorries,,vans",
      devices: ["86 959506-1374194", 869595061374194],
      speedLimit: "",
      schedule: { days: [5, 1, 5], from: "22:00", to: "6:00", timeZone: "Europe/Berlin" },
    });
    assert.deepEqual(
      [read.name, read.kind === "circle" && read.radius, read.colour, read.groups, read.devices],
      ["Yard", 50.5, "#aabbcc", ["vans", "lorries"], ["869595061374194"]],
    );
    assert.deepEqual(
      [read.speedLimit, read.schedule],
      [null, { days: [1, 5], from: "22:00", to: "06:00", timeZone: "Europe/Berlin" }],
    );
  });

  it("has no point twice, and each longitude from -180 to 180", () => {
    const read = readFence(polygon([179, 0], [181, 0], [181, 0], [181, 1], [179, 1], [179, 0]));
    assert.deepEqual(read.kind === "polygon" && read.points, [
      at(179, 0),
      at(-179, 0),
      at(-179, 1),
      at(179, 1),
    ]);
  });

  const WRONG: readonly [what: string, given: Record<string, unknown>, code: string, path: string][] = [
    ["no kind", { name: "x" }, "FENCE_KIND", "kind"],
    ["another kind", { ...circle, kind: "square" }, "FENCE_KIND", "kind"],
    ["no name", { ...circle, name: " " }, "FIELD_VALUE", "name"],
    ["a name without end", { ...circle, name: "x".repeat(101) }, "FIELD_VALUE", "name"],
    ["a radius of 0", { ...circle, radius: 0 }, "FIELD_VALUE", "radius"],
    ["a radius below 0", { ...circle, radius: -5 }, "FIELD_VALUE", "radius"],
    ["a radius that is none", { ...circle, radius: Number.NaN }, "FIELD_VALUE", "radius"],
    ["an endless radius", { ...circle, radius: Number.POSITIVE_INFINITY }, "FIELD_VALUE", "radius"],
    ["no centre", { ...circle, center: undefined }, "FIELD_VALUE", "center"],
    ["a centre beyond the pole", { ...circle, center: at(0, 90.1) }, "FIELD_VALUE", "center.latitude"],
    ["a centre that is a pair", { ...circle, center: [25, 54] }, "FIELD_VALUE", "center"],
    ["an altitude", { ...circle, center: { ...at(0, 0), altitude: 1 } }, "FIELD_UNKNOWN", "center.altitude"],
    ["a circle with points", { ...circle, points: [] }, "FIELD_UNKNOWN", "points"],
    ["a field that is none", { ...circle, color: "#000000" }, "FIELD_UNKNOWN", "color"],
    ["a colour by name", { ...circle, colour: "red" }, "FIELD_VALUE", "colour"],
    ["an IMEI that is none", { ...circle, devices: ["12"] }, "IMEI_LENGTH", "devices[0]"],
    ["points that are no list", { ...corridor, points: "0,0" }, "FENCE_POINTS", "points"],
    ["two points", polygon([0, 0], [1, 1]), "FENCE_POINTS", "points"],
    ["three points of which two are one", polygon([0, 0], [1, 1], [0, 0]), "FENCE_POINTS", "points"],
    ["a corridor of one point", { ...corridor, points: [at(0, 0), at(0, 0)] }, "FENCE_POINTS", "points"],
    ["a wrong point", polygon([0, 0], [1, 91], [1, 0]), "FIELD_VALUE", "points[1].latitude"],
    ["a bow tie", polygon([0, 0], [1, 1], [1, 0], [0, 1]), "FENCE_CROSSING", "points[2]"],
    [
      "an outline that touches itself",
      polygon([0, 0], [2, 0], [2, 2], [1, 0], [0, 2]),
      "FENCE_CROSSING",
      "points[3]",
    ],
    ["a spike", polygon([0, 0], [2, 0], [3, 0], [2, 0], [2, 2]), "FENCE_CROSSING", "points[2]"],
    ["a line", polygon([0, 0], [1, 1], [2, 2]), "FENCE_FLAT", "points"],
    [
      "a bow tie over the date line",
      polygon([179, 0], [-179, 1], [-179, 0], [179, 1]),
      "FENCE_CROSSING",
      "points[2]",
    ],
    ["the earth around", polygon([0, 0], [120, 0], [-120, 0]), "FENCE_POLE", "points"],
    ["a polygon at a pole", polygon([0, 84], [1, 86], [1, 84]), "FENCE_POLE", "points[1]"],
    [
      "half of the earth",
      { ...corridor, points: [at(-100, 0), at(0, 0), at(100, 0)] },
      "FENCE_SIZE",
      "points",
    ],
    ["an inner edge beyond the middle", { ...circle, innerEdge: 100 }, "FENCE_EDGE", "innerEdge"],
    ["one of a corridor", { ...corridor, innerEdge: 50 }, "FENCE_EDGE", "innerEdge"],
    ["no days", { ...circle, schedule: { days: [], timeZone: "UTC" } }, "FIELD_VALUE", "schedule.days"],
    ["a day 0", { ...circle, schedule: { days: [0], timeZone: "UTC" } }, "FIELD_VALUE", "schedule.days"],
    [
      "25 o'clock",
      { ...circle, schedule: { from: "25:00", timeZone: "UTC" } },
      "FIELD_VALUE",
      "schedule.from",
    ],
    [
      "a zone that is none",
      { ...circle, schedule: { timeZone: "Mars" } },
      "FIELD_VALUE",
      "schedule.timeZone",
    ],
  ];
  for (const [what, given, code, path] of WRONG) {
    it(`is refused: ${what}`, () => {
      assert.throws(
        () => readFence(given),
        (error: { code?: string; path?: string; message: string }) => {
          assert.deepEqual([error.code, error.path], [code, path], error.message);
          assert.match(error.message, /^[\w“"a].{10,}/);
          return true;
        },
      );
    });
  }

  it("has at most 1,000 points", () => {
    const round = (count: number) => {
      const points = Array.from({ length: count }, (_, index) => {
        const angle = (index / count) * 2 * Math.PI;
        return at(Math.cos(angle), Math.sin(angle));
      });
      return { kind: "polygon", name: "Yard", points };
    };
    const { points } = readFence(round(1000)) as Extract<Fence, { kind: "polygon" }>;
    assert.equal(points.length, 1000);
    assert.throws(() => readFence(round(1001)), { code: "FENCE_POINTS" });
    assert.throws(() => readFence(round(200_000)), { code: "FENCE_POINTS" });
  });

  it("changes what is said alone; of another kind only what all kinds have stays", () => {
    const before = { id: "f", createdAt: 1, changedAt: 1, ...readFence({ ...circle, dwell: 30 }) } as Fence;
    assert.deepEqual(readFence({ radius: 5 }, before), { ...readFence({ ...circle, dwell: 30 }), radius: 5 });
    const { name: _, ...shape } = polygon(...SQUARE);
    assert.deepEqual(readFence(shape, before), readFence({ ...polygon(...SQUARE), dwell: 30 }));
    assert.throws(() => readFence({ kind: "polygon" }, before), { code: "FENCE_POINTS", path: "points" });
  });
});
