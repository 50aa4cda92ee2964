import assert from "node:assert/strict";
import { type Fix, MemoryTrails } from "../../src/map/trails";
import { IMEI, OTHER, START } from "../support/registry";
import { randomOf } from "../support/seed";

const SECOND = 1000;
const fix = (seconds: number, rest: Partial<Fix> = {}): Fix => ({
  time: START + seconds * SECOND,
  latitude: 54 + seconds / 1000,
  longitude: 25,
  speed: 50,
  course: 90,
  ...rest,
});
const WIDE = { perDevice: 1000, bytes: 1e6 };

describe("trails in memory", () => {
  const all = (trails: MemoryTrails, imei = IMEI) => trails.read(imei, 0, Number.MAX_SAFE_INTEGER);

  it("give a device's fixes of a time, oldest first, also where they came late", async () => {
    const trails = new MemoryTrails(WIDE);
    for (const seconds of [0, 10, 30, 20, 5]) trails.add(IMEI, fix(seconds));
    trails.add(OTHER, fix(7));
    assert.deepEqual(
      await all(trails),
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
    const trails = new MemoryTrails(WIDE);
    const [unknown, zero] = [
      fix(0, { speed: null, course: null }),
      fix(1, { speed: 0, course: 0, latitude: 0 }),
    ];
    trails.add(IMEI, unknown);
    trails.add(IMEI, zero);
    assert.deepEqual(await all(trails), [unknown, zero]);
  });

  it("have one fix of a moment: the last that came", async () => {
    const trails = new MemoryTrails(WIDE);
    trails.add(IMEI, fix(0));
    trails.add(IMEI, fix(0, { speed: 51 }));
    assert.deepEqual(await all(trails), [fix(0, { speed: 51 })]);
  });

  it("keep of a stay its first and its last moment", async () => {
    const trails = new MemoryTrails(WIDE);
    const stands = (seconds: number) => fix(seconds, { latitude: 54.5, speed: 0 });
    trails.add(IMEI, fix(0));
    for (let seconds = 1; seconds <= 100; seconds++) trails.add(IMEI, stands(seconds));
    trails.add(IMEI, fix(101));
    assert.deepEqual(await all(trails), [fix(0), stands(1), stands(100), fix(101)]);
  });

  it("forget the oldest of a device that has too many", async () => {
    const trails = new MemoryTrails({ ...WIDE, perDevice: 3 });
    for (let seconds = 0; seconds < 5; seconds++) trails.add(IMEI, fix(seconds));
    assert.deepEqual(await all(trails), [fix(2), fix(3), fix(4)]);
  });

  it("take no more bytes than they may, whatever comes in which order; who was heard last keeps most", async () => {
    const random = randomOf("trails");
    const bytes = 20_000;
    const trails = new MemoryTrails({ perDevice: 200, bytes });
    const imeis = Array.from({ length: 40 }, (_, index) => String(860_000_000_000_000 + index));
    for (let step = 0; step < 5000; step++) {
      const imei = imeis[Math.floor(random() * imeis.length)] as string;
      trails.add(imei, fix(Math.floor(random() * 10_000)));
      assert.ok(trails.bytes <= bytes && trails.bytes >= 0, `${trails.bytes} bytes`);
      if (step % 97 === 0) trails.forget(imei);
    }
    for (let seconds = 0; seconds < 100; seconds++) trails.add(IMEI, fix(seconds));
    assert.equal((await all(trails)).length, 100);
    for (const imei of [...imeis, IMEI]) trails.forget(imei);
    assert.equal(trails.bytes, 0);
  });
});
