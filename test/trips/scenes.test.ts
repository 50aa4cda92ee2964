import assert from "node:assert/strict";
import { DeviceTrips } from "../../src/trips/device-trips";
import type { Interval } from "../../src/trips/interval";
import { PRESETS } from "../../src/trips/settings";
import { SEED } from "../support/seed";
import { recordOf, TripClient } from "../support/trip-client";
import { SCENES, VARIANTS } from "../support/trip-scene-list";
import type { Scene, SceneOptions } from "../support/trip-scenes";

/** What is told of a scene, in the order in which it comes, a day after its end. */
function toldOf({ points }: Scene): { trips: Interval[]; all: Interval[] } {
  const trips = new DeviceTrips(PRESETS.car);
  const client = new TripClient();
  trips.begin([], [], 0);
  const received = points.map((point) => recordOf(point)).sort((a, b) => a.receivedAt - b.receivedAt);
  for (const record of received) {
    if (trips.take(record, record.receivedAt) === "live") client.hear(trips.settle(record.receivedAt));
  }
  const last = received.at(-1);
  client.hear(trips.settle((last?.receivedAt ?? 0) + 86_400_000));
  const all = client.truth.map((text): Interval => JSON.parse(text)).filter(({ kind }) => kind !== undefined);
  const isTrip = ({ kind }: Interval) => kind === "trip" || kind === "carried";
  return { all, trips: all.filter(isTrip).sort((a, b) => a.start.time - b.start.time) };
}

/** Seconds at start and end that are off at most, and share of the distance. */
function assertTrue(scene: Scene, seconds: number, share: number): Interval[] {
  const { trips } = toldOf(scene);
  assert.equal(trips.length, scene.trips.length, "trips");
  scene.trips.forEach((truth, index) => {
    const told = trips[index] as Interval;
    const start = (told.start.time - truth.start) / 1000;
    const end = (told.end.time - truth.end) / 1000;
    const distance = ((told.distance ?? 0) * 1000) / truth.distance - 1;
    assert.ok(Math.abs(start) <= seconds, `trip ${index + 1} starts ${start} s later`);
    assert.ok(Math.abs(end) <= seconds, `trip ${index + 1} ends ${end} s later`);
    assert.ok(Math.abs(distance) <= share, `trip ${index + 1} is ${distance * 100} % longer`);
  });
  return trips;
}

const options = (more: Partial<SceneOptions> = {}): SceneOptions => ({ seed: SEED, ...more });
/** Positions are wrong by more than a shorter way tells; a straight line is shorter than a tunnel with bends. */
const SHARES: Readonly<Record<string, number>> = { "a tunnel": 0.15, "drift over night": 0.15 };
const SECONDS: Readonly<Record<string, number>> = { "drift over night": 600 };

describe("trips of hard scenes", () => {
  for (const [name, make] of Object.entries(SCENES)) {
    it(`${name}: each trip once, when and as long as it was`, () => {
      assertTrue(make(options()), SECONDS[name] ?? 30, SHARES[name] ?? 0.03);
    });
  }

  for (const [variant, more] of Object.entries(VARIANTS)) {
    it(`two trips and a stop, ${variant}`, () => {
      const make = SCENES["two trips with a stop of four minutes, ignition on"] as (
        given: SceneOptions,
      ) => Scene;
      assertTrue(make(options(more)), 20 + (more.every ?? 10), 0.05 + (more.latitude ?? 0) / 1000);
    });
  }

  it("a ferry is carried, what drives on and off it is not", () => {
    const scene = (SCENES["a ferry"] as (given: SceneOptions) => Scene)(options());
    assert.deepEqual(
      assertTrue(scene, 30, 0.03).map(({ kind }) => kind),
      ["trip", "carried", "trip"],
    );
  });

  it("a stop begins when it stood", () => {
    const make = SCENES["two trips with a stop of four minutes, ignition on"] as (
      given: SceneOptions,
    ) => Scene;
    const scene = make(options());
    const { all } = toldOf(scene);
    const ended = scene.trips[0]?.end ?? 0;
    const stop = all.find(({ kind, start }) => kind === "stop" && Math.abs(start.time - ended) < 30_000);
    assert.ok(stop, JSON.stringify(all));
    assert.ok(stop.duration >= 230 && stop.duration <= 310, `${stop.duration} s`);
  });
});
