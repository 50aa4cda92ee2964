import assert from "node:assert/strict";
import { areaOf } from "../../src/fences/area";
import type { Fence, FencePoint } from "../../src/fences/fence";
import { FenceIndex } from "../../src/fences/fence-index";
import { readFence } from "../../src/fences/read-fence";
import { boxAround, earthPointOf, metresBetween, placeBetween } from "../../src/model/earth";
import { fencesAround, REGIONS, randomPlace } from "../support/fences";
import { randomOf } from "../support/seed";
import { share } from "../support/share";

const at = (longitude: number, latitude: number): FencePoint => ({ latitude, longitude });
const fence = (given: Record<string, unknown>, id = "f"): Fence =>
  ({ id, createdAt: 0, changedAt: 0, ...readFence({ name: id, ...given }) }) as Fence;
const distance = (one: Fence, place: FencePoint) => areaOf(one).distance(place, earthPointOf(place));
const near = (value: number, wanted: number, most: number) =>
  assert.ok(Math.abs(value - wanted) <= most, `${value}, not ${wanted}`);

describe("fences on the earth", () => {
  // Geodesics of WGS 84 by GeographicLib: GeodSolve -i -p 3.
  it("measures as the ellipsoid has it, also over the date line and the poles", () => {
    const metres = (a: FencePoint, b: FencePoint) => metresBetween(earthPointOf(a), earthPointOf(b));
    near(metres(at(0, 0), at(0.01, 0)), 1113.195, 0.01);
    near(metres(at(0, 0), at(0, 0.01)), 1105.743, 0.01);
    near(metres(at(25, 60), at(25.01, 60)), 558.0, 0.1);
    near(metres(at(179.995, 0), at(-179.995, 0)), 1113.195, 0.01);
    near(metres(at(0, 89.995), at(180, 89.995)), 1116.94, 0.05);
    near(metres(at(0, -89.995), at(90, -90)), 558.47, 0.05);
  });

  it("finds the middle of a way, over the date line and over a pole", () => {
    const middle = (a: FencePoint, b: FencePoint) => placeBetween(earthPointOf(a), earthPointOf(b), 0.5);
    near(Math.abs(middle(at(179.9, 10), at(-179.9, 10)).longitude), 180, 1e-9);
    near(middle(at(0, 89), at(180, 89)).latitude, 90, 1e-9);
    near(middle(at(20, 50), at(20, 51)).latitude, 50.5, 0.001);
  });

  it("a circle is round at a pole, and at the date line", () => {
    const pole = fence({ kind: "circle", center: at(0, 90), radius: 10_000 });
    for (let longitude = -180; longitude <= 180; longitude += 45) {
      assert.ok(distance(pole, at(longitude, 89.92)) < 0);
      assert.ok(distance(pole, at(longitude, 89.9)) > 0);
      assert.equal(new FenceIndex([pole]).at(at(longitude, 89.92)).length, 1, `${longitude}`);
    }
    const line = fence({ kind: "circle", center: at(180, 0), radius: 2000 });
    const index = new FenceIndex([line]);
    assert.deepEqual(
      [at(179.99, 0), at(-179.99, 0), at(179.98, 0), at(-179.98, 0)].map((place) => index.at(place).length),
      [1, 1, 0, 0],
    );
  });

  it("a polygon and a corridor hang together over the date line", () => {
    const points = [at(179, -1), at(-179, -1), at(-179, 1), at(179, 1)];
    const index = new FenceIndex([
      fence({ kind: "polygon", points }, "polygon"),
      fence({ kind: "corridor", points: points.slice(0, 2), width: 2000 }, "corridor"),
    ]);
    const found = (place: FencePoint) =>
      index
        .at(place)
        .map(({ id }) => id)
        .sort()
        .join();
    assert.deepEqual(
      [at(180, 0), at(-180, 0), at(-179.5, 0.5), at(179.5, -1), at(0, 0), at(178.9, 0), at(180, -1.008)].map(
        found,
      ),
      ["polygon", "polygon", "polygon", "corridor,polygon", "", "", "corridor"],
    );
  });

  it("a corridor ends round, and its edge is where its width says", () => {
    const one = fence({ kind: "corridor", points: [at(10, 50), at(10.1, 50)], width: 200 });
    near(distance(one, at(10.05, 50)), -100, 0.001);
    near(distance(one, at(10.05, 50.001)), 11.23, 0.01);
    near(distance(one, at(10.101, 50)), -28.3, 0.1);
  });

  it("a polygon knows its dents", () => {
    const one = fence({ kind: "polygon", points: [at(0, 0), at(4, 0), at(4, 4), at(2, 1), at(0, 4)] });
    const inside = [at(0.5, 0.5), at(0.1, 3), at(3.9, 3), at(2, 0.5)].map(
      (place) => distance(one, place) < 0,
    );
    const outside = [at(2, 2), at(-1, 2), at(5, 0), at(2, -0.01), at(2, 3)].map(
      (place) => distance(one, place) > 0,
    );
    assert.deepEqual([inside, outside], [Array(4).fill(true), Array(5).fill(true)]);
  });

  it("no place of a circle lies beside the box around it", () => {
    const random = randomOf("boxes");
    for (let run = 0; run < share(20_000); run++) {
      const center = at(random() * 360 - 180, random() * 180 - 90);
      const metres = 10 ** (random() * 6);
      const box = boxAround(center, metres);
      const place = at(center.longitude + (random() - 0.5) * 20, center.latitude + (random() - 0.5) * 20);
      if (Math.abs(place.latitude) > 90) continue;
      if (metresBetween(earthPointOf(center), earthPointOf(place)) > metres) continue;
      const isIn =
        place.latitude >= box.south &&
        place.latitude <= box.north &&
        [-360, 0, 360].some(
          (turn) => place.longitude + turn >= box.west && place.longitude + turn <= box.east,
        );
      assert.ok(isIn, JSON.stringify({ center, metres, place, box }));
    }
  });

  it("looks at few fences of many: about those that are there", () => {
    const random = randomOf("few");
    const town = { name: "", latitude: 54.69, longitude: 25.28, reach: 0.5 };
    const index = new FenceIndex(fencesAround(town, 5000, random));
    const places = Array.from({ length: 200 }, () => randomPlace(town, random));
    const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
    const asked = sum(places.map((place) => index.near(boxAround(place, 100)).length));
    const found = sum(places.map((place) => index.at(place).length));
    assert.ok(asked < 3 * found + 200, `${asked} were asked, ${found} found`);
  });

  for (const region of REGIONS) {
    it(`the index finds what a search through all finds: ${region.name}`, () => {
      const random = randomOf(`index ${region.name}`);
      const fences = fencesAround(region, 300, random);
      const index = new FenceIndex(fences);
      const areas = fences.map(areaOf);
      let hits = 0;
      for (let run = 0; run < share(5000); run++) {
        const place = randomPlace(region, random);
        const vector = earthPointOf(place);
        const all = areas.filter((one) => one.distance(place, vector) <= 0).map(({ fence: { id } }) => id);
        hits += all.length;
        assert.deepEqual(
          index
            .at(place)
            .map(({ id }) => id)
            .sort(),
          all.sort(),
          JSON.stringify(place),
        );
      }
      assert.ok(hits > 0, "some places are in some fences");
    });
  }
});
