import assert from "node:assert/strict";
import { decodeFrame } from "../../src/protocols/iotm/frame";
import type { EventRecord, IotmRecord, TelemetryRecord } from "../../src/protocols/iotm/records";
import type { Publication } from "../../src/simulator/device";
import { FAULT_LEVELS } from "../../src/simulator/faults";
import { type FleetSettings, VirtualFleet } from "../../src/simulator/fleet";
import type { ModelName } from "../../src/simulator/models";
import { plannedDevices } from "../../src/simulator/plan";
import { Route } from "../../src/simulator/route";
import { ROUTES } from "../../src/simulator/routes";

// Numbers are the vendor's, from docs/protocols/iotm.md, and frames are read as they lie on the wire: what the decoder
// makes of them is its own matter.
const CAN_ACTIVITY = 0x009f;
const IGNITION_OF_CAN = 0x006d;
const IN5 = 0x0013;
const BACKLOG = 0x3049;
const EVENT_BACKLOG = 0x304a;
/** Sensors that the vehicle's bus fills: yes/no, and the numbers that the models have. */
const OF_BUS = [
  ...[0x0061, 0x0062, 0x006d, 0x008a, 0x008b, 0x008c, 0x008d, 0x2006, 0x2007, 0x2008, 0x200a, 0x202a],
  ...[0x300c, 0x301d, 0x3021, 0x4001, 0x4002, 0x4003],
];
const OF_FMS = [0x009e, 0x2021, 0x302d, 0x302e, 0x3032, 0x3038, 0x3039, 0x4062, 0x405a, 0x4068, 0x4069];

const NONE = { car: 0, carWithoutCan: 0, lorry: 0, trailer: 0, light: 0, xtcu: 0 };

function fleetOf(model: ModelName, settings: Partial<FleetSettings> = {}, count = 1): VirtualFleet {
  return new VirtualFleet({
    devices: plannedDevices({ ...NONE, [model]: count }),
    routes: [new Route(ROUTES.varna)],
    seed: "catalogue",
    start: Date.UTC(2026, 10, 21, 12),
    interval: 10,
    eventsPerHour: 0,
    faults: FAULT_LEVELS.off,
    ...settings,
  });
}

function run(fleet: VirtualFleet, seconds: number): Publication[] {
  const sent: Publication[] = [];
  fleet.advance(fleet.time + seconds * 1000, (message) => sent.push(message));
  return sent;
}

const recordsOf = (sent: readonly Publication[]): IotmRecord[] =>
  sent.flatMap(({ payload }) => {
    const { records, error, warnings } = decodeFrame(payload as Uint8Array);
    assert.deepEqual([error, warnings], [undefined, []]);
    return records;
  });
const isReading = (record: IotmRecord): record is TelemetryRecord => record.type === 1;
const isEvent = (record: IotmRecord): record is EventRecord => record.type === 3;

type Wire = ReadonlyMap<number, unknown>;
const wireOf = ({ values }: TelemetryRecord): Wire => new Map(values.map(({ id, value }) => [id, value]));
const readings = (sent: readonly Publication[]): Wire[] => recordsOf(sent).filter(isReading).map(wireOf);
/** Events by function and code, in their order. */
const said = (sent: readonly Publication[]): string[] =>
  recordsOf(sent.filter(({ role }) => role === "events"))
    .filter(isEvent)
    .map(({ function: called, event }) => `${called}/${event}`);

const isZero = (value: unknown): boolean => value === 0 || value === false;

describe("a simulated car with CAN", () => {
  const all = readings(run(fleetOf("car"), 4 * 3600));
  const awake = all.filter((wire) => wire.get(CAN_ACTIVITY) === true);
  const asleep = all.filter((wire) => wire.get(CAN_ACTIVITY) === false);
  before(() => assert.ok(awake.length > 100 && asleep.length > 20, `${awake.length}, ${asleep.length}`));

  it("says in every reading whether the bus is active: while the ignition is on, and shortly after", () => {
    assert.equal(awake.length + asleep.length, all.length);
    assert.ok(all.filter((wire) => wire.get(IN5) === true).every((wire) => wire.get(CAN_ACTIVITY) === true));
    assert.ok(
      awake.some((wire) => wire.get(IN5) === false),
      "it says that the ignition was switched off",
    );
  });

  it("has the same ignition on CAN and on input 5 while the bus is active", () => {
    for (const wire of awake) assert.equal(wire.get(IGNITION_OF_CAN), wire.get(IN5));
  });

  it("has zeros for all that the bus says while it sleeps", () => {
    for (const wire of asleep) for (const id of OF_BUS) assert.ok(isZero(wire.get(id)), id.toString(16));
    for (const id of OF_BUS)
      assert.ok(
        awake.some((wire) => !isZero(wire.get(id))),
        id.toString(16),
      );
  });

  it("names its hardware, and counts its fuel in per cent", () => {
    for (const wire of awake) assert.deepEqual([wire.get(0x2030), wire.get(0x202a)], [86, 1]);
  });
});

describe("a simulated car without CAN", () => {
  const all = readings(run(fleetOf("carWithoutCan"), 2 * 3600));

  it("never has an active bus, so that all that the bus would say is zero", () => {
    assert.ok(all.length > 100);
    for (const wire of all) {
      assert.equal(wire.get(CAN_ACTIVITY), false);
      for (const id of OF_BUS) assert.ok(isZero(wire.get(id)), id.toString(16));
    }
  });

  it("has its ignition on input 5, and its odometer from GNSS", () => {
    assert.ok(all.some((wire) => wire.get(IN5) === true) && all.some((wire) => wire.get(IN5) === false));
    for (const wire of all) assert.ok(Number(wire.get(0xb002)) > 1_000_000);
  });
});

