import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { TrackerError } from "../../src/errors";
import { checkImei } from "../../src/model/imei";
import type { DeviceEvent, Telemetry } from "../../src/model/message";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { encodeCommand } from "../../src/protocols/iotm/output-control";
import type { Publication, VirtualDevice } from "../../src/simulator/device";
import { EVENT_NAMES, EVENTS, ROAD_EVENTS } from "../../src/simulator/events";
import { FAULT_LEVELS, type Faults } from "../../src/simulator/faults";
import { type FleetSettings, VirtualFleet } from "../../src/simulator/fleet";
import { MODEL_NAMES, MODELS } from "../../src/simulator/models";
import { type Counts, imeiOf, plannedDevices } from "../../src/simulator/plan";
import { Route } from "../../src/simulator/route";
import { ROUTES } from "../../src/simulator/routes";

const NOON = Date.UTC(2026, 10, 21, 12);
const NONE: Counts = { car: 0, carWithoutCan: 0, lorry: 0, trailer: 0, light: 0, xtcu: 0 };
const ALL: Counts = { car: 2, carWithoutCan: 2, lorry: 2, trailer: 2, light: 2, xtcu: 2 };
const VARNA = new Route(ROUTES.varna);

interface Sent extends Publication {
  /** When it was sent, to the step that the test let the time go on by. */
  readonly at: number;
}

function fleetOf(counts: Partial<Counts>, settings: Partial<FleetSettings> = {}): VirtualFleet {
  return new VirtualFleet({
    devices: plannedDevices({ ...NONE, ...counts }),
    routes: [VARNA],
    seed: "test",
    start: NOON,
    interval: 10,
    eventsPerHour: 0,
    faults: FAULT_LEVELS.off,
    ...settings,
  });
}

function run(fleet: VirtualFleet, seconds: number, step = 1000): Sent[] {
  const sent: Sent[] = [];
  const end = fleet.time + seconds * 1000;
  while (fleet.time < end) {
    fleet.advance(Math.min(fleet.time + step, end), (message) => sent.push({ ...message, at: fleet.time }));
  }
  return sent;
}

function digest(sent: readonly Publication[]): string {
  const hash = createHash("sha256");
  for (const { imei, role, payload } of sent) hash.update(`${imei} ${role} `).update(payload);
  return hash.digest("hex");
}

/** What the project's decoder makes of IOTM frames; nothing may be wrong with them. */
function decoded(sent: readonly Publication[]): (Telemetry | DeviceEvent)[] {
  return sent
    .filter(({ protocol }) => protocol === "iotm")
    .flatMap(({ payload }) => {
      const { records, error, warnings } = decodePayload(payload as Uint8Array, { receivedAt: 0 });
      assert.deepEqual([error, warnings], [undefined, []]);
      assert.ok(records.length > 0);
      return records as (Telemetry | DeviceEvent)[];
    });
}
const telemetry = (sent: readonly Publication[]) =>
  decoded(sent).filter((record): record is Telemetry => record.kind === "telemetry");
const events = (sent: readonly Publication[]) =>
  decoded(sent).filter((record): record is DeviceEvent => record.kind === "event");

interface Json {
  readonly [field: string]: unknown;
}
const json = (sent: readonly Publication[]): Json[] =>
  sent
    .filter(({ protocol }) => protocol === "globalmatix")
    .flatMap(({ payload }) => [JSON.parse(payload as string)].flat());

/** As the wire of input 5 has it, which says it also where the bus sleeps. */
const ignitionOf = ({ attributes }: Telemetry): unknown => attributes.input5 ?? attributes.ignition;

function metresBetween(a: Telemetry, b: Telemetry): number {
  const [from, to] = [a.position, b.position];
  assert.ok(from && to);
  const north = ((to.latitude ?? 0) - (from.latitude ?? 0)) * 111_320;
  const cos = Math.cos(((from.latitude ?? 0) / 180) * Math.PI);
  return Math.hypot(north, ((to.longitude ?? 0) - (from.longitude ?? 0)) * 111_320 * cos);
}

