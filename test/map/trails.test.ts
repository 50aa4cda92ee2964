import assert from "node:assert/strict";
import { stopsOf } from "../../src/map/stops";
import { type Fix, HistoryTrails } from "../../src/map/trails";
import { IMEI, MINUTE, OTHER, START } from "../support/registry";
import { trailsInMemory } from "../support/trails";

const SECOND = 1000;
const fix = (seconds: number, rest: Partial<Fix> = {}): Fix => ({
  time: START + seconds * SECOND,
  latitude: 54 + seconds / 1000,
  longitude: 25,
  speed: 50,
  course: 90,
  ...rest,
});

describe("trails out of the history", () => {
  it("give a device's fixes of a time, oldest first, also where they came late", async () => {
    const { trails, keep } = await trailsInMemory();
    for (const seconds of [0, 10, 30, 20, 5]) keep(IMEI, fix(seconds));
    keep(OTHER, fix(7));
    assert.deepEqual(
      await trails.read(IMEI, START, START + MINUTE),
      [0, 5, 10, 20, 30].map((seconds) => fix(seconds)),
    );
    assert.deepEqual(await trails.read(IMEI, START + 5 * SECOND, START + 20 * SECOND), [
      fix(5),
      fix(10),
      fix(20),
    ]);
    assert.deepEqual(await trails.read("000000000000000", 0, START), []);
  });

  it("keep what is not known as null, and zeros as zeros", async () => {
    const { trails, keep } = await trailsInMemory();
    const [unknown, zero] = [
      fix(0, { speed: null, course: null }),
      fix(1, { speed: 0, course: 0, latitude: 0 }),
    ];
    keep(IMEI, unknown);
    keep(IMEI, zero);
    assert.deepEqual(await trails.read(IMEI, START, START + MINUTE), [unknown, zero]);
  });

  it("have one fix of a moment, and none from nowhere or from the future", async () => {
    const { trails, keep, keepPosition } = await trailsInMemory(() => START);
    keep(IMEI, fix(0));
    keep(IMEI, fix(0, { latitude: 55 }));
    keepPosition(IMEI, START + SECOND, { valid: false, latitude: 54, longitude: 25 });
    keepPosition(IMEI, START + 2 * SECOND, { valid: true, latitude: 0, longitude: 0 });
    keepPosition(IMEI, START + 3 * SECOND, { valid: true, latitude: null, longitude: null });
    keep(IMEI, fix(60 * 60));
    assert.deepEqual(
      (await trails.read(IMEI, START - MINUTE, Number.MAX_SAFE_INTEGER)).map(({ time }) => time),
      [START],
    );
  });

  it("have the events of a time", async () => {
    const { trails, keep, happened } = await trailsInMemory();
    keep(IMEI, fix(0));
    happened(IMEI, START + SECOND, "door opened");
    happened(IMEI, START + 2 * MINUTE, "later");
    const events = await trails.events(IMEI, { from: START, to: START + MINUTE });
    assert.deepEqual(
      events.map(({ time, event }) => [time, event.raw?.text]),
      [[START + SECOND, "door opened"]],
    );
  });

  it("are empty while the registry is not open", async () => {
    const trails = new HistoryTrails(
      () => undefined,
      () => START,
    );
    assert.deepEqual(await trails.read(IMEI, 0, START), []);
    assert.deepEqual(await trails.events(IMEI, { from: 0, to: START }), []);
  });
});

describe("stops", () => {
  const at = (minutes: number, rest: Partial<Fix> = {}) =>
    fix(0, { time: START + minutes * MINUTE, latitude: 54, speed: 0, ...rest });
  const found = (...fixes: Fix[]) =>
    stopsOf(fixes).map(({ from, to }) => [(from - START) / MINUTE, (to - START) / MINUTE]);

  it("are where a vehicle stands for three minutes or more, until it drives on", () => {
    const drive = (minutes: number) => at(minutes, { speed: 50, latitude: 54 + minutes / 100 });
    assert.deepEqual(found(drive(0), at(1), at(3), at(5, { speed: 30 }), drive(6)), [[1, 5]]);
    assert.deepEqual(found(drive(0), at(1), at(3, { speed: 30 }), drive(4)), []);
    assert.deepEqual(found(at(0), at(10)), [[0, 10]], "also at the end");
    assert.deepEqual(found(), []);
  });

  it("end with the last fix there, where a silent vehicle goes on elsewhere", () => {
    assert.deepEqual(found(at(0), at(5), at(60, { latitude: 55, speed: 40 })), [[0, 5]]);
    assert.deepEqual(found(at(0), at(5), at(60, { latitude: 55 }), at(70, { latitude: 55 })), [
      [0, 5],
      [60, 70],
    ]);
  });

  it("bear fixes that jump around, and speeds that nobody said", () => {
    assert.deepEqual(found(at(0), at(2, { latitude: 54.0005 }), at(4, { longitude: 25.001 })), [[0, 4]]);
    assert.deepEqual(found(at(0, { speed: null }), at(4, { speed: null })), [[0, 4]]);
    const moving = [0, 2, 4, 6].map((minutes) => at(minutes, { speed: null, latitude: 54 + minutes / 100 }));
    assert.deepEqual(found(...moving), []);
  });
});
