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

  it("are each the newest that was said, whatever comes in which order", () => {
    const random = randomOf("attributes of a state");
    const whole = (below: number) => Math.floor(random() * below);
    for (let round = 0; round < 200; round++) {
      const live = newLiveState(0);
      const wanted: Record<string, [Scalar, number]> = {};
      const most = 1 + whole(6);
      for (let n = 0; n < 30; n++) {
        const time = 100 + whole(2 + n);
        const names = Array.from({ length: 6 }, (_, at) => `name${at}`).slice(0, most);
        const order = random() < 0.7 ? names : names.toReversed();
        const taken = order.filter(() => random() < 0.8);
        const values: Values = Object.fromEntries(taken.map((name) => [name, whole(1000)]));
        const [attributes, sensors] = random() < 0.5 ? [values, {}] : [{}, values];
        setAttributes(live, [attributes, sensors], time, LATEST);
        for (const [name, value] of Object.entries(values)) {
          if (time >= (wanted[name]?.[1] ?? 0)) wanted[name] = [value, time];
        }
        assert.deepEqual(said(live), wanted);
        const isOne = new Set(Object.values(wanted).map(([, at]) => at)).size === 1;
        assert.equal(typeof live.times === "number", isOne);
      }
    }
  });
});
