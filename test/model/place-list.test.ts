import assert from "node:assert/strict";
import { placeList } from "../../nodes/runtime/place-names";
import { nearestOf, placeText } from "../../src/model/near-place";
import { PlaceList, placeBlock } from "../../src/model/place-list";

const listOf = (places: Parameters<typeof placeBlock>[0]) =>
  new PlaceList(placeBlock(places).buffer as ArrayBuffer);

describe("names of places", () => {
  it("the package's own list has the world and takes at most 10 MB", () => {
    const list = placeList();
    assert.ok(list !== null && list.count > 100_000, String(list?.count));
    assert.ok(list.bytes < 10_000_000, String(list.bytes));
    const text = (latitude: number, longitude: number) => {
      const near = list.nearest({ latitude, longitude });
      return near && placeText(near, "en");
    };
    assert.match(String(text(54.687, 25.28)), /Vilnius/);
    assert.match(String(text(55.7335, 24.35)), /Panevėžys/);
    assert.equal(text(0, -140), undefined, "nothing is in the middle of the Pacific");
    for (const latitude of [-90, 90]) for (const longitude of [-180, 0, 180, 181]) text(latitude, longitude);
  });

  it("finds what lies over the date line, and names the direction in both languages", () => {
    const list = listOf([{ name: "Sódor", latitude: 10.01, longitude: 179.99, size: 2 }]);
    const near = list.nearest({ latitude: 10.01, longitude: -179.98 });
    assert.ok(near);
    assert.equal(placeText(near, "en"), "3.3 km E of Sódor");
    assert.equal(placeText(near, "de"), "3,3 km O von Sódor");
    const inside = list.nearest({ latitude: 10.012, longitude: 179.99 });
    assert.equal(inside && placeText(inside, "de"), "Sódor");
    const north = list.nearest({ latitude: 10.2, longitude: 179.99 });
    assert.equal(north && placeText(north, "en"), "21 km N of Sódor");
  });

  it("a larger place may be somewhat further away", () => {
    const here = { latitude: 50, longitude: 10 };
    const village = { name: "village", latitude: 50.03, longitude: 10, size: 2 };
    assert.equal(
      nearestOf(here, [village, { ...village, name: "town", latitude: 49.95, size: 6 }])?.name,
      "town",
    );
    assert.equal(
      nearestOf(here, [village, { ...village, name: "far", latitude: 49.9, size: 6 }])?.name,
      "village",
    );
  });

  it("refuses what is no list", () => {
    assert.throws(() => new PlaceList(new ArrayBuffer(16)), RangeError);
  });
});
