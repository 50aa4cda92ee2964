import assert from "node:assert/strict";
import type { DrivingEvent, Interval } from "../../src/trips/interval";
import { DEFAULT_SCORE, scoreOf } from "../../src/trips/score";

const event = (
  type: DrivingEvent["type"],
  second: number,
  more: Partial<DrivingEvent> = {},
): DrivingEvent => ({
  type,
  source: "derived",
  start: { time: second * 1000 },
  seconds: 0,
  open: false,
  ...more,
});
const trip = (distance: number, events: DrivingEvent[], kind: Interval["kind"] = "trip"): Interval => ({
  kind,
  open: false,
  start: { time: 0 },
  end: { time: 3_600_000 },
  duration: 3600,
  distance,
  events,
});

describe("score", () => {
  it("is 100 less the points of 100 km, and says what they are for", () => {
    const events = [event("harshBraking", 0), event("harshBraking", 1000), event("idling", 2000)];
    assert.deepEqual(scoreOf([trip(50, events)], DEFAULT_SCORE), {
      formula: "navixy",
      value: 78,
      distance: 50,
      points: 11,
      per100Km: 22,
      parts: [
        { type: "harshBraking", events: 2, points: 10 },
        { type: "idling", events: 1, points: 1 },
      ],
    });
  });

  it("counts the same within two minutes once, and never falls below 0", () => {
    const once = [event("harshCornering", 0), event("harshCornering", 119)];
    assert.equal(scoreOf([trip(100, once)], DEFAULT_SCORE).points, 5);
    const often = Array.from({ length: 60 }, (_, index) => event("harshCornering", index * 200));
    assert.equal(scoreOf([trip(10, often)], DEFAULT_SCORE).value, 0);
  });

  it("counts each minute of speeding but the first, at the highest excess", () => {
    const fast = (seconds: number, speed: number) => [event("overspeed", 0, { seconds, speed, limit: 100 })];
    const points = (seconds: number, speed: number) =>
      scoreOf([trip(100, fast(seconds, speed))], DEFAULT_SCORE).points;
    assert.deepEqual([points(60, 119), points(61, 119), points(121, 121), points(180, 141)], [0, 2, 10, 20]);
  });

  it("has none below 1 km, and none of what was carried", () => {
    assert.equal(scoreOf([trip(0.9, [])], DEFAULT_SCORE).value, undefined);
    const carried = scoreOf([trip(20, [event("harshBraking", 0)], "carried")], DEFAULT_SCORE);
    assert.deepEqual([carried.value, carried.points], [undefined, 0]);
  });

  it("is Wialon's rank by its table, in proportion in between", () => {
    const rank = (points: number) =>
      scoreOf([trip(100, points === 0 ? [] : [event("harshBraking", 0)])], {
        ...DEFAULT_SCORE,
        formula: "wialon",
        braking: points,
      }).value;
    const table = [0, 17, 38, 67, 107, 167, 267, 467, 1067];
    assert.deepEqual(table.map(rank), [10, 9, 8, 7, 6, 5, 4, 3, 2]);
    assert.deepEqual([rank(8.5), rank(2134)], [9.5, 1.5]);
  });

  it("puts trips together by their distance", () => {
    const { value, distance } = scoreOf([trip(60, [event("harshBraking", 0)]), trip(40, [])], DEFAULT_SCORE);
    assert.deepEqual([value, distance], [95, 100]);
  });
});
