import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Random } from "../../src/simulator/random";
import { DeviceTrips, type SavedTrips } from "../../src/trips/device-trips";
import { PRESETS, type TripSettings } from "../../src/trips/settings";
import "../support/seed";
import { share } from "../support/share";
import { recordOf, TripClient } from "../support/trip-client";
import { SceneDrive } from "../support/trip-scenes";

type Record = ReturnType<typeof recordOf>;

const HOUR_MS = 3_600_000;
/** Small numbers, so that boundaries, gaps and idling come often. */
const SETTINGS: TripSettings = { ...PRESETS.car, idleAfter: 120, speedLimit: 70, silence: 900 };

/** A day of a vehicle of which nothing is certain. */
function anyDrive(seed: number): Record[] {
  const random = new Random(`drive ${seed}`);
  const drive = new SceneDrive({
    seed: `scene ${seed}`,
    every: random.chance(0.1) ? 15 : 60,
    drift: random.chance(0.2) ? 40 : 3,
    says: { speed: random.chance(0.8), ignition: random.chance(0.8) },
  });
  for (let part = random.whole(2, 6); part > 0; part--) {
    drive.ignition = random.chance(0.6);
    drive.silent = random.chance(0.12);
    drive.noFix = random.chance(0.1);
    drive.ahead = random.chance(0.06) ? HOUR_MS : 0;
    if (random.chance(0.5)) drive.stand(random.whole(30, 1500));
    else drive.drive(random.between(60, 5000), random.between(5, 110), random.chance(0.2) ? 6 : 0);
  }
  return drive.points.map((point) => {
    const jumped = random.chance(0.02) ? { ...point, latitude: point.latitude + 0.02 } : point;
    return recordOf(jumped, {
      ...(random.chance(0.03) && { acceleration: random.between(-0.6, 0.6) }),
      ...(random.chance(0.1) && { driverId: random.chance(0.5) ? "A" : "B" }),
    });
  });
}

/** The registry's history of one device, which has every record that was received. */
class History {
  private readonly records = new Map<string, Record>();

  keep(record: Record): void {
    this.records.set(JSON.stringify(record), record);
  }

  from(time: number): Record[] {
    return [...this.records.values()].filter((one) => one.time >= time).sort((a, b) => a.time - b.time);
  }
}

/** One device from its first record on, with restarts in between. */
class Life {
  readonly client = new TripClient();
  readonly history = new History();
  trips = new DeviceTrips(SETTINGS);

  constructor(now: number) {
    this.trips.begin([], [], now);
  }

  take(record: Record): void {
    this.history.keep(record);
    this.trips.take(record, record.receivedAt);
  }

  settle(now: number): void {
    const { needs } = this.trips;
    if (needs !== undefined) this.trips.fill(this.history.from(needs));
    this.client.hear(this.trips.settle(now));
  }

  restart(now: number): void {
    const saved: SavedTrips = JSON.parse(JSON.stringify(this.trips.saved()));
    this.trips = new DeviceTrips(SETTINGS, saved);
    this.trips.begin(this.history.from(this.trips.beginsAt(now)), [], now);
  }
}

function truthInOrder(records: readonly Record[], now: number): string[] {
  const life = new Life(now);
  for (const record of records) {
    life.take(record);
    life.settle(record.receivedAt);
  }
  life.settle(now);
  return life.client.truth;
}

/** Moves some records a little, a stretch of them to the end and turned around, and sends some twice. */
function anyOrder(records: readonly Record[], random: Random): Record[] {
  const moved = records
    .map((record, index) => ({ record, at: index + (random.chance(0.2) ? random.between(-8, 8) : 0) }))
    .sort((a, b) => a.at - b.at)
    .map(({ record }) => record);
  const from = random.whole(0, moved.length);
  const stretch = moved.splice(from, random.whole(0, moved.length));
  if (random.chance(0.6)) stretch.reverse();
  moved.splice(random.whole(0, moved.length), 0, ...stretch);
  return moved.flatMap((record) => (random.chance(0.1) ? [record, record] : [record]));
}

describe("trips", function () {
  this.timeout(600_000);

  it("are the same in any order, doubled, and over restarts, and what was told wrong is told right", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), (seed) => {
        const records = anyDrive(seed);
        if (records.length === 0) return;
        const now = Math.max(...records.map(({ receivedAt }) => receivedAt)) + 24 * HOUR_MS;
        const expected = truthInOrder(records, now);
        const random = new Random(`order ${seed}`);
        const life = new Life(now);
        for (const record of anyOrder(records, random)) {
          life.take(record);
          if (random.chance(0.3)) life.settle(record.receivedAt);
          if (random.chance(0.05)) life.restart(now);
        }
        life.settle(now);
        assert.deepEqual(life.client.truth, expected);
      }),
      { numRuns: share(10_000) },
    );
  });
});
