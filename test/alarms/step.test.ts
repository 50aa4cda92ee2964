import assert from "node:assert/strict";
import { FenceIndex } from "../../src/fences/fence-index";
import { AlarmWorld, AWAY, eventAt, YARD, yard } from "../support/alarms";
import { IMEI, START } from "../support/registry";

const one = (kind: string, params: object = {}, more: object = {}) =>
  new AlarmWorld([{ kind, params, quiet: 0, ...more }]);

describe("alarms: the life of an alarm", () => {
  it("begins once, is updated where it comes again, and ends when it has been over for long enough", () => {
    const world = one("powerCut", {}, { quiet: 60 });
    assert.deepEqual(world.at(0, { externalPower: true }), []);
    assert.deepEqual(world.at(10, { externalPower: false }), ["begin r1 10"]);
    assert.deepEqual(world.at(20, { externalPower: false }), []);
    assert.deepEqual(world.at(30, { externalPower: true }), []);
    assert.deepEqual(world.at(40, { externalPower: false }), ["update r1 40"]);
    assert.deepEqual(world.at(50, { externalPower: true }), []);
    assert.deepEqual(world.tick(109), []);
    assert.deepEqual(world.tick(110), ["end r1 50"]);
    const { state, repeats, revision } = Object.values(world.doc.alarms)[0] ?? {};
    assert.deepEqual([state, repeats, revision], ["cleared", 1, 3]);
    assert.deepEqual(world.at(200, { externalPower: false }), ["begin r1 200"]);
  });

  it("a moment is over at once: what comes within the quiet time is the same alarm, a repetition none", () => {
    const world = one("panic", {}, { quiet: 60 });
    assert.deepEqual(world.event(0, "panic"), ["begin r1 0"]);
    assert.deepEqual(world.event(0, "panic"), [], "the same again");
    assert.deepEqual(world.event(30, "panic"), ["update r1 30"]);
    assert.deepEqual(world.tick(89), []);
    assert.deepEqual(world.tick(90), ["end r1 30"]);
    assert.deepEqual(world.event(200, "panic"), ["begin r1 200"]);
  });

  it("what has to last for a time begins when it began, and not where it was shorter", () => {
    const world = one("idling", { for: 300 });
    world.at(0, { ignition: true }, YARD, 0);
    world.at(200, { ignition: true }, YARD, 20);
    world.at(210, { ignition: true }, YARD, 0);
    assert.deepEqual(world.at(500, { ignition: true }, YARD, 0), []);
    assert.deepEqual(world.at(510, { ignition: true }, YARD, 0), ["begin r1 210"]);
    world.at(520, { ignition: false }, YARD, 0);
    assert.deepEqual(world.tick(521), ["end r1 520"]);
  });

  it("history rings no bells: late, marked and old records are past, each told once", () => {
    const world = one("panic");
    world.event(1000, "panic");
    world.tick(1001);
    assert.deepEqual(world.record(eventAt(START + 500_000, "panic"), false), ["past r1 500"]);
    assert.deepEqual(world.record(eventAt(START + 500_000, "panic"), false), [], "told before");
    assert.deepEqual(world.record(eventAt(START + 400_000, "panic")), ["past r1 400"], "late without a mark");
    assert.deepEqual(world.record(eventAt(START + 1_000_000, "panic"), false), [], "it rang then");
    world.now = START + 10_000_000;
    assert.deepEqual(world.record(eventAt(START + 2_000_000, "panic")), [], "an hour old");
    assert.deepEqual(world.tick(10_001), ["past r1 2000"]);
  });

  it("what began in history and goes on now rings then, with its true beginning", () => {
    const world = one("doorOpened", { when: "any" });
    world.now = START + 7_200_000;
    const at = (seconds: number, open: boolean) =>
      world.record({
        ...eventAt(START + seconds * 1000, "other"),
        kind: "telemetry",
        attributes: { trunk: open },
        sensors: {},
      } as never);
    assert.deepEqual(at(10, true), []);
    assert.deepEqual(at(20, true), []);
    assert.deepEqual(at(7200, true), ["begin r1 10"]);
    world.now += 1000;
    at(7201, false);
    assert.deepEqual(world.tick(7202), ["end r1 7201"]);
  });

  it("is told again where nobody acknowledges it in time, once", () => {
    const world = one("panic", {}, { escalateAfter: 5 });
    world.event(0, "panic");
    world.tick(1);
    assert.deepEqual(world.tick(299), []);
    assert.deepEqual(world.tick(300), ["escalated r1 300"]);
    assert.deepEqual(world.tick(900), []);
  });

  it("ends with its rule, and where the rule is not for the device any more", () => {
    for (const change of [
      (world: AlarmWorld) => {
        world.rules = [];
      },
      (world: AlarmWorld) => {
        world.group = "South";
      },
    ]) {
      const world = one("powerCut", {}, { groups: "North" });
      world.group = "North";
      assert.deepEqual(world.at(0, { externalPower: false }), ["begin r1 0"]);
      change(world);
      assert.deepEqual(world.tick(5), ["end r1 5"]);
      assert.deepEqual(world.doc.rules, {});
      assert.deepEqual(world.tick(6), []);
    }
  });

  it("counts only within its hours, in their time zone", () => {
    const schedule = { days: [4], from: "14:00", to: "15:00", timeZone: "Europe/Vilnius" };
    const world = one("powerCut", {}, { schedule });
    assert.deepEqual(world.at(-60, { externalPower: false }), [], "13:59 in Vilnius");
    assert.deepEqual(world.at(60, { externalPower: false }), ["begin r1 60"]);
    assert.deepEqual(world.tick(3599), []);
    assert.deepEqual(world.tick(3600), ["end r1 3600"], "15:00, a Thursday");
  });

  it("is for the devices and groups of its rule alone", () => {
    for (const [more, begins] of [
      [{ devices: [IMEI] }, true],
      [{ devices: "490154203237518" }, false],
      [{ groups: ["North"] }, true],
      [{ groups: ["South"] }, false],
      [{ groups: ["South"], devices: [IMEI] }, true],
    ] as const) {
      const world = one("panic", {}, more);
      world.group = "North";
      assert.equal(world.event(0, "panic").length, begins ? 1 : 0, JSON.stringify(more));
    }
  });
});

