import assert from "node:assert/strict";
import { dayAround, dayText } from "../../nodes/map/page/day-range";
import { mercatorX, mercatorY } from "../../nodes/map/page/mercator";
import { PlayTrack } from "../../nodes/map/page/play-track";
import type { TrailAnswer } from "../../src/map/wire";
import { MINUTE, START } from "../support/registry";

const track = (rest: Partial<TrailAnswer> = {}) =>
  new PlayTrack({
    from: START,
    to: START + 60 * MINUTE,
    time: [0, 1, 2, 12, 13].map((minutes) => START + minutes * MINUTE),
    latitude: [54, 54, 54.1, 54.1, 54.2],
    longitude: [25, 25.1, 25.1, 25.1, 25.1],
    speed: [50, null, 0, 0, 80],
    course: [90, null, 0, 0, 0],
    stops: [[START + 2 * MINUTE, START + 12 * MINUTE, 54.1, 25.1]],
    events: [],
    ...rest,
  });
const at = (minutes: number) => START + minutes * MINUTE;
const near = (one: number, other: number) => assert.ok(Math.abs(one - other) < 1e-6, `${one} ${other}`);

describe("a vehicle's way played back", () => {
  it("is between two fixes where it would be, and stands before the first and after the last", () => {
    const { x, y, speed, course } = track().at(at(0.5));
    near(x, mercatorX(25.05));
    near(y, mercatorY(54));
    assert.deepEqual([speed, course], [50, 90]);
    near(track().at(at(-5)).x, mercatorX(25));
    near(track().at(at(99)).y, mercatorY(54.2));
    // Nobody said where it went, so it goes where the next fix is.
    assert.deepEqual([track().at(at(1.5)).speed, Math.round(track().at(at(1.5)).course)], [null, 0]);
  });

  it("has no speed in a silence, and none where nothing came", () => {
    assert.equal(track().at(at(7)).speed, null);
    const empty = track({ time: [], latitude: [], longitude: [], speed: [], course: [], stops: [] });
    assert.ok(empty.isEmpty);
  });

  it("skips stops where that is wanted, and ends at its end", () => {
    assert.equal(track().advance(at(1), 2 * MINUTE, false), at(3));
    assert.equal(track().advance(at(1), 2 * MINUTE, true), at(12));
    assert.equal(track().advance(at(12), MINUTE / 2, true), at(12.5));
    assert.equal(track().advance(at(12), 99 * MINUTE, true), at(13));
  });

  it("goes to the stop before and after", () => {
    assert.equal(track().stopBeside(at(0), 1), at(2));
    assert.equal(track().stopBeside(at(2), 1), at(13));
    assert.equal(track().stopBeside(at(13), -1), at(2));
    assert.equal(track().stopBeside(at(2), -1), at(0));
  });

  it("has a part of the map", () => {
    const [west, south, east, north] = track().extent;
    near(west, mercatorX(25));
    near(south, mercatorY(54));
    near(east, mercatorX(25.1));
    near(north, mercatorY(54.2));
  });
});

describe("a day on the map's page", () => {
  it("goes from midnight to midnight where the browser is", () => {
    const { from, to } = dayAround(new Date(2026, 0, 15, 13, 14).getTime());
    assert.deepEqual([from, to + 1], [new Date(2026, 0, 15).getTime(), new Date(2026, 0, 16).getTime()]);
    assert.equal(dayText(from), "2026-01-15");
  });
});
