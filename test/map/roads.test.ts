import assert from "node:assert/strict";
import { RoadMap } from "../../src/map/roads";
import type { Fix } from "../../src/map/trails";
import { IMEI, OTHER, START, THIRD } from "../support/registry";
import { trailsInMemory } from "../support/trails";

const fix = (step: number, rest: Partial<Fix> = {}): Fix => ({
  time: START + step * 5000,
  latitude: 54,
  longitude: 25 + step / 1000,
  speed: 50,
  course: 90,
  ...rest,
});

describe("a map of roads", () => {
  let memory: Awaited<ReturnType<typeof trailsInMemory>>;
  let now = START;
  beforeEach(async () => {
    now = START + 60 * 60_000;
    memory = await trailsInMemory(() => now);
  });
  const drive = (imei: string, fixes: readonly Fix[]) => {
    for (const one of fixes) memory.keep(imei, one);
  };
  const roadMap = (imeis: () => readonly string[]) =>
    new RoadMap(
      memory.trails,
      imeis,
      () => START,
      () => now,
    );
  const roadsOf = (...imeis: string[]) => roadMap(() => imeis).lines();
  const steps = [0, 1, 2, 3];

  it("are lines, each stretch once: whoever drives there again, in either direction", async () => {
    drive(
      IMEI,
      steps.map((step) => fix(step)),
    );
    drive(
      OTHER,
      steps.map((step) => fix(step)),
    );
    drive(
      THIRD,
      steps.toReversed().map((step, index) => fix(index, { longitude: 25 + step / 1000 })),
    );
    const road = [[25, 54, 25.001, 54, 25.002, 54, 25.003, 54]];
    assert.deepEqual(await roadsOf(IMEI, OTHER, THIRD), road);
    assert.deepEqual(await roadsOf(THIRD), [[25.003, 54, 25.002, 54, 25.001, 54, 25, 54]]);
  });

  it("are of the devices that are asked for alone", async () => {
    drive(
      IMEI,
      steps.map((step) => fix(step)),
    );
    assert.deepEqual(await roadsOf(OTHER), []);
  });

  it("have a gap where nobody knows the way", async () => {
    const late = fix(2).time + 10 * 60_000;
    drive(IMEI, [fix(0), fix(1), fix(2), fix(3, { time: late }), fix(4, { time: late + 5000 })]);
    drive(OTHER, [fix(0, { latitude: 10 }), fix(1, { latitude: 11 })]);
    assert.deepEqual(await roadsOf(IMEI, OTHER), [
      [25, 54, 25.001, 54, 25.002, 54],
      [25.003, 54, 25.004, 54],
    ]);
  });

  it("are not where a vehicle stands and its fixes jump", async () => {
    drive(
      IMEI,
      steps.map((step) => fix(step, { speed: 0, latitude: 54 + (step % 2) / 1000 })),
    );
    assert.deepEqual(await roadsOf(IMEI), []);
  });

  it("is kept for a while, because it takes long to make for a large fleet; then what is new is added", async () => {
    const roads = roadMap(() => [IMEI]);
    drive(IMEI, [fix(0), fix(1)]);
    assert.deepEqual(await roads.lines(), [[25, 54, 25.001, 54]]);
    drive(IMEI, [fix(2), fix(3)]);
    assert.equal((await roads.lines()).length, 1);
    now += 60_000;
    assert.deepEqual(await roads.lines(), [
      [25, 54, 25.001, 54],
      [25.001, 54, 25.002, 54, 25.003, 54],
    ]);
  });

  it("has none of a device that is not shown any more", async () => {
    const shown = [IMEI, OTHER];
    const roads = roadMap(() => shown);
    drive(IMEI, [fix(0), fix(1)]);
    drive(OTHER, [fix(0, { latitude: 10 }), fix(1, { latitude: 10 })]);
    assert.equal((await roads.lines()).length, 2);
    shown.pop();
    now += 60_000;
    assert.deepEqual(await roads.lines(), [[25, 54, 25.001, 54]]);
  });
});
