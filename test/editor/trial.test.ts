import assert from "node:assert/strict";
import { trialOf as trialOfOutput, trialOrder } from "../../nodes/editor/sidebar/trial";
import type { Command, CommandStatus } from "../../src/commands/command";
import type { Polarity, TriedPolarity } from "../../src/device-config/output-safety";
import { command } from "../store/samples";

const trial = (status: CommandStatus, polarity: TriedPolarity, output = 1): Command => ({
  ...command(1, `${status}-${polarity}`),
  output,
  status,
  trial: polarity,
});
const trialOf = (polarity: Polarity, commands: readonly Command[], number: number) =>
  trialOfOutput({ number, polarity }, commands);
const switched = { ...command(1, "other"), output: 1, status: "confirmed" } as const;

describe("trying an output in the sidebar", () => {
  it("begins with the vendor's polarity, and is over where the device config says what it is", () => {
    assert.deepEqual(trialOf("", [], 1), { kind: "untried", next: "normal" });
    assert.deepEqual(trialOf("", [switched, trial("confirmed", "normal", 2)], 1), {
      kind: "untried",
      next: "normal",
    });
    assert.deepEqual(trialOf("inverted", [trial("confirmed", "normal")], 1), { kind: "tried" });
  });

  it("has found what the device has confirmed; after silence the other way is next", () => {
    for (const polarity of ["normal", "inverted"] as const) {
      const other = polarity === "normal" ? "inverted" : "normal";
      assert.deepEqual(trialOf("", [switched, trial("confirmed", polarity)], 1), { kind: "found", polarity });
      assert.deepEqual(trialOf("", [trial("unconfirmed", polarity)], 1), { kind: "silent", next: other });
      assert.deepEqual(trialOf("", [trial("unconfirmed", polarity), trial("confirmed", other)], 1), {
        kind: "silent",
        next: other,
      });
    }
  });

  it("that was never done is done as it was meant; one that runs is waited for", () => {
    for (const status of ["refused", "expired", "cancelled"] as const)
      assert.deepEqual(trialOf("", [trial(status, "inverted")], 1), { kind: "untried", next: "inverted" });
    for (const status of ["accepted", "sent", "received"] as const)
      assert.deepEqual(trialOf("", [trial(status, "normal")], 1), { kind: "running" });
  });

  it("is a short pulse to the state in which the output is not, and soon or not at all", () => {
    const order = { output: 3, mode: "timed", duration: 2, expires: 15, trial: "normal", harmless: true };
    assert.deepEqual(trialOrder({ number: 3, state: null }, "normal"), { ...order, state: "on" });
    assert.deepEqual(trialOrder({ number: 3, state: { on: true, time: 0 } }, "normal"), {
      ...order,
      state: "off",
    });
  });
});
