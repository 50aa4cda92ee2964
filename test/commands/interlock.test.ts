import assert from "node:assert/strict";
import { lifeOf, standing, TestCommander } from "../support/commands";
import { deviceConfig, IMEI, MINUTE, START } from "../support/registry";

const SAFE = { outputStops: ["on"], interlock: { freshFor: 60, frameLife: 60 } };

/** What becomes of a command that would stop the vehicle. */
async function outcome(it_: TestCommander): Promise<string | undefined> {
  return lifeOf(await it_.submit("on")).at(-1);
}

describe("commands: what the interlock takes for safe", () => {
  const opened = async (saved: object = SAFE) => {
    const made = await TestCommander.open(saved);
    await made.register();
    return made;
  };

  it("a clock that is set back makes no position fresh", async () => {
    const it_ = await opened();
    await it_.hear({}, standing());
    await it_.wait(5 * MINUTE);
    it_.wall -= 5 * MINUTE;
    assert.equal(await outcome(it_), "refused INTERLOCK_CLOCK");
    await it_.wait(1000);
    await it_.hear({}, standing());
    assert.equal(await outcome(it_), "sent SENT");
  });

  it("nor an ignition, nor a speed", async () => {
    const IGNITION = { outputStops: ["on"], interlock: { freshFor: 60, ignitionOff: true } };
    const it_ = await opened(IGNITION);
    await it_.hear({ ignition: false }, standing());
    await it_.wait(2 * MINUTE);
    it_.wall -= 2 * MINUTE - 1000;
    await it_.hear({}, standing(), START + 1000);
    assert.equal(await outcome(it_), "refused INTERLOCK_IGNITION");
    const other = await opened();
    await other.hear({ vehicleSpeed: 0 });
    await other.wait(2 * MINUTE);
    other.wall -= 2 * MINUTE - 1000;
    const { speed: _, ...silent } = standing();
    await other.hear({}, silent, START + 1000);
    assert.equal(await outcome(other), "refused INTERLOCK_SPEED");
  });

  it("the device's own clock counts too: a position that is old by it is, whatever this computer's says", async () => {
    const it_ = await opened();
    await it_.hear({}, standing(), START - 50_000);
    await it_.hear({}, undefined, START);
    await it_.wait(30_000);
    it_.wall -= 30_000;
    assert.equal(await outcome(it_), "refused INTERLOCK_CLOCK");
  });

  it("after a restart nothing is known, also where the same record comes once more", async () => {
    const first = await opened();
    await first.hear({}, standing());
    const it_ = await first.restarted(1000);
    assert.equal(it_.fleet.states.get(IMEI)?.position?.speed, 0);
    assert.equal(await outcome(it_), "refused INTERLOCK_POSITION");
    await it_.hear({}, standing(), START);
    assert.equal(await outcome(it_), "refused INTERLOCK_POSITION", "a duplicate");
    await it_.hear({}, standing(), START + 1000);
    assert.equal(await outcome(it_), "sent SENT");
  });

  it("a record that comes again over another node is no fresher", async () => {
    const it_ = await opened();
    await it_.hear({}, standing());
    await it_.wait(61_000);
    it_.wall -= 61_000;
    const record = { schema: 1, kind: "telemetry", protocol: "iotm", imei: IMEI, receivedAt: 0 } as const;
    const again = { ...record, time: START, attributes: {}, sensors: {}, position: standing() };
    it_.fleet.receive(again, "BCE/D", true, "another node");
    assert.equal(await outcome(it_), "refused INTERLOCK_CLOCK");
  });

  for (const [name, speed] of [
    ["below 0", -0.1],
    ["beyond reason", 501],
    ["not a number", Number.NaN],
    ["infinite", Number.POSITIVE_INFINITY],
    ["minus infinite", Number.NEGATIVE_INFINITY],
    ["a text", "0"],
    ["an empty text", ""],
    ["false", false],
    ["a list", []],
    ["an object", {}],
  ] as const) {
    it(`a speed that is ${name} is not, with the position or on the bus`, async () => {
      const wrong = speed as number;
      const it_ = await opened();
      if (Number.isNaN(wrong) || !Number.isFinite(wrong)) {
        it_.fleet.receive({ ...readingOf({ ...standing(), speed: wrong }) }, "", true);
      } else await it_.hear({}, { ...standing(), speed: wrong });
      assert.equal(await outcome(it_), "refused INTERLOCK_SPEED");
      const bus = await opened();
      await bus.hear({ vehicleSpeed: 0 }, standing(), START - 1000);
      await bus.hear({ vehicleSpeed: wrong }, standing());
      assert.equal(await outcome(bus), "refused INTERLOCK_SPEED");
    });
  }

  it("no speed with the position is none; then the bus has to say it", async () => {
    const { speed: _, ...silent } = standing();
    for (const none of [silent, { ...silent, speed: undefined }, { ...silent, speed: null }]) {
      const it_ = await opened();
      await it_.hear({}, none as never);
      assert.equal(await outcome(it_), "refused INTERLOCK_SPEED");
      await it_.wait(1000);
      await it_.hear({ vehicleSpeed: 0 });
      assert.equal(await outcome(it_), "sent SENT");
    }
  });

  it("a speed of GNSS beside the position counts as the vehicle's does", async () => {
    const it_ = await opened();
    await it_.hear({}, standing(), START - 1000);
    await it_.hear({ gnssSpeed: 30 });
    assert.equal(await outcome(it_), "refused INTERLOCK_SPEED");
    const both = await opened();
    await both.hear({ vehicleSpeed: 0, gnssSpeed: 30 }, standing());
    assert.equal(await outcome(both), "refused INTERLOCK_SPEED");
  });

  it("a speed that nobody knows any more does not make good one that was too high", async () => {
    const it_ = await opened();
    await it_.hear({ vehicleSpeed: 30 }, standing(), START - 1000);
    await it_.hear({ vehicleSpeed: null }, standing());
    assert.equal(await outcome(it_), "refused INTERLOCK_SPEED");
  });

  it("of two readings of one second the faster counts, and the ignition is on", async () => {
    const it_ = await opened();
    await it_.hear({}, standing(50));
    await it_.hear({}, standing(0));
    assert.equal(await outcome(it_), "refused INTERLOCK_SPEED");
    const other = await opened({ outputStops: ["on"], interlock: { ignitionOff: true } });
    await other.hear({ ignition: true }, standing());
    await other.hear({ ignition: false }, standing());
    assert.equal(await outcome(other), "refused INTERLOCK_IGNITION");
  });

  for (const [name, place] of [
    ["0, 0", { latitude: 0, longitude: 0 }],
    ["-0, 0", { latitude: -0, longitude: 0 }],
    ["0, -0", { latitude: 0, longitude: -0 }],
    ["not on Earth", { latitude: 91, longitude: 0 }],
    ["no number", { latitude: "54", longitude: 25 }],
    ["nothing", { latitude: null, longitude: null }],
  ] as const) {
    it(`${name} is no position`, async () => {
      const it_ = await opened();
      await it_.hear({}, { ...standing(), ...(place as object) });
      assert.equal(await outcome(it_), "refused INTERLOCK_POSITION");
    });
  }

  it("what comes in another protocol than the device config's counts for nothing", async () => {
    const it_ = await opened();
    await it_.hear({ ignition: true }, standing(50));
    await it_.wait(1000);
    const before = structuredClone(it_.fleet.states.get(IMEI));
    const spoof = { ...readingOf(standing()), protocol: "globalmatix", time: START + 1000 } as const;
    assert.deepEqual(it_.fleet.receive(spoof, "globalmatix/in", true), {
      kind: "active",
      device: it_.fleet.devices.get(IMEI),
      marks: { otherProtocol: true },
    });
    assert.deepEqual(it_.fleet.states.get(IMEI), before);
    assert.equal(await outcome(it_), "refused INTERLOCK_SPEED");
  });

  it("nor does it confirm, wake or make online", async () => {
    const it_ = await opened({});
    const { id } = await it_.submit("on");
    const waits = await it_.submit({ state: "on", output: 2, delivery: "wait" });
    await it_.wait(2000);
    const spoof = { ...readingOf(standing()), protocol: "globalmatix", time: START + 2000 } as const;
    it_.fleet.receive({ ...spoof, attributes: { output1: true } }, "globalmatix/in", true);
    await it_.wait(1);
    assert.deepEqual([it_.status(id), it_.status(waits.id)], ["sent", "waiting"]);
    assert.equal(it_.fleet.states.get(IMEI)?.online ?? false, false);
  });

  it("nor what came while the device config said otherwise", async () => {
    const it_ = await opened();
    const { current } = it_.deviceConfigs;
    it_.deviceConfigs.current = deviceConfig("p", "p", { ...SAFE, protocol: "globalmatix" });
    it_.fleet.receive({ ...readingOf(standing()), protocol: "globalmatix" }, "globalmatix/in", true);
    it_.deviceConfigs.current = current;
    assert.equal(await outcome(it_), "refused INTERLOCK_POSITION");
  });

  function readingOf(position: object) {
    const record = { schema: 1, kind: "telemetry", protocol: "iotm", imei: IMEI, receivedAt: 0 } as const;
    return { ...record, time: START, attributes: {}, sensors: {}, position: position as never };
  }
});
