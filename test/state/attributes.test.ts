import assert from "node:assert/strict";
import type { Scalar } from "../../src/model/message";
import { setAttributes, timeAt } from "../../src/state/attributes";
import { newLiveState } from "../../src/state/live";
import { randomOf } from "../support/seed";

const LATEST = 1_000_000;

type Values = Readonly<Record<string, Scalar>>;

/** What a state says, by name. */
function said(live: ReturnType<typeof newLiveState>): Record<string, [Scalar, number]> {
  const entries = live.keys.map((key, at) => [key, [live.values[at] ?? null, timeAt(live, at)]] as const);
  assert.equal(live.values.length, live.keys.length);
  return Object.fromEntries(entries) as Record<string, [Scalar, number]>;
}

describe("attributes of a state", () => {
  it("are one list of names for all devices that say the same, and one time where all are of one reading", () => {
    const [one, other] = [newLiveState(0), newLiveState(0)];
    for (const live of [one, other]) setAttributes(live, [{ speed: 1, fuel: 2 }, { "0x1": "a" }], 5, LATEST);
    assert.equal(one.keys, other.keys);
    assert.deepEqual([one.values, one.times], [[1, 2, "a"], 5]);
    setAttributes(one, [{ speed: 3, fuel: null }, { "0x1": "b" }], 6, LATEST);
    assert.deepEqual([one.values, one.times, other.values], [[3, null, "b"], 6, [1, 2, "a"]]);
    setAttributes(one, [{ fuel: 4 }], 7, LATEST);
    assert.deepEqual(
      [one.values, one.times],
      [
        [3, 4, "b"],
        [6, 7, 6],
      ],
    );
    setAttributes(one, [{ "0x1": "c", speed: 5, fuel: 6 }], 7, LATEST);
    assert.deepEqual([one.values, one.times], [[5, 6, "c"], 7]);
    setAttributes(one, [{ speed: 7, ignition: false }], 4, LATEST);
    assert.deepEqual(said(one), { speed: [5, 7], fuel: [6, 7], "0x1": ["c", 7], ignition: [false, 4] });
    assert.deepEqual(said(other), { speed: [1, 5], fuel: [2, 5], "0x1": ["a", 5] });
  });

  const random = randomOf("attributes of a state");
  const whole = (below: number) => Math.floor(random() * below);

  /** A reading of some of so many names, in their order or the other way around. */
  function someOf(names: number): Values {
    const all = Array.from({ length: names }, (_, at) => `name${at}`);
    const order = random() < 0.7 ? all : all.toReversed();
    return Object.fromEntries(order.filter(() => random() < 0.8).map((name) => [name, whole(1000)]));
  }

  /** Puts a reading into what has to come out in the end. */
  function note(wanted: Record<string, [Scalar, number]>, values: Values, time: number): void {
    for (const [name, value] of Object.entries(values)) {
      if (time >= (wanted[name]?.[1] ?? 0)) wanted[name] = [value, time];
    }
  }

  it("are each the newest that was said, whatever comes in which order", () => {
    for (let round = 0; round < 200; round++) {
      const live = newLiveState(0);
      const wanted: Record<string, [Scalar, number]> = {};
      const names = 1 + whole(6);
      for (let n = 0; n < 30; n++) {
        const [values, time] = [someOf(names), 100 + whole(2 + n)];
        setAttributes(live, random() < 0.5 ? [values, {}] : [undefined, values], time, LATEST);
        note(wanted, values, time);
        assert.deepEqual(said(live), wanted);
        const times = new Set(Object.values(wanted).map(([, at]) => at));
        assert.equal(typeof live.times === "number", times.size === 1);
      }
    }
  });
});