describe("the simulated fleet", () => {
  it("sends the same bytes with the same seed and start, and others with another", () => {
    const settings = { eventsPerHour: 6, faults: FAULT_LEVELS.lot };
    const once = digest(run(fleetOf(ALL, settings), 900));
    assert.equal(digest(run(fleetOf(ALL, settings), 900)), once);
    assert.equal(digest(run(fleetOf(ALL, settings), 900, 37)), once, "in whatever steps");
    assert.notEqual(digest(run(fleetOf(ALL, { ...settings, seed: "tesu" }), 900)), once);
    assert.notEqual(digest(run(fleetOf(ALL, { ...settings, start: NOON + 1000 }), 900)), once);
  });

  it("a device does the same whichever others there are", () => {
    const of = (sent: Sent[]) => digest(sent.filter(({ imei }) => imei === imeiOf("car", 1)));
    assert.equal(of(run(fleetOf({ car: 1 }), 300)), of(run(fleetOf({ car: 1, lorry: 1 }), 300)));
  });

  it("has IMEIs with a right check digit that depend on model and number alone", () => {
    const planned = plannedDevices({
      car: 1200,
      carWithoutCan: 7,
      lorry: 1,
      trailer: 1,
      light: 1,
      xtcu: 900,
    });
    assert.equal(new Set(planned.map(({ imei }) => imei)).size, planned.length);
    for (const { imei } of planned) assert.equal(checkImei(imei), undefined);
    assert.equal(imeiOf("car", 1), "860000000000017");
    assert.equal(imeiOf("xtcu", 3), "860000040000035");
    assert.equal(imeiOf("carWithoutCan", 1).slice(0, 14), "86000005000001");
  });

  it("every frame decodes without a warning, with the values of its model by name", () => {
    const names = new Map<string, Set<string>>();
    for (const { imei, attributes } of telemetry(run(fleetOf(ALL, { eventsPerHour: 10 }), 3600))) {
      const digit = String(imei).slice(7, 8);
      names.set(digit, new Set([...(names.get(digit) ?? []), ...Object.keys(attributes)]));
    }
    assert.ok(
      ["ignition", "fuelLevel", "odometer", "gnssOdometer", "driverId", "output4", "canActive"].every((n) =>
        names.get("0")?.has(n),
      ),
    );
    assert.ok(
      ["engineSpeed", "odometer", "engineHours", "grossWeight", "adBlueLevel"].every((n) =>
        names.get("1")?.has(n),
      ),
    );
    assert.ok(["temperature1", "input3", "oneWireId1", "batteryLevel"].every((n) => names.get("2")?.has(n)));
    assert.ok(!names.get("3")?.has("ignition") && names.get("3")?.has("externalVoltage"));
  });

  it("drives plausibly: on the route, without a jump, slower and faster, and the odometer never goes back, also at midnight", () => {
    const routes = Object.values(ROUTES).map((points) => new Route(points));
    const route = fc.constantFrom(...routes);
    fc.assert(
      fc.property(fc.string(), route, fc.constantFrom("car", "lorry"), (seed, on, model) => {
        const fleet = fleetOf(
          { [model]: 1 },
          { seed, routes: [on], interval: 1, start: NOON + 11.9 * 3_600_000 },
        );
        const readings = telemetry(run(fleet, 2400));
        const fastest = MODELS[model].build.fast / 3.6;
        readings.forEach((reading, index) => {
          const { position } = reading;
          assert.ok((position?.speed ?? 999) <= MODELS[model].build.fast + 1);
          if (!ignitionOf(reading)) assert.equal(position?.speed, 0);
          const before = readings[index - 1];
          if (before === undefined) return;
          const seconds = (reading.time - before.time) / 1000;
          assert.ok(seconds >= 1);
          const odometer =
            ((reading.attributes.gnssOdometer as number) - (before.attributes.gnssOdometer as number)) * 1000;
          assert.ok(odometer >= 0 && odometer <= fastest * seconds + 0.2, `${odometer} m in ${seconds} s`);
          // f32 coordinates are exact to half a metre, the odometer to 10 cm.
          assert.ok(metresBetween(before, reading) <= odometer + 1.2, "no further than it drove");
        });
        const speeds = readings.map(({ position }) => position?.speed ?? 0);
        assert.ok(Math.max(...speeds) >= 30 && Math.min(...speeds) === 0, `${Math.max(...speeds)} km/h`);
      }),
      { numRuns: 15 },
    );
  });

  it("keeps to the route: every position lies on one of its legs", () => {
    const corners = VARNA.points;
    const offRoute = (latitude: number, longitude: number): number => {
      const cos = Math.cos((latitude / 180) * Math.PI);
      const flat = ([lat, lon]: readonly [number, number]) => [
        (lat - latitude) * 111_320,
        (lon - longitude) * 111_320 * cos,
      ];
      return Math.min(
        ...corners.map((corner, index) => {
          const [ax = 0, ay = 0] = flat(corner);
          const [bx = 0, by = 0] = flat(corners[(index + 1) % corners.length] ?? corner);
          const along = -(ax * (bx - ax) + ay * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
          const share = Math.min(Math.max(along, 0), 1);
          return Math.hypot(ax + share * (bx - ax), ay + share * (by - ay));
        }),
      );
    };
    const readings = telemetry(run(fleetOf({ car: 5 }), 1800));
    assert.ok(readings.length > 200);
    for (const { position } of readings) {
      assert.ok(offRoute(position?.latitude ?? 0, position?.longitude ?? 0) < 2);
    }
  });

  it("has a board that fits the engine, and fuel that sinks and is refilled", () => {
    const readings = telemetry(
      run(fleetOf({ car: 3 }, { interval: 60, eventsPerHour: 0 }), 24 * 3600, 60_000),
    );
    let refilled = 0;
    const levels = new Map<string, number>();
    for (const reading of readings) {
      const { imei, attributes } = reading;
      const { externalVoltage, fuelLevel } = attributes as Record<string, number>;
      const ignition = ignitionOf(reading);
      const voltage = externalVoltage as number;
      assert.ok(
        ignition ? voltage >= 13.8 && voltage <= 14.4 : voltage >= 12.3 && voltage <= 12.7,
        `${voltage} V`,
      );
      // The bus that says it sleeps while the vehicle is parked.
      if (fuelLevel === undefined) continue;
      const before = levels.get(String(imei)) ?? 100;
      if ((fuelLevel as number) > before) refilled++;
      assert.ok((fuelLevel as number) <= before || (fuelLevel as number) >= 85);
      assert.ok((fuelLevel as number) > 5);
      levels.set(String(imei), fuelLevel as number);
    }
    assert.ok(refilled >= 3, `${refilled} times`);
  });

  it("reports at the interval while it drives, six times less often while parked, at once when that changes", () => {
    const sent = run(fleetOf({ car: 1 }), 7200);
    const readings = telemetry(sent);
    let changes = 0;
    readings.forEach((reading, index) => {
      const before = readings[index - 1];
      if (before === undefined) return;
      const waited = (reading.time - before.time) / 1000;
      const changed = ignitionOf(reading) !== ignitionOf(before);
      if (changed) changes++;
      else assert.equal(waited, ignitionOf(reading) ? 10 : 60);
      assert.ok(waited <= 60);
    });
    assert.ok(changes >= 4);
  });

  it("spreads what it sends over the time", () => {
    const perStep = new Map<number, number>();
    for (const { at } of run(fleetOf({ car: 1000 }), 60, 100)) perStep.set(at, (perStep.get(at) ?? 0) + 1);
    const busiest = Math.max(...perStep.values());
    assert.ok(busiest < 60, `${busiest} messages in a tenth of a second`);
  });

  it("an xTCU sends JSON, one object or a list, with what an electric car has", () => {
    const messages = json(run(fleetOf({ xtcu: 2 }, { faults: { ...FAULT_LEVELS.off, history: 0.3 } }), 3600));
    assert.ok(messages.length > 100);
    for (const message of messages) {
      assert.equal(checkImei(String(message.imei)), undefined);
      assert.ok(Date.parse(String(message.ts)) >= NOON);
      assert.ok(Number(message.soc) > 0 && Number(message.soc) <= 100 && Number(message.lat) > 43);
      assert.equal(typeof message.ignition, "boolean");
    }
  });

  it("goes on as if nothing had been after the computer was asleep", () => {
    const fleet = fleetOf({ car: 3 });
    const before = telemetry(run(fleet, 60)).filter(({ imei }) => imei === imeiOf("car", 1));
    fleet.skip(fleet.time + 3_600_000);
    const after = telemetry(run(fleet, 60)).filter(({ imei }) => imei === imeiOf("car", 1));
    const [last, next] = [before.at(-1), after[0]];
    assert.ok(last && next && next.time - last.time >= 3_600_000);
    assert.ok(metresBetween(last, next) < 60 * 28);
  });
});

describe("events of the simulated fleet", () => {
  /** Lets an event happen to a car as soon as it can, and returns what it sent then. */
  const happen = (
    name: (typeof EVENT_NAMES)[number],
  ): { fleet: VirtualFleet; sent: Sent[]; before: Telemetry } => {
    const fleet = fleetOf(ROAD_EVENTS.includes(name) ? { car: 1 } : { trailer: 1 }, { seed: name });
    const car = fleet.devices[0];
    assert.ok(car);
    let before = telemetry(run(fleet, 20)).at(-1);
    for (let waited = 0; !car.can(name); waited++) {
      assert.ok(waited < 3600, "it never could");
      before = telemetry(run(fleet, 1)).at(-1) ?? before;
    }
    assert.equal(fleet.trigger(name), car.imei);
    assert.ok(before);
    return { fleet, before, sent: run(fleet, 2) };
  };

  const SHOWN: Readonly<Record<(typeof EVENT_NAMES)[number], (reading: Telemetry) => boolean>> = {
    panic: ({ attributes }) => attributes.input2 === true,
    jamming: ({ attributes }) => attributes.gsmJamming === true,
    braking: ({ attributes }) => Number(attributes.acceleration) < -0.2,
    crash: (reading) =>
      Number(reading.attributes.acceleration) < -2 &&
      reading.position?.speed === 0 &&
      ignitionOf(reading) === false,
    powerCut: ({ attributes }) => attributes.externalVoltage === 0,
    tow: (reading) => reading.attributes.motion === true && ignitionOf(reading) === false,
    door: ({ attributes }) => attributes.input3 === true,
  };
  for (const name of EVENT_NAMES) {
    it(`${name}: an event at once, and sensors that show it`, () => {
      const { fleet, before, sent } = happen(name);
      assert.ok(!SHOWN[name](before), "not before");
      const [event] = events(sent);
      assert.deepEqual([event?.event.type, event?.event.source], [EVENTS[name].type, "device"]);
      assert.ok(telemetry(sent).some(SHOWN[name]), "in the next reading");
      if (EVENTS[name].seconds === 0) return;
      run(fleet, EVENTS[name].seconds);
      assert.ok(!telemetry(run(fleet, 61)).some(SHOWN[name]), "not any more");
    });
  }

  it("a cut supply drains the device's own battery", () => {
    const { fleet, sent } = happen("powerCut");
    const first = telemetry(sent).at(-1)?.attributes.batteryVoltage as number;
    const last = telemetry(run(fleet, 150)).at(-1)?.attributes.batteryVoltage as number;
    assert.ok(last < first - 0.05, `${first} to ${last} V`);
  });

  it("of an xTCU stand in one message", () => {
    const fleet = fleetOf({ xtcu: 1 });
    fleet.trigger("powerCut");
    const told = json(run(fleet, EVENTS.powerCut.seconds)).map(({ event }) => event);
    assert.deepEqual(told.filter(Boolean), ["POWER LOST"]);
    assert.equal(told[0], "POWER LOST");
  });

  it("happen to a device that can tell of it, where there is one", () => {
    const fleet = fleetOf({ car: 5 });
    for (const device of fleet.devices) device.connected = false;
    assert.ok(fleet.trigger("panic"), "it is told of later");
    const third = fleet.device(imeiOf("car", 3)) as VirtualDevice;
    third.connected = true;
    for (let time = 0; time < 20; time++) assert.equal(fleet.trigger("panic"), third.imei);
  });

  it("one that may wait happens as soon as it can, and once", () => {
    const fleet = fleetOf({ car: 1 }, { seed: "wait" });
    const [car] = fleet.devices as [VirtualDevice];
    assert.ok(!car.can("crash"), "it stands at first");
    assert.equal(fleet.trigger("crash", undefined, true), car.imei);
    const told = events(run(fleet, 3600)).filter(({ event }) => event.type === "crash");
    assert.equal(told.length, 1);
  });

  it("a trailer is coupled while it is pulled and left alone in long stops, without a supply: as its truth is", () => {
    const fleet = fleetOf({ trailer: 1 }, { interval: 1 });
    const [trailer] = fleet.devices as [VirtualDevice];
    let alone = 0;
    for (let second = 0; second < 7200; second++) {
      const { vehicle } = trailer;
      const readings = telemetry(run(fleet, 1));
      const { isCoupled, doorsOpen, supply, warmth, ambient } = vehicle;
      for (const { attributes } of readings) {
        assert.deepEqual([attributes.input4, attributes.externalPower], [isCoupled, isCoupled]);
        assert.equal(attributes.input3, doorsOpen);
        assert.ok(Math.abs(Number(attributes.externalVoltage) - supply) < 0.01);
        assert.ok(Math.abs(Number(attributes.temperature1) - (4 + warmth + ambient / 40)) < 0.1);
        if (!isCoupled) alone++;
      }
      assert.ok(isCoupled || !vehicle.moves);
    }
    assert.ok(alone > 10);
    fleet.trigger("tow", undefined, true);
    const told = run(fleet, 3600);
    assert.ok(events(told).some(({ event }) => event.type === "tow"));
    assert.ok(
      telemetry(told).some(({ attributes }) => attributes.motion === true && attributes.input4 === false),
    );
  });

  it("an open door warms what is behind it, which is cooled again", () => {
    const fleet = fleetOf({ trailer: 1 }, { interval: 1, seed: "door" });
    fleet.trigger("door", undefined, true);
    const temperatures = telemetry(run(fleet, 3600)).map(({ attributes }) => Number(attributes.temperature1));
    assert.ok(Math.max(...temperatures) > 10, "12 °C with the door open");
    assert.ok(Math.min(...temperatures) < 5);
  });

  it("a fleet has a dozen drivers, who drive again", () => {
    const fleet = fleetOf({ car: 20 });
    const drivers = new Set(telemetry(run(fleet, 7200)).map(({ attributes }) => attributes.driverId));
    assert.ok(drivers.size > 3 && drivers.size <= 12, `${[...drivers]}`);
  });

  it("say why one is not possible", () => {
    const fleet = fleetOf({ car: 1, trailer: 1 });
    const code = (event: unknown, imei?: string) => {
      try {
        return fleet.trigger(event, imei);
      } catch (error) {
        return (error as TrackerError).code;
      }
    };
    assert.equal(code("earthquake"), "EVENT_UNKNOWN");
    assert.equal(code("panic", "356307042441013"), "DEVICE_UNKNOWN");
    assert.equal(code("panic", imeiOf("trailer", 1)), "EVENT_IMPOSSIBLE");
    assert.equal(code("braking"), "EVENT_IMPOSSIBLE", "nobody drives yet");
    assert.equal(code("jamming", imeiOf("trailer", 1)), imeiOf("trailer", 1));
  });

  it("come at about their rate", () => {
    const told = events(run(fleetOf({ car: 20 }, { eventsPerHour: 2 }), 3600 * 3, 60_000));
    const types = new Set<string>(EVENT_NAMES.map((name) => EVENTS[name].type));
    const happened = told.filter(({ event }) => types.has(event.type)).length;
    assert.ok(happened > 90 && happened < 150, `${happened} instead of about 120`);
  });
});

describe("faults of the simulated fleet", () => {
  const with1 = (fault: Partial<Faults>) => ({ faults: { ...FAULT_LEVELS.off, ...fault }, interval: 10 });
  const HOURS = 4;
  const sentWith = (fault: Partial<Faults>) => run(fleetOf({ car: 20 }, with1(fault)), 3600 * HOURS, 60_000);
  const about = (found: number, wanted: number) =>
    assert.ok(found > wanted * 0.75 && found < wanted * 1.25, `${found} instead of about ${wanted}`);

  it("no fix: the coordinates known last, no satellites, about as often as asked", () => {
    const readings = telemetry(sentWith({ noFix: 0.2 }));
    const without = readings.filter(({ position }) => position?.valid === false);
    about(without.length / readings.length, 0.2);
    for (const { position } of without) {
      assert.deepEqual([position?.satellites, position?.altitude, position?.hdop], [0, 0, 0]);
      assert.ok((position?.latitude ?? 0) > 43);
    }
  });

  it("late history: several records in a frame, none lost, none out of order", () => {
    const sent = sentWith({ history: 0.2 });
    const frames = sent.map((message) => telemetry([message]));
    assert.ok(frames.some((records) => records.length > 5));
    const late = frames.filter((records) => records.length > 1).flat().length;
    about(late / telemetry(sent).length, 0.2);
    const last = new Map<string | null, number>();
    for (const { imei, time } of frames.flat()) {
      assert.ok(time >= (last.get(imei) ?? 0));
      last.set(imei, time);
    }
  });

  it("duplicates: the same bytes a second later", () => {
    const sent = sentWith({ duplicates: 0.1 }).map(({ payload }) => Buffer.from(payload).toString("hex"));
    about((sent.length - new Set(sent).size) / new Set(sent).size, 0.1);
  });

  it("reordering: a record after the next one", () => {
    const readings = telemetry(sentWith({ reordering: 0.1 }));
    const last = new Map<string | null, number>();
    let late = 0;
    for (const { imei, time } of readings) {
      if (time < (last.get(imei) ?? 0)) late++;
      last.set(imei, time);
    }
    about(late / readings.length, 0.1);
  });

  it("damage: frames that the decoder refuses, about as often as asked", () => {
    const sent = sentWith({ damaged: 0.1 });
    const refused = sent.filter(
      ({ payload }) => decodePayload(payload as Uint8Array, { receivedAt: 0 }).error !== undefined,
    );
    about(refused.length / sent.length, 0.1);
  });

  it("wrong clocks: of about as many devices as asked, by ten minutes to a day", () => {
    const { devices } = fleetOf({ car: 1000 }, with1({ clock: 0.1 }));
    const wrong = devices.filter(({ clockError }) => clockError !== 0);
    about(wrong.length, 100);
    for (const { clockError } of wrong) {
      assert.ok(Math.abs(clockError) >= 600_000 && Math.abs(clockError) <= 86_400_000);
    }
  });

  it("while it is not connected, a device keeps what it has to say", () => {
    const fleet = fleetOf({ car: 1 });
    const [car] = fleet.devices;
    assert.ok(car);
    car.connected = false;
    assert.deepEqual(run(fleet, 120), []);
    car.connected = true;
    const [first] = run(fleet, 1);
    assert.ok(first && telemetry([first]).length > 5);
  });

  it("keep what is stored within bounds", () => {
    const fleet = fleetOf({ car: 1 }, { interval: 1 });
    const [car] = fleet.devices;
    assert.ok(car);
    car.connected = false;
    run(fleet, 8 * 3600, 60_000);
    car.connected = true;
    assert.equal(telemetry(run(fleet, 45)).length <= 1045, true);
  });
});

describe("commands to the simulated fleet", () => {
  const on = (imei: string, duration: number | null, time: number, uniqueId = 1) =>
    encodeCommand(
      imei,
      { output: 1, state: "on", mode: duration === null ? "latching" : "timed", duration },
      { expires: time + 60_000, uniqueId, invertTimed: false },
    );
  const outputs = (sent: readonly Publication[]) =>
    telemetry(sent).map(({ attributes }) => attributes.output1);

  it("show in a reading of the next second, and a timed one falls back by itself and says so", () => {
    const fleet = fleetOf({ car: 1 }, { interval: 3600 });
    const imei = imeiOf("car", 1);
    run(fleet, 3.3, 100);
    assert.deepEqual(fleet.execute(imei, on(imei, 2.5, fleet.time)), {
      done: true,
      output: 1,
      on: true,
      uniqueId: 1,
    });
    const sent = run(fleet, 1.5, 100);
    const [reading] = telemetry(sent);
    assert.deepEqual(outputs(sent), [true]);
    assert.ok(reading && reading.time > NOON + 3000, "in a later second than that of the command");
    assert.deepEqual(outputs(run(fleet, 3, 100)), [false]);
  });

  it("are told of in events of a later second, as real devices do: received, on, and off again", () => {
    const fleet = fleetOf({ car: 1 }, { interval: 3600, eventsPerHour: 0 });
    const imei = imeiOf("car", 1);
    run(fleet, 3.3, 100);
    const given = fleet.time;
    fleet.execute(imei, on(imei, 2.5, given));
    const events = run(fleet, 6, 100)
      .filter(({ role }) => role === "events")
      .flatMap(({ payload }) => decodePayload(payload as Uint8Array, { receivedAt: fleet.time }).records)
      .flatMap((record) => (record.kind === "event" ? record : []));
    assert.deepEqual(
      events.map(({ event: { type, output, state } }) => [type, output, state]),
      [
        ["commandReceived", undefined, undefined],
        ["outputChanged", 1, "on"],
        ["outputChanged", 1, "off"],
      ],
    );
    for (const { time } of events) assert.ok(time > given);
  });

  it("are judged by the device's own clock, and are nothing to others", () => {
    const fleet = fleetOf({ car: 1, xtcu: 1 }, { faults: { ...FAULT_LEVELS.off, clock: 1 } });
    const [car] = fleet.devices;
    assert.ok(car);
    const late = fleet.execute(car.imei, on(car.imei, null, fleet.time));
    assert.deepEqual(late, car.clockError > 0 ? { done: false, why: "expired" } : late);
    assert.equal(fleet.execute("356307042441013", on(car.imei, null, fleet.time)), undefined);
    const xtcu = imeiOf("xtcu", 1);
    assert.deepEqual(fleet.execute(xtcu, on(xtcu, null, fleet.time)), { done: false, why: "unknown" });
  });
});

describe("the table of models", () => {
  it("has models with digits and labels of their own", () => {
    const digits = MODEL_NAMES.map((name) => MODELS[name].digit);
    const labels = MODEL_NAMES.map((name) => MODELS[name].label);
    assert.equal(new Set(digits).size, digits.length);
    assert.equal(new Set(labels).size, labels.length);
  });
  it("has no sensor twice in a model", () => {
    for (const model of Object.values(MODELS)) {
      const names = model.lines.map((line) => ("id" in line ? String(line.id) : line.name));
      assert.deepEqual([...new Set(names)], names, model.label);
    }
  });
});