describe("a simulated lorry", () => {
  const all = readings(run(fleetOf("lorry"), 4 * 3600));
  const awake = all.filter((wire) => wire.get(CAN_ACTIVITY) === true);
  before(() => assert.ok(awake.length > 100));

  it("has FMS: fuel at 0.4 % a bit, weights, distances, hours", () => {
    for (const wire of awake) {
      assert.equal(wire.get(0x202a), 2);
      for (const id of OF_FMS.filter((id) => id !== 0x009e))
        assert.ok(!isZero(wire.get(id)), id.toString(16));
    }
    assert.ok(
      awake.some((wire) => Number(wire.get(0x2007)) > 100),
      "so a full tank is 250",
    );
  });

  it("has a tachograph, which says also without the bus what the driver does", () => {
    const activities = new Set(all.map((wire) => wire.get(0x202d)));
    assert.deepEqual([...activities].sort(), [0, 2, 3], "rest, work, driving");
    for (const wire of all) {
      assert.match(String(wire.get(0xc016)), /^[A-Z0-9]{16}$/);
      assert.ok(Number(wire.get(0x405b)) > 0);
      if (Number(wire.get(0x2000)) > 5) assert.equal(wire.get(0x202d), 3);
    }
  });
});

describe("a simulated trailer", () => {
  it("has a contact at its doors, temperatures with the ids of their sensors, and no bus", () => {
    const all = readings(run(fleetOf("trailer", {}, 5), 4 * 3600));
    assert.ok(all.some((wire) => wire.get(0x0012) === true || wire.get(0x0011) === true));
    for (const wire of all) {
      assert.ok(typeof wire.get(0xa017) === "number" && Number(wire.get(0x5004)) > 0);
      for (const id of [CAN_ACTIVITY, ...OF_BUS]) assert.ok(!wire.has(id), id.toString(16));
    }
  });
});

describe("events of simulated devices by the vendor's codes", () => {
  it("say that the power was cut, and that it came back", () => {
    const fleet = fleetOf("car");
    fleet.trigger("powerCut");
    assert.deepEqual(said(run(fleet, 170)), ["0/240"]);
    assert.deepEqual(
      said(run(fleet, 30)).filter((event) => event.startsWith("0/")),
      ["0/1"],
    );
  });

  it("say that a parked vehicle goes to sleep, and that the ignition wakes it", () => {
    const told = said(run(fleetOf("car"), 12 * 3600));
    const kept = told.filter((event) => event.startsWith("109/"));
    assert.ok(kept.length > 4, `${kept}`);
    kept.forEach((event, index) => {
      assert.equal(event, index % 2 === 0 ? "109/0" : "109/5");
    });
  });

  it("say of a trailer that motion wakes it", () => {
    const told = said(run(fleetOf("trailer"), 12 * 3600));
    const kept = told.filter((event) => event.startsWith("109/"));
    assert.deepEqual([...new Set(kept)], ["109/0", "109/1"]);
  });

  it("say in the frame of a reading, at its time, why it was written", () => {
    const fleet = fleetOf("car");
    run(fleet, 1);
    fleet.trigger("panic");
    const sent = run(fleet, 3600);
    const causes: number[] = [];
    for (const message of sent.filter(({ role }) => role === "telemetry")) {
      const records = recordsOf([message]);
      for (const reading of records.filter(isReading)) {
        const why = records.filter(isEvent).filter(({ time }) => time === reading.time);
        assert.deepEqual(
          why.map(({ function: called }) => called),
          [111],
        );
        causes.push(why[0]?.event ?? -1);
      }
    }
    assert.equal(causes[0], 0, "an input changed: the panic button");
    assert.deepEqual([...new Set(causes)].sort(), [0, 1], "inputs, time");
  });
});

describe("the backlog of a simulated device", () => {
  it("is nothing while it can send", () => {
    const all = readings(run(fleetOf("car", { eventsPerHour: 20 }), 3600));
    for (const wire of all) assert.deepEqual([wire.get(BACKLOG), wire.get(EVENT_BACKLOG)], [0, 0]);
  });

  it("grows by the bytes of what waits, and is gone after the late upload", () => {
    const fleet = fleetOf("car", { interval: 1 });
    const [car] = fleet.devices;
    assert.ok(car);
    run(fleet, 5);
    car.connected = false;
    run(fleet, 60);
    fleet.trigger("panic", car.imei);
    run(fleet, 60);
    car.connected = true;
    const sent = run(fleet, 30);
    const backlogs = readings(sent).map((wire) => Number(wire.get(BACKLOG)));
    const most = Math.max(...backlogs);
    const at = backlogs.indexOf(most);
    assert.equal(backlogs[0], 0, "nothing waited when the first was written");
    assert.ok(at > 20, `${at}`);
    for (let index = 1; index <= at; index++)
      assert.ok((backlogs[index] ?? 0) > (backlogs[index - 1] ?? 0), "each waits for those before it");
    const sizes = sent.filter(({ role }) => role === "telemetry").map(({ payload }) => payload.length);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(most > all / 2 && most < all, `${most} of ${all} bytes`);
    assert.equal(backlogs.at(-1), 0);
    const eventBacklogs = readings(sent).map((wire) => Number(wire.get(EVENT_BACKLOG)));
    assert.ok(Math.max(...eventBacklogs) > 0 && eventBacklogs.at(-1) === 0);
  });
});