describe("alarms: kinds", () => {
  it("fences: entered until left, left until entered, by name or id, and of a fence that is removed", () => {
    for (const fence of ["", "yard", "F1"]) {
      const world = new AlarmWorld(
        [
          { kind: "fenceEntered", params: { fence }, quiet: 0 },
          { kind: "fenceLeft", params: { fence }, quiet: 0 },
          { kind: "fenceEntered", params: { fence: "elsewhere" } },
        ],
        [yard()],
      );
      world.at(0, {}, AWAY, 50);
      const entered = world.at(60, {}, YARD, 0);
      assert.match(entered.join(), /^begin r1 5\d(\.\d+)?$/);
      assert.equal(world.doc.alarms.r1?.details.fence, "Yard");
      const left = world.at(120, {}, AWAY, 50);
      assert.match(left.join(), /^begin r2 6\d(\.\d+)?$/);
      assert.match(world.tick(121).join(), /^end r1 6\d(\.\d+)?$/);
      world.at(180, {}, YARD, 0);
      world.fences = new FenceIndex([]);
      world.at(240, {}, YARD, 0);
      assert.deepEqual(
        world.tick(241).map((told) => told.split(" ")[0]),
        ["end", "end"],
      );
    }
  });

  it("too long in a fence, by the fence's longest stay", () => {
    const world = new AlarmWorld([{ kind: "overstayed", quiet: 0 }], [yard({ maxStay: 600 })]);
    world.at(0, {}, YARD, 0);
    assert.deepEqual(world.at(599, {}, YARD, 0), []);
    assert.deepEqual(world.at(700, {}, YARD, 0), ["begin r1 600"]);
  });

  it("too fast: the limit of a fence goes before that of the road, and that before the rule's", () => {
    const rules = [{ kind: "overspeed", params: { limit: 100, tolerance: 5, for: 0 }, quiet: 0 }];
    const world = new AlarmWorld(rules, [yard({ speedLimit: 20 })]);
    assert.deepEqual(world.at(0, {}, AWAY, 105), []);
    assert.deepEqual(world.at(1, {}, AWAY, 106), ["begin r1 1"]);
    world.at(2, {}, AWAY, 90);
    assert.deepEqual(world.tick(3), ["end r1 2"]);
    assert.deepEqual(world.at(4, { speedLimit: 80 }, AWAY, 90), ["begin r1 4"]);
    world.at(5, {}, AWAY, 80);
    world.tick(6);
    assert.deepEqual(world.at(7, {}, YARD, 26), ["begin r1 7"]);
    assert.deepEqual(world.doc.alarms.r1?.details, { speed: 26, limit: 20 });
  });

  it("towed: moved with the ignition off, not by drift, nor while it is not armed yet", () => {
    const world = one("tow", { armed: 120, distance: 200 });
    const north = (metres: number) => ({ ...YARD, latitude: YARD.latitude + metres / 111_300 });
    world.at(0, { ignition: true }, YARD, 30);
    world.at(10, { ignition: false }, north(50), 10);
    assert.deepEqual(world.at(60, {}, north(400), 0), [], "it still rolls");
    assert.deepEqual(world.at(200, {}, north(430), 0), [], "drift");
    assert.deepEqual(world.at(300, {}, north(700), 20), ["begin r1 300"]);
    assert.deepEqual(world.at(400, {}, north(1500), 20), []);
    assert.deepEqual(world.at(600, {}, north(1500), 0), []);
    assert.deepEqual(world.at(700, {}, north(1500), 0), []);
    assert.deepEqual(world.tick(701), ["end r1 700"], "it has stood for five minutes");
    assert.deepEqual(world.at(800, {}, north(1800), 20), ["begin r1 800"]);
    world.at(810, { ignition: true }, north(1800), 0);
    assert.deepEqual(world.tick(811), ["end r1 810"]);
  });

  it("values: out of a range, unknown is nothing", () => {
    const params = { sensor: "cargoTemperature", min: 2, max: "8", for: 60 };
    const world = one("valueRange", params);
    world.at(0, { cargoTemperature: 9 });
    assert.deepEqual(world.at(30, { other: 1 }), []);
    assert.deepEqual(world.at(60, { cargoTemperature: 8.5 }), ["begin r1 0"]);
    world.at(70, { cargoTemperature: 8 });
    assert.deepEqual(world.tick(71), ["end r1 70"]);
    world.at(80, { cargoTemperature: 0 });
    assert.deepEqual(world.at(140, { cargoTemperature: 0 }), ["begin r1 80"], "a zero is a value");
  });

  const simple: readonly [kind: string, params: object, off: object, on: object, speed?: number][] = [
    ["powerCut", {}, { externalVoltage: 12.6 }, { externalVoltage: 0 }],
    ["batteryLow", { for: 0 }, { batteryLevel: 20 }, { batteryLevel: 19 }],
    ["batteryLow", { for: 0 }, { batteryVoltage: 4.1 }, { batteryVoltage: 3.4 }],
    ["jamming", {}, { gsmJamming: false }, { gnssJamming: true }],
    ["tamper", {}, { tamper: false }, { tamper: true }],
    ["panic", { input: "2" }, { input2: false }, { input2: true }],
    ["doorOpened", {}, { ignition: false, trunk: false }, { trunk: true }],
    ["doorOpened", { when: "driving" }, { bonnet: false }, { bonnet: true }, 5],
    ["driverUnknown", { for: 0 }, { driverId: "12" }, { driverId: "" }, 5],
    ["harshDriving", { g: 0.4 }, { acceleration: 0.3 }, { cornering: -0.5 }],
    ["crash", { g: 2 }, { acceleration: 1 }, { acceleration: -2 }],
  ];
  for (const [kind, params, off, on, speed] of simple) {
    it(`${kind}: ${JSON.stringify(on)} and not ${JSON.stringify(off)}`, () => {
      const world = one(kind, params);
      const place = speed === undefined ? undefined : YARD;
      assert.deepEqual(
        world.at(0, {}, place, speed),
        kind === "driverUnknown" ? ["begin r1 0"] : [],
        "nothing known",
      );
      if (kind === "driverUnknown") world.at(1, off, place, speed);
      world.tick(2);
      assert.deepEqual(world.at(10, off, place, speed), []);
      assert.deepEqual(world.at(20, on, place, speed), ["begin r1 20"]);
    });
  }

  for (const [kind, type] of [
    ["harshDriving", "harshBraking"],
    ["crash", "crash"],
    ["tow", "tow"],
    ["jamming", "jamming"],
    ["tamper", "tamper"],
    ["powerCut", "powerLost"],
  ] as const) {
    it(`${kind}: the event ${type}`, () => {
      assert.deepEqual(one(kind).event(5, type), ["begin r1 5"]);
      assert.deepEqual(one(kind).event(5, "firmware"), []);
    });
  }

  it("power comes back with an event, and a reading from before the event changes nothing", () => {
    const world = one("powerCut");
    world.at(0, { externalPower: true });
    world.event(20, "powerLost");
    assert.deepEqual(world.at(10, { externalPower: true }), [], "an event overtakes readings");
    assert.equal(world.doc.alarms.r1?.state, "active");
    world.event(30, "powerConnected");
    assert.deepEqual(world.tick(31), ["end r1 30"]);
  });

  it("offline and silent: the registry's word, or a time of one's own", () => {
    const offline = one("offline");
    assert.equal(offline.put({ kind: "offline", time: START })[0]?.change, "begin");
    offline.put({ kind: "online", time: START + 1000 });
    assert.deepEqual(offline.tick(2), ["end r1 1"]);
    const silent = one("silent", { minutes: 10 });
    assert.deepEqual(silent.tick(599, 0), []);
    assert.deepEqual(silent.tick(600, 0), ["begin r1 0"]);
    assert.deepEqual(silent.tick(900, 0), []);
    assert.deepEqual(silent.tick(1000, 990), ["end r1 990"]);
  });
});
