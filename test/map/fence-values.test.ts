import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  fieldOf,
  newValues,
  pointsIn,
  requestOf,
  shapeValues,
  valuesOf,
} from "../../nodes/map/page/fence-values";
import { FENCE_KINDS } from "../../src/fences/fence";
import { readFence } from "../../src/fences/read-fence";

const at = (latitude: number, longitude: number) => ({ latitude, longitude });
const RULES = {
  name: "Yard",
  colour: "#aa3300",
  groups: ["vans", "lorries"],
  devices: ["869595061374194"],
  speedLimit: 20,
  dwell: 5,
  maxStay: 600,
  innerEdge: 1,
  outerEdge: 2,
  schedule: { days: [1, 7], from: "22:00", to: "06:00", timeZone: "Europe/Berlin" },
};
const ALL = [
  { ...RULES, kind: "circle", center: at(54.5, -25.25), radius: 100.5 },
  { ...RULES, kind: "polygon", points: [at(0, 0), at(0, 1), at(1, 1)], schedule: null },
  { ...RULES, kind: "corridor", points: [at(0, 0), at(0, 1)], width: 50, speedLimit: null, maxStay: null },
];

describe("the form of a fence", () => {
  it("has all of a fence, which comes back from it as it was", () => {
    for (const given of ALL) {
      const fence = readFence(given);
      const values = { ...newValues(fence.kind, "UTC"), ...valuesOf(fence) };
      assert.deepEqual(readFence(requestOf(fence.kind, values)), fence);
    }
  });

  it("is a fence with its defaults where only name and place are filled in", () => {
    const [circle, , corridor] = ALL.map((given) => readFence(given));
    for (const fence of [circle, corridor]) {
      assert.ok(fence);
      const values = { ...newValues(fence.kind, "UTC"), ...shapeValues(fence), name: "Yard" };
      const { colour: _, ...read } = readFence(requestOf(fence.kind, values));
      const { colour: __, ...usual } = readFence({
        ...("center" in fence ? { center: fence.center, radius: fence.radius } : {}),
        ...("width" in fence ? { points: fence.points, width: fence.width } : {}),
        name: "Yard",
        kind: fence.kind,
      });
      assert.deepEqual(read, usual);
    }
  });

  it("leaves it to the registry to say what is missing, and knows which field that is", () => {
    for (const [kind, field] of [
      ["circle", "name"],
      ["polygon", "name"],
    ] as const)
      assert.throws(() => readFence(requestOf(kind, newValues(kind, "UTC"))), { path: field });
    const named = (more: object) =>
      requestOf("circle", { ...newValues("circle", "UTC"), name: "x", ...more });
    assert.throws(() => readFence(named({})), { path: "center.latitude" });
    assert.throws(() => readFence(named({ latitude: "5", longitude: "5" })), { path: "radius" });
    assert.deepEqual(
      ["center.latitude", "center", "points[3].latitude", "schedule.timeZone", "schedule", "radius", ""].map(
        fieldOf,
      ),
      ["latitude", "latitude", "points", "timeZone", "hours", "radius", ""],
    );
  });

  it("reads points in lines, and is not misled by what is none", () => {
    assert.deepEqual(pointsIn("54.5, 25.5\n\n -1;2 \n3\t4"), [at(54.5, 25.5), at(-1, 2), at(3, 4)]);
    for (const text of ["1", "1, 2, 3", "a, b", "1, 2\n3"]) assert.equal(pointsIn(text), undefined, text);
    assert.deepEqual(pointsIn(""), []);
  });

  it("has a text for each of its fields, kinds and codes", () => {
    const texts = JSON.parse(readFileSync("nodes/map/page/texts/en.json", "utf8"));
    const fields = FENCE_KINDS.flatMap((kind) => Object.keys(newValues(kind, "UTC"))).map(
      (name) => `fence.${name}`,
    );
    const kinds = FENCE_KINDS.flatMap((kind) =>
      ["fenceNew", "fenceKind", "fenceDraw"].map((key) => `${key}.${kind}`),
    );
    assert.deepEqual(
      [...fields, ...kinds].filter((key) => texts[key] === undefined),
      [],
    );
  });
});
