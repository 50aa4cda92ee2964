import assert from "node:assert/strict";
import { chartShape, hourTicks, nearestPart, xOf } from "../../nodes/editor/sidebar/chart";
import type { SeriesAnswer } from "../../src/fleet/history-charts";
import { Days } from "../../src/model/days";

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 0, 15);
const TO = FROM + 24 * 60 * MINUTE - 1;

/** A value every so many minutes. */
function course(values: readonly (number | undefined)[], minutes = 10): SeriesAnswer {
  const all = values.map((value, n) => ({ time: FROM + n * minutes * MINUTE, value }));
  const points = all.flatMap(({ time, value }) =>
    value === undefined ? [] : [{ time, least: value - 1, most: value + 1, last: value }],
  );
  const found = points.map(({ time, least, most }) => ({ time, least, most }));
  const first = found[0];
  return {
    ...{ imei: "", path: "", from: FROM, to: TO, count: points.length, points },
    ...(first && {
      minimum: { time: first.time, value: Math.min(...found.map(({ least }) => least)) },
      maximum: { time: first.time, value: Math.max(...found.map(({ most }) => most)) },
    }),
  };
}

describe("chart of a day", () => {
  it("is nothing where there is no value", () => {
    assert.equal(chartShape(course([undefined])), undefined);
  });

  it("has an axis with round ends, from zero where that is near", () => {
    const ends = (values: number[]) => {
      const { bottom, top } = chartShape(course(values)) ?? assert.fail();
      return [bottom, top];
    };
    assert.deepEqual(ends([1, 96]), [0, 100]);
    assert.deepEqual(ends([101, 109]), [100, 110]);
    assert.deepEqual(ends([-9, -1]), [-10, 0]);
    assert.deepEqual(ends([-41, 8]), [-60, 20]);
    const same = { ...course([5]), minimum: { time: FROM, value: 5 }, maximum: { time: FROM, value: 5 } };
    assert.deepEqual([chartShape(same)?.bottom, chartShape(same)?.top], [4, 6]);
    const tiny = {
      ...course([5]),
      minimum: { time: FROM, value: 0.1 },
      maximum: { time: FROM, value: 0.1000004 },
    };
    assert.ok((chartShape(tiny)?.top ?? 0) > (chartShape(tiny)?.bottom ?? 0));
  });

  it("cuts its line where nothing came, and shows what stands alone as a dot", () => {
    const { line, band, dots } =
      chartShape(course([1, 2, undefined, 3, undefined, undefined, undefined, 4])) ?? assert.fail();
    assert.equal(line.match(/M/g)?.length, 1, "20 minutes are silence, 10 are not");
    assert.equal(line.match(/L/g)?.length, 1);
    assert.equal(band.match(/Z/g)?.length, 1);
    assert.equal(dots.length, 2);
    assert.equal(dots[0]?.x, 20.8);
  });

  it("stays inside of its frame", () => {
    const numbers = JSON.stringify(chartShape(course([0, 50, 100], 5)))
      .match(/(?<=[ML"])[\d.]+ [\d.]+/g)
      ?.flatMap((pair) => pair.split(" ").map(Number));
    assert.ok(numbers?.every((value) => value >= 0 && value <= 1000));
    assert.deepEqual(
      [xOf(FROM - 1, { from: FROM, to: TO }), xOf(TO + 99, { from: FROM, to: TO })],
      [0, 1000],
    );
  });

  it("finds the part that is nearest to where somebody points", () => {
    const { points } = course([1, 2, undefined, 3]);
    assert.deepEqual(
      [FROM, FROM + 14 * MINUTE, FROM + 25 * MINUTE, TO].map((time) => nearestPart(points, time)),
      [0, 1, 2, 2],
    );
  });

  it("has its hours by the clocks of the zone, also where these are changed", () => {
    const hours = (zone: string, day: string) => {
      const span = new Days(zone).span(day);
      const format = new Intl.DateTimeFormat("en", {
        timeZone: zone,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      });
      const clock = (time: number) => {
        const [hour = 0, minute = 0] = format.format(time).split(":").map(Number);
        return { hour, minute };
      };
      return hourTicks(span, clock).map(({ time, hour }) => `${hour}@${(time - span.from) / (60 * MINUTE)}`);
    };
    assert.deepEqual(hours("UTC", "2026-01-15"), ["0@0", "6@6", "12@12", "18@18"]);
    assert.deepEqual(hours("Europe/Berlin", "2026-03-29"), ["0@0", "6@5", "12@11", "18@17"]);
    assert.deepEqual(hours("Europe/Berlin", "2026-10-25"), ["0@0", "6@7", "12@13", "18@19"]);
    assert.deepEqual(
      hours("America/Havana", "2026-11-01"),
      ["0@0", "6@7", "12@13", "18@19"],
      "midnight comes twice",
    );
    assert.deepEqual(hours("America/Sao_Paulo", "2018-11-04"), ["6@5", "12@11", "18@17"]);
    assert.deepEqual(hours("Asia/Kathmandu", "2026-01-15"), ["0@0", "6@6", "12@12", "18@18"]);
  });
});
