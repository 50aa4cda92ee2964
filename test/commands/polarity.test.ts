import assert from "node:assert/strict";
import type { SavedDeviceConfig } from "../../src/device-config/device-config";
import { decodeFrame } from "../../src/protocols/iotm/frame";
import type { OutputControlRecord } from "../../src/protocols/iotm/records";
import { changed, lifeOf, RECEIVED, say, standing, TestCommander } from "../support/commands";
import { deviceConfig } from "../support/registry";

const STOPS = { outputStops: ["on"], interlock: { maxSpeed: 5 } };
const TIMED = { output: 1, mode: "timed", state: "on", duration: 1 };
const TRIAL = { ...TIMED, duration: 2, trial: "normal", harmless: true, expires: 15 };
const TRIALS = { allowTrial: true };

/** With a vehicle that stands. */
async function opened(saved: SavedDeviceConfig): Promise<TestCommander> {
  const it_ = await TestCommander.open(saved);
  await it_.register();
  await it_.hear({}, standing());
  return it_;
}
/** Functions of the timed commands that were sent. */
const functions = ({ sent }: TestCommander) =>
  sent.map(({ outgoing }) => (decodeFrame(outgoing.frame).records[1] as OutputControlRecord).data[0]);

describe("commands: polarity of timed ones", () => {
  for (const state of ["on", "off"]) {
    for (const stops of ["on", "off"]) {
      it(`${state} for a time is refused where ${stops} stops the vehicle and nobody has tried it`, async () => {
        const it_ = await opened({ ...STOPS, outputStops: [stops] });
        const command = await it_.submit({ ...TIMED, state });
        assert.deepEqual(lifeOf(command), ["accepted ACCEPTED", "refused POLARITY_NOT_TRIED"]);
        assert.match(
          command.history.at(-1)?.reason ?? "",
          /nobody has tried yet .* OUT1 .* try the output first/,
        );
        assert.equal(it_.sent.length, 0);
      });
    }
  }

  it("is refused at once also where it would wait, and whatever is overridden or inverted by hand", async () => {
    const it_ = await opened({ ...STOPS, invertTimedOutputs: true, interlock: { whenUnsafe: "hold" } });
    await it_.wait(600_000);
    const waits = await it_.submit({ ...TIMED, delivery: "wait" });
    const overrides = await it_.submit({ ...TIMED, override: true }, { allowOverride: true });
    for (const { history } of [waits, overrides]) assert.equal(history.at(-1)?.code, "POLARITY_NOT_TRIED");
  });

  it("one that waits is refused where a deploy takes the trial away", async () => {
    const it_ = await opened({ ...STOPS, timedPolarity: ["normal"], interlock: { whenUnsafe: "hold" } });
    await it_.hear({}, standing(50), it_.wall - 300 + 1000);
    const { id, status } = await it_.submit(TIMED);
    assert.equal(status, "waiting");
    it_.deviceConfigs.current = deviceConfig("p", "p", STOPS);
    await it_.wait(1000);
    assert.equal(it_.commander.get(id)?.history.at(-1)?.code, "POLARITY_NOT_TRIED");
  });

  it("a latching one, and a timed one to an output that stops nothing, are not concerned", async () => {
    const it_ = await opened(STOPS);
    assert.equal((await it_.submit({ output: 1, mode: "latching", state: "on" })).status, "sent");
    assert.equal((await it_.submit({ ...TIMED, output: 2 })).status, "sent");
  });

  it("a trial counts for its own output alone", async () => {
    const it_ = await opened({ outputStops: ["on", "on"], timedPolarity: ["", "normal"] });
    const codes = [];
    for (const output of [1, 2]) {
      codes.push((await it_.submit({ ...TIMED, output })).history.at(-1)?.code);
    }
    assert.deepEqual(codes, ["POLARITY_NOT_TRIED", "SENT"]);
  });

  it("what a trial has shown counts before what was set by hand for all", async () => {
    const it_ = await opened({ timedPolarity: ["normal", "inverted"], invertTimedOutputs: true });
    for (const output of [1, 2, 3]) await it_.submit({ ...TIMED, output });
    assert.deepEqual(functions(it_), [1, 0, 0]);
  });
});

