import assert from "node:assert/strict";
import { Driving } from "../../src/trips/driving";
import type { TripSample } from "../../src/trips/sample";
import { PRESETS } from "../../src/trips/settings";

function told(samples: readonly Omit<TripSample, "time">[], everyMs = 1000) {
  const driving = new Driving(PRESETS.car);
  samples.forEach((sample, index) => {
    driving.take({ ...sample, time: (index + 1) * everyMs });
  });
  return driving.told().map(({ type, start, end, source, value, speed, limit }) => ({
    type,
    start,
    end,
    source,
    ...(value !== undefined && { value }),
    ...(speed !== undefined && { speed, limit }),
  }));
}
const speeds = (...list: number[]) => list.map((speed) => ({ speed }));

describe("driving events", () => {
  it("come from positions of each second, from 10 km/h on", () => {
    const [braking, ...others] = told(speeds(50, 50, 38, 38));
    assert.deepEqual(others, []);
    assert.deepEqual(braking, {
      type: "harshBraking",
      start: 3000,
      end: 3000,
      source: "derived",
      value: -0.34,
    });
    assert.deepEqual(told(speeds(0, 9.5, 9.5)), []);
    assert.deepEqual(told(speeds(50, 38), 5000), [], "over five seconds that is no harsh braking");
  });

  it("come from what the device felt, and the same within ten seconds is one", () => {
    const felt = [{ acceleration: 0.3 }, { acceleration: 0.5 }, { cornering: -0.4 }, { acceleration: 0.2 }];
    assert.deepEqual(told(felt), [
      { type: "harshAcceleration", start: 1000, end: 2000, source: "device", value: 0.5 },
      { type: "harshCornering", start: 3000, end: 3000, source: "device", value: -0.4 },
    ]);
  });

  it("come from what the device said, once with what its positions say", () => {
    const said = [{ speed: 50 }, { speed: 38, event: "harshBraking" as const }, { speed: 38 }];
    assert.deepEqual(
      told(said).map(({ type, source }) => [type, source]),
      [["harshBraking", "device"]],
    );
  });

  it("are speeding only where it lasts, with its peak and the limit of the road before the setting", () => {
    assert.deepEqual(told(speeds(120, 140, 140, 120), 3000), []);
    const [fast] = told(speeds(120, 140, 151, 140, 140, 120), 5000);
    assert.deepEqual(fast, {
      type: "overspeed",
      start: 10_000,
      end: 30_000,
      source: "derived",
      speed: 151,
      limit: 130,
    });
    const town = Array.from({ length: 15 }, () => ({ speed: 66, speedLimit: 50 }));
    assert.equal(told(town)[0]?.limit, 50);
  });

  it("are idling where an engine runs in a vehicle that stands for five minutes", () => {
    const idle = Array.from({ length: 12 }, () => ({ speed: 0, engine: true }));
    const [idling] = told([...idle, { speed: 0, engine: false }], 30_000);
    assert.deepEqual(idling, { type: "idling", start: 30_000, end: 390_000, source: "derived" });
    assert.deepEqual(told(idle.slice(0, 9), 30_000), []);
    assert.deepEqual(
      told(
        idle.map(({ speed }) => ({ speed, engine: false })),
        30_000,
      ),
      [],
    );
  });
});
