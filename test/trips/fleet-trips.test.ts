import assert from "node:assert/strict";
import type { SavedTrips } from "../../src/trips/device-trips";
import { FleetTrips } from "../../src/trips/fleet-trips";
import type { TripNews } from "../../src/trips/ledger";
import type { SampledRecord } from "../../src/trips/sample";
import { PRESETS } from "../../src/trips/settings";
import { SEED } from "../support/seed";
import { IMEI, recordOf, TripClient } from "../support/trip-client";
import { SceneDrive } from "../support/trip-scenes";

/** A fleet of one device, whose history and clock the test has. */
class World {
  readonly client = new TripClient();
  readonly failures: unknown[] = [];
  readonly asked: number[] = [];
  history: SampledRecord[] = [];
  /** What history rejects with. */
  broken: Error | undefined;
  saved: SavedTrips | undefined;
  wall = 0;
  monotonic = 0;
  trips = this.open();

  open(): FleetTrips {
    this.trips = new FleetTrips(PRESETS.car, {
      clock: { wall: () => this.wall, monotonic: () => this.monotonic },
      recordsBetween: async (_, from, to) => {
        this.asked.push(from);
        if (this.broken !== undefined) throw this.broken;
        return this.history.filter(({ time }) => time >= from && time <= to);
      },
      saved: () => this.saved,
      save: (_, saved) => {
        this.saved = JSON.parse(JSON.stringify(saved));
      },
      tell: (_, news: readonly TripNews[]) => this.client.hear(news),
      failed: (_, error) => this.failures.push(error),
    });
    return this.trips;
  }

  take(records: readonly ReturnType<typeof recordOf>[]): void {
    for (const record of records) {
      this.wall = Math.max(this.wall, record.receivedAt);
      this.history.push(record);
      this.trips.take(IMEI, record);
    }
  }

  get kinds(): string[] {
    return this.client.truth.map((text) => JSON.parse(text).kind);
  }
}

function drive() {
  const vehicle = new SceneDrive({ seed: SEED, every: 20 });
  for (let trip = 0; trip < 3; trip++) {
    vehicle.stand(900);
    vehicle.ignition = true;
    vehicle.drive(5000, 50);
    vehicle.ignition = false;
  }
  return vehicle.stand(900).points.map((point) => recordOf(point));
}

describe("trips of a fleet", () => {
  it("go on after a restart out of the history, with the same ids", async () => {
    const world = new World();
    const records = drive();
    const half = Math.floor(records.length / 2);
    world.take(records.slice(0, half));
    await world.trips.flush();
    world.open();
    world.take(records.slice(half));
    await world.trips.flush();
    const whole = new World();
    whole.take(records);
    await whole.trips.flush();
    assert.deepEqual(world.client.truth, whole.client.truth);
    assert.equal(world.kinds.filter((kind) => kind === "trip").length, 3);
  });

  it("wait for late records, and count them once no other comes", async () => {
    const world = new World();
    const records = drive();
    world.take(records.slice(0, 20));
    await world.trips.flush();
    const before = world.client.truth;
    world.take(records.slice(20).toReversed());
    world.monotonic = 1000;
    world.trips.tick();
    assert.deepEqual(world.client.truth, before);
    world.monotonic = 2000;
    world.trips.tick();
    assert.equal(world.kinds.filter((kind) => kind === "trip").length, 3);
  });

  it("end where a device falls silent, without another record", async () => {
    const world = new World();
    const records = drive();
    const moving = records.findIndex(({ position }) => (position.speed ?? 0) > 40) + 3;
    world.take(records.slice(0, moving));
    await world.trips.flush();
    assert.ok(world.client.truth.some((text) => /"kind":"trip".*"open":true/.test(text)));
    world.wall += 31 * 60_000;
    world.trips.tick();
    assert.ok(world.client.truth.some((text) => /"kind":"trip","open":false,"silent":true/.test(text)));
  });

  it("end after a restart, too", async () => {
    const world = new World();
    const records = drive();
    const moving = records.findIndex(({ position }) => (position.speed ?? 0) > 40) + 3;
    world.take(records.slice(0, moving));
    await world.trips.flush();
    world.open().resume(IMEI);
    world.wall += 31 * 60_000;
    await world.trips.flush();
    world.trips.tick();
    assert.ok(world.client.truth.some((text) => /"kind":"trip","open":false,"silent":true/.test(text)));
  });

  it("stay as they were told where the history cannot be read, or has nothing of it", async () => {
    const world = new World();
    const records = drive();
    world.take(records);
    await world.trips.flush();
    const before = world.client.truth.filter((text) => !text.includes('"open":true'));
    world.broken = new Error("the disk is gone");
    world.open().resume(IMEI);
    await world.trips.flush();
    assert.equal(world.failures.length, 1);
    world.broken = undefined;
    world.history = [];
    world.open().resume(IMEI);
    await world.trips.flush();
    world.trips.tick();
    assert.deepEqual(
      world.client.truth.filter((text) => !text.includes('"open":true')),
      before,
    );
  });
});