describe("commands: trying an output", () => {
  it("sends a pulse with the polarity that is asked for, and the interlock counts", async () => {
    const it_ = await opened({ ...STOPS, invertTimedOutputs: true });
    const command = await it_.submit(TRIAL, TRIALS);
    assert.deepEqual([command.status, command.trial], ["sent", "normal"]);
    await it_.submit({ ...TRIAL, output: 2, trial: "inverted" }, TRIALS);
    assert.deepEqual(functions(it_), [1, 0]);
    const drives = await opened(STOPS);
    await drives.wait(1000);
    await drives.hear({}, standing(50));
    assert.equal((await drives.submit(TRIAL, TRIALS)).history.at(-1)?.code, "INTERLOCK_SPEED");
  });

  for (const [what, payload, settings, code] of [
    ["by a message", TRIAL, {}, "TRIAL_FORBIDDEN"],
    ["that nobody calls harmless", { ...TRIAL, harmless: false }, TRIALS, "TRIAL_HARMLESS"],
    ["until further notice", { ...TRIAL, mode: "latching", duration: "" }, TRIALS, "FIELD_VALUE"],
    ["longer than a short pulse", { ...TRIAL, duration: 2.01 }, TRIALS, "FIELD_VALUE"],
    ["later", { ...TRIAL, delivery: "wait" }, TRIALS, "FIELD_VALUE"],
    ["with override", { ...TRIAL, override: true }, { ...TRIALS, allowOverride: true }, "FIELD_VALUE"],
    ["of no known polarity", { ...TRIAL, trial: "both" }, TRIALS, "FIELD_VALUE"],
    ["called harmless, but no trial", { ...TIMED, harmless: true }, TRIALS, "FIELD_VALUE"],
  ] as const) {
    it(`is none ${what}`, async () => {
      const it_ = await opened({});
      await assert.rejects(it_.submit(payload, settings), { code });
      assert.equal(it_.sent.length, 0);
    });
  }

  it("is confirmed by the whole pulse: as wanted, then back", async () => {
    const it_ = await opened(STOPS);
    const { id } = await it_.submit(TRIAL, TRIALS);
    await it_.wait(1000);
    await say(it_, RECEIVED);
    await say(it_, changed(1, "on"));
    await it_.hear({ output1: true });
    assert.equal(it_.status(id), "received", "a change or a reading alone shows nothing");
    await it_.wait(2000);
    await say(it_, changed(1, "off"));
    assert.equal(it_.status(id), "confirmed");
  });

  it("is not confirmed by a pulse the other way round, in whatever order it is told", async () => {
    for (const order of [
      ["off", "on"],
      ["on", "off"],
    ] as const) {
      const it_ = await opened(STOPS);
      const { id } = await it_.submit(TRIAL, TRIALS);
      const time = Math.floor(it_.wall / 1000) * 1000;
      await it_.wait(5000);
      for (const state of order) await say(it_, changed(1, state), time + (state === "off" ? 1000 : 3000));
      await it_.wait(60_000);
      assert.equal(it_.status(id), "unconfirmed");
    }
  });

  it("shows nothing where its end has gone by, or after a restart", async () => {
    const it_ = await opened({});
    const { id } = await it_.submit(TRIAL, TRIALS);
    await it_.wait(20_000);
    await say(it_, changed(1, "on"));
    await it_.wait(2000);
    await say(it_, changed(1, "off"));
    assert.equal(it_.status(id), "sent");
    const other = await opened({});
    const before = await other.submit(TRIAL, TRIALS);
    const again = await other.restarted(1000);
    await say(again, changed(1, "on"));
    await again.wait(2000);
    await say(again, changed(1, "off"));
    assert.equal(again.status(before.id), "sent");
  });

  it("is none while something else may switch the output", async () => {
    const it_ = await opened({});
    await it_.submit({ ...TIMED, duration: 30 });
    await it_.wait(5000);
    await say(it_, changed(1, "on"), it_.wall - 300);
    await assert.rejects(it_.submit(TRIAL, TRIALS), { code: "TRIAL_DISTURBED", path: "output" });
    assert.equal((await it_.submit({ ...TRIAL, output: 2 }, TRIALS)).status, "sent");
    await it_.wait(31_000);
    assert.equal((await it_.submit(TRIAL, TRIALS)).status, "sent");
    await assert.rejects(it_.submit(TRIAL, TRIALS), { code: "TRIAL_DISTURBED" });
  });
});
