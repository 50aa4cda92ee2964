import assert from "node:assert/strict";
import type { Telemetry } from "../../src/model/message";
import type { Switching } from "../../src/model/output";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { encodeCommand } from "../../src/protocols/iotm/output-control";
import { VirtualOutputs } from "../../src/simulator/outputs";
import { ROUTES } from "../../src/simulator/routes";
import { CommandedTracker } from "../support/virtual-tracker";

const NOON = Date.UTC(2026, 10, 21, 12);

describe("virtual tracker with outputs", () => {
  let tracker: CommandedTracker;
  beforeEach(() => {
    tracker = new CommandedTracker(3, ROUTES.varna);
  });
  const frame = (uniqueId: number, switching: Partial<Switching> = {}, imei = tracker.imei) =>
    encodeCommand(
      imei,
      { output: 1, state: "on", mode: "latching", duration: null, ...switching },
      { expires: NOON + 60_000, uniqueId, invertTimed: tracker.inverted },
    );
  const reported = (time: number) => {
    const [record] = decodePayload(tracker.telemetry(time), { receivedAt: 0 }).records as Telemetry[];
    return [1, 2, 3, 4].map((n) => record?.attributes[`output${n}`]);
  };

  it("keeps a latching one until further notice, and reports it", () => {
    assert.deepEqual(reported(NOON), [false, false, false, false]);
    const done = { done: true, output: 1, on: true, uniqueId: 9 };
    assert.deepEqual(tracker.execute(frame(9), NOON), done);
    tracker.execute(frame(10, { output: 2 }), NOON);
    assert.deepEqual(reported(NOON + 3_600_000), [true, true, false, false]);
    tracker.execute(frame(11, { state: "off" }), NOON);
    assert.deepEqual(reported(NOON), [false, true, false, false]);
  });

  for (const inverted of [false, true]) {
    it(`falls back by itself after a timed one${inverted ? ", inverted" : ""}`, () => {
      tracker.inverted = inverted;
      tracker.execute(frame(1, { output: 3, mode: "timed", duration: 2.57 }), NOON);
      assert.deepEqual([tracker.isOn(3, NOON + 2569), tracker.isOn(3, NOON + 2570)], [true, false]);
      tracker.execute(frame(2), NOON);
      tracker.execute(frame(3, { state: "off", mode: "timed", duration: 1 }), NOON);
      assert.deepEqual([tracker.isOn(1, NOON), tracker.isOn(1, NOON + 1000)], [false, true]);
    });
  }

  it("says that a command has come, and each change of an output with its state, once", () => {
    const outputs = new VirtualOutputs(tracker.imei);
    const said = (time: number) =>
      outputs.takeEvents(time).map((event) => [event.time - NOON / 1000, event.function, event.event]);
    outputs.execute(frame(1), NOON);
    outputs.execute(frame(2, { output: 3, mode: "timed", duration: 2.5 }), NOON + 1000);
    const first = [
      [0, 100, 58],
      [0, 221, 1],
      [1, 100, 58],
      [1, 223, 1],
    ];
    assert.deepEqual(said(NOON + 2000), first);
    assert.deepEqual(said(NOON + 3400), []);
    assert.deepEqual(said(NOON + 9000), [[3, 223, 0]], "it has fallen back");
    outputs.execute(frame(3), NOON + 10_000);
    assert.deepEqual(said(NOON + 10_000), [[10, 100, 58]], "it was on already");
    outputs.execute(frame(3), NOON + 11_000);
    assert.deepEqual(said(NOON + 11_000), [], "a repeated one does nothing");
  });

  it("does nothing after the expiry, twice, for another device, or of what it does not know", () => {
    const why = (bytes: Uint8Array, time = NOON) => {
      const execution = tracker.execute(bytes, time);
      return execution.done ? "done" : execution.why;
    };
    assert.equal(why(frame(1), NOON + 61_000), "expired");
    assert.equal(why(frame(1), NOON + 60_999), "done");
    assert.equal(why(frame(1, { state: "off" })), "repeated");
    assert.equal(why(frame(2, {}, "869595061374194")), "not mine");
    assert.equal(why(frame(2).slice(1)), "damaged");
    assert.equal(why(tracker.telemetry(NOON)), "unknown");
    assert.equal(why(frame(2)), "done");
    assert.equal(why(frame(1)), "done", "only the last one is remembered");
  });
});
