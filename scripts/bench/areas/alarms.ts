// What fences and alarms cost the main thread: the rules of a node over a fleet that drives among fences.
import { AlarmWatch, readInput } from "../../../nodes/alarms/watch";
import type { Expressions } from "../../../nodes/runtime/expressions";
import { ALARM_KIND_NAMES } from "../../../src/alarms/kinds";
import { readRules } from "../../../src/alarms/rule";
import { newDevice } from "../../../src/devices/fields";
import type { Fence } from "../../../src/fences/fence";
import { readFence } from "../../../src/fences/read-fence";
import type { FleetLife } from "../../../src/fleet/life";
import { imeiCheckDigit } from "../../../src/model/imei";
import type { OwnRecord } from "../../../src/model/message";
import { reading, TestRegistry } from "../../../test/support/registry";
import { area, ROUNDS } from "../frame";

const DEVICES = 1000;
const FENCES = 1000;
const RULES = 20;
const WARM_UP = 3;
/** Records of each device in a round. */
const TIMES = 20;
const STEP_MS = 10_000;
/** Degrees of latitude and of longitude that the fleet drives in: a town and what is around it. */
const LAND = { south: 54.4, west: 24.8, high: 0.6, wide: 1 };

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at * 1_103_515_245 + 12_345) % 2 ** 31;
    return at / 2 ** 31;
  };
}

const imeiOf = (index: number): string => {
  const digits = `8600020000${String(index).padStart(4, "0")}`;
  return `${digits}${imeiCheckDigit(digits)}`;
};

function fencesOf(random: () => number): Fence[] {
  return Array.from({ length: FENCES }, (_, at) => {
    const center = {
      latitude: LAND.south + random() * LAND.high,
      longitude: LAND.west + random() * LAND.wide,
    };
    const size = 0.001 + random() * 0.008;
    const corners = Array.from({ length: 12 }, (__, corner) => ({
      latitude: center.latitude + size * Math.sin((corner * Math.PI) / 6),
      longitude: center.longitude + 1.7 * size * Math.cos((corner * Math.PI) / 6),
    }));
    const shape = [
      { kind: "circle", center, radius: 100 + random() * 900 },
      { kind: "polygon", points: corners },
      { kind: "corridor", points: corners.slice(0, 5), width: 50 },
    ][at % 3];
    return { id: `f${at}`, ...readFence({ name: `fence ${at}`, ...shape }), createdAt: 0, changedAt: 0 };
  });
}

/** One of each kind, and of those of fences more. */
function rulesOf(): ReturnType<typeof readRules> {
  const kinds = [...ALARM_KIND_NAMES, "fenceEntered", "fenceLeft", "overspeed", "fenceEntered"];
  const params = { valueRange: { sensor: "coolantTemperature", max: 110 } } as Record<string, object>;
  return readRules(kinds.slice(0, RULES).map((kind, at) => ({ id: `r${at}`, kind, params: params[kind] })));
}

/** µs. */
const sum = ({ user, system }: NodeJS.CpuUsage): number => user + system;

/** A car that drives on, and turns at the edge of the land. */
class Car {
  private course: number;
  private place: { latitude: number; longitude: number };

  constructor(
    private readonly imei: string,
    private readonly random: () => number,
  ) {
    this.course = random() * 360;
    this.place = { latitude: LAND.south + random() * LAND.high, longitude: LAND.west + random() * LAND.wide };
  }

  record(time: number): OwnRecord {
    const speed = 30 + this.random() * 60;
    const degrees = (speed * STEP_MS) / 3_600_000 / 111;
    this.course += this.random() * 20 - 10;
    const latitude = this.place.latitude + degrees * Math.cos((this.course * Math.PI) / 180);
    const longitude = this.place.longitude + 1.7 * degrees * Math.sin((this.course * Math.PI) / 180);
    const isInside =
      latitude > LAND.south &&
      latitude < LAND.south + LAND.high &&
      longitude > LAND.west &&
      longitude < LAND.west + LAND.wide;
    if (isInside) this.place = { latitude, longitude };
    else this.course += 180;
    const reported = reading(time, {
      position: { valid: true, ...this.place, speed, course: this.course, altitude: 100, satellites: 12 },
      attributes: {
        ignition: true,
        engineRunning: true,
        vehicleSpeed: speed,
        externalVoltage: 13.8 + this.random() / 2,
        externalPower: true,
        batteryVoltage: 4.1,
        batteryLevel: 95,
        gsmJamming: false,
        gnssJamming: false,
        tamper: false,
        doorFrontLeft: false,
        input1: false,
        coolantTemperature: 80 + this.random() * 20,
        odometer: time / 1000,
        driverId: "0123456789",
      },
    });
    return { ...reported, imei: this.imei };
  }
}

export const AREA = area("alarms", async (report) => {
  const random = numbers(17);
  const registry = await TestRegistry.open();
  const { fleet } = registry;
  const imeis = Array.from({ length: DEVICES }, (_, at) => imeiOf(at));
  const devices = imeis.map((imei) => [imei, { ...newDevice(imei, 0), state: "active" as const }] as const);
  await fleet.change(() => new Map(devices), "bench");
  const fences = fencesOf(random);
  await fleet.changeFences(() => ({
    changes: new Map(fences.map((fence) => [fence.id, fence])),
    answer: undefined,
  }));
  const life = { current: fleet } as FleetLife;
  let [told, failed] = [0, 0];
  const watch = new AlarmWatch(
    life,
    "bench",
    rulesOf(),
    900_000,
    { isEmpty: true } as Expressions<string>,
    () => told++,
    () => failed++,
  );
  report.atEnd(() => watch.close());
  const cars = imeis.map((imei) => new Car(imei, random));
  const µs: { readonly step: number[]; readonly saved: number[] } = { step: [], saved: [] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    let [step, saved] = [0, 0];
    for (let turn = 0; turn < TIMES; turn++) {
      registry.wall += STEP_MS;
      const records = cars.map((car) => car.record(registry.wall));
      const saving: (Promise<void> | undefined)[] = [];
      const start = process.threadCpuUsage();
      for (const record of records) {
        const read = readInput(record);
        if (read !== undefined) saving.push(watch.take(read.imei, read.input));
      }
      step += sum(process.threadCpuUsage(start));
      await Promise.all(saving);
      saved += sum(process.threadCpuUsage(start));
    }
    if (round < 0) continue;
    µs.step.push(step / TIMES / DEVICES);
    µs.saved.push(saved / TIMES / DEVICES);
  }
  if (told === 0 || failed > 0) throw new Error(`${told} alarms were told, ${failed} could not be saved.`);
  report.add("record", µs.step);
  report.add("saved", µs.saved);
});
