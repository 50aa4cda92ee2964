import assert from "node:assert/strict";
import type { AlarmMessage } from "../../src/alarms/alarm";
import { type AlarmRule, readRules } from "../../src/alarms/rule";
import { stepAlarms } from "../../src/alarms/step";
import { MemoryStore } from "../../src/store/memory/store";
import { AWAY, eventAt, YARD, yard } from "../support/alarms";
import { IMEI, reading, START, TestRegistry } from "../support/registry";
import { randomOf } from "../support/seed";
import { share } from "../support/share";

const RULES: readonly AlarmRule[] = readRules([
  { id: "in", kind: "fenceEntered", quiet: 20 },
  { id: "fast", kind: "overspeed", params: { limit: 40, for: 15 }, quiet: 0 },
  { id: "panic", kind: "panic", quiet: 30 },
  { id: "power", kind: "powerCut", quiet: 40 },
]);

/** A drive to and from the yard, with panic and power cuts between. */
function drive(random: () => number): (ReturnType<typeof eventAt> | ReturnType<typeof reading>)[] {
  return Array.from({ length: 60 }, (_, at) => {
    const time = START + at * 10_000;
    if (random() < 0.1) return eventAt(time, "panic");
    const place = random() < 0.5 ? YARD : AWAY;
    const attributes = { externalPower: random() < 0.7 };
    return reading(time, { attributes, position: { valid: true, ...place, speed: random() * 80 } });
  });
}

/** Feeds a drive into a registry that ends and begins again at chance, and gives what was told. */
async function run(records: ReturnType<typeof drive>, cuts: () => boolean, doubles: () => boolean) {
  const store = new MemoryStore();
  let registry = await TestRegistry.open(store);
  const told: AlarmMessage[] = [];
  const follow = () => registry.fleet.alarms.onMessage.add((message) => told.push(message));
  follow();
  await registry.ask("addFence", { ...yard(), id: "f1", createdAt: undefined, changedAt: undefined });
  const put = async (input: Parameters<typeof stepAlarms>[1], now: number) => {
    const { alarms, fences } = registry.fleet;
    const context = { group: "", fences: fences.index, now, newsWithin: 900_000 };
    alarms.put(stepAlarms(alarms.get(IMEI, "n1"), input, RULES, context));
    if (alarms.isUrgent) await registry.fleet.saveAlarms();
  };
  for (const record of records) {
    const times = doubles() ? 2 : 1;
    for (let time = 0; time < times; time++) await put({ kind: "record", record, isNews: true }, record.time);
    await put({ kind: "tick", heard: record.time }, record.time);
    if (!cuts()) continue;
    await registry.fleet.close();
    registry = await TestRegistry.open(store);
    follow();
  }
  await registry.fleet.close();
  return told;
}

const byAlarm = (told: readonly AlarmMessage[]) =>
  told.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

describe("alarms: restarts", function () {
  this.timeout(60_000);
  it("cut anywhere, with records doubled: the same alarms, and exactly one begin and one end of each", async () => {
    const random = randomOf("alarms cut by restarts");
    for (let count = 0; count < share(200); count++) {
      const records = drive(random);
      const whole = await run(
        records,
        () => false,
        () => false,
      );
      const cut = await run(
        records,
        () => random() < 0.2,
        () => random() < 0.3,
      );
      // Of two that end in the same moment, either may be told first.
      assert.deepEqual(byAlarm(cut), byAlarm(whole));
      assert.ok(whole.some(({ change }) => change === "end"));
      const changes = Map.groupBy(whole, ({ id }) => id);
      for (const [id, messages] of changes) {
        const begins = messages.filter(({ change }) => change === "begin").length;
        const ends = messages.filter(({ change }) => change === "end").length;
        assert.ok(begins === 1 && ends <= 1, `${id}: ${begins} begins, ${ends} ends`);
        assert.deepEqual(
          messages.map(({ revision }) => revision),
          messages.map((_, at) => at + 1),
        );
      }
    }
  });

  it("what the store had but nobody was told is told after the restart, and says so", async () => {
    const store = new MemoryStore();
    const first = await TestRegistry.open(store);
    const record = eventAt(START, "panic");
    const context = { group: "", fences: first.fleet.fences.index, now: START, newsWithin: 900_000 };
    const doc = stepAlarms(
      first.fleet.alarms.get(IMEI, "n1"),
      { kind: "record", record, isNews: true },
      RULES,
      context,
    );
    await store.commit({ alarms: new Map([[`${IMEI} n1`, doc]]) });
    await first.fleet.close();
    const second = await TestRegistry.open(store);
    const told: AlarmMessage[] = [];
    second.fleet.alarms.onMessage.add((message) => told.push(message));
    second.fleet.alarms.tellAgain("n1");
    second.fleet.alarms.tellAgain("n1");
    assert.deepEqual(
      told.map(({ change, again }) => [change, again]),
      [["begin", true]],
    );
    await second.fleet.close();
  });
});
