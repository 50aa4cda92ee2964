import assert from "node:assert/strict";
import {
  abilityOf,
  canCancel,
  commandsToShow,
  durationOf,
  effectOf,
  limitsOf,
  readSeconds as readWithin,
  remarksOf,
  switchedOutputs,
  wordsOf,
} from "../../nodes/editor/sidebar/switching";
import type { Command, CommandStatus } from "../../src/commands/command";

const readSeconds = (typed: string) => readWithin(typed, durationOf({}));
const TIME = Date.UTC(2026, 4, 24, 12);

const command = (status: CommandStatus, codes: readonly string[] = [], sendings = 0): Command => ({
  id: `c${codes.length}${status}`,
  imei: "869595061374197",
  output: 1,
  state: "on",
  mode: "latching",
  duration: null,
  delivery: "now",
  expires: TIME + 60_000,
  override: false,
  by: "editor",
  origin: "node",
  confirmWithin: 30_000,
  retries: 1,
  maxPerMinute: 6,
  createdAt: TIME,
  status,
  sendings: Array.from({ length: sendings }, (_, index) => ({ uniqueId: index + 1, time: TIME })),
  history: codes.map((code) => ({ time: TIME, status, code, reason: "it is so" })),
});

describe("switching outputs in the sidebar", () => {
  it("shows the outputs that have a name, reported or not, with what each can do", () => {
    const config = {
      outputNames: ["", " starter relay ", "siren", ""],
      outputStops: ["", "on", "", ""],
      timedPolarity: ["", "inverted"],
    };
    const attributes = [
      { key: "output1", value: true, time: TIME },
      { key: "output2", value: false, time: TIME },
    ];
    assert.deepEqual(switchedOutputs(config, attributes), [
      {
        number: 2,
        name: "starter relay",
        state: { on: false, time: TIME },
        stops: "on",
        polarity: "inverted",
        modes: ["latching", "timed"],
      },
      { number: 3, name: "siren", state: null, stops: "", polarity: "", modes: ["timed"] },
    ]);
  });

  it("shows what is reported where nothing has a name; OUT4 can only be looked at", () => {
    const attributes = [
      { key: "output4", value: true, time: TIME },
      { key: "output1", value: false, time: TIME },
      { key: "output2", value: "broken", time: TIME },
    ];
    const found = switchedOutputs({ outputNames: ["", "", "", ""] }, attributes);
    assert.deepEqual(
      found.map(({ number, modes }) => [number, modes]),
      [
        [1, ["latching", "timed"]],
        [4, []],
      ],
    );
    assert.deepEqual(switchedOutputs(undefined, []), []);
  });

  it("has buttons only where a command could go, and else knows why there are none", () => {
    const known = { mayChange: true, state: "active", config: {}, canSwitch: true };
    assert.equal(abilityOf(known), "can");
    assert.equal(abilityOf({ ...known, mayChange: false }), "hidden");
    assert.equal(abilityOf({ ...known, state: "deactivated", canSwitch: false }), "hidden");
    assert.equal(abilityOf({ ...known, config: undefined }), "noDeviceConfig");
    assert.equal(abilityOf({ ...known, config: { protocol: "globalmatix" } }), "noChannel");
    assert.equal(abilityOf({ ...known, canSwitch: false }), "noNode");
  });

  it("reads seconds with point or comma, to 10 ms, and nothing that does not fit", () => {
    assert.deepEqual(["", "  ", "5", " 0,5 ", "1.234", "655.35", ".5"].map(readSeconds), [
      null,
      null,
      5,
      0.5,
      1.23,
      655.35,
      0.5,
    ]);
    for (const wrong of ["0", "0.004", "655.36", "-1", "5 s", "1e2", "0x10", "1,000.5", "Infinity", "."])
      assert.equal(readSeconds(wrong), undefined, wrong);
  });

  it("knows what stops the vehicle, also when the time of a command is over", () => {
    const latching = { output: 1, mode: "latching", duration: null } as const;
    const timed = { output: 1, mode: "timed", duration: 5 } as const;
    assert.equal(effectOf({ ...latching, state: "on" }, "on"), "stops");
    assert.equal(effectOf({ ...latching, state: "off" }, "on"), "nothing");
    assert.equal(effectOf({ ...timed, state: "on" }, "on"), "stops");
    assert.equal(effectOf({ ...timed, state: "off" }, "on"), "stopsAfter");
    assert.equal(effectOf({ ...timed, state: "on" }, ""), "nothing");
  });

  it("knows the limits, unless only the running flow does", () => {
    assert.deepEqual(limitsOf(undefined), { speed: 5, seconds: 60, ignitionOff: false });
    assert.deepEqual(limitsOf({ interlock: { freshFor: "90", maxSpeed: 0, ignitionOff: true } }), {
      speed: 0,
      seconds: 90,
      ignitionOff: true,
    });
    assert.equal(limitsOf({ interlock: { maxSpeed: "${MAX}" } }), undefined);
  });

  it("shows the newest commands and all that still run; only what was not sent can be taken back", () => {
    const finished = command("confirmed");
    const waiting = command("waiting");
    const commands = [finished, finished, finished, waiting, finished];
    assert.deepEqual(commandsToShow(commands, 2), [finished, finished, waiting]);
    const all: CommandStatus[] = [
      "accepted",
      "waiting",
      "sent",
      "received",
      "confirmed",
      "unconfirmed",
      "cancelled",
    ];
    assert.deepEqual(
      all.filter((status) => canCancel(command(status))),
      ["accepted", "waiting"],
    );
  });

  it("shows when the device said that a command had come, and when that it was done", () => {
    const given = command("confirmed");
    const history = (["accepted", "sent", "received", "confirmed"] as const).map((status, index) => ({
      time: TIME + index,
      status,
      code: "",
      reason: "",
    }));
    assert.deepEqual(
      wordsOf({ ...given, history }).map(({ status, time }) => [status, time - TIME]),
      [
        ["received", 2],
        ["confirmed", 3],
      ],
    );
    assert.deepEqual(wordsOf(given), []);
    assert.deepEqual(remarksOf(command("received", ["ACCEPTED", "SENT", "RECEIVED"], 1)), []);
    const unchanged = command("unconfirmed", ["ACCEPTED", "SENT", "RECEIVED", "NOT_CHANGED"], 1);
    assert.deepEqual(remarksOf(unchanged), ["NOT_CHANGED"]);
  });

  it("remarks what the status does not say", () => {
    assert.deepEqual(remarksOf(command("confirmed", ["ACCEPTED", "SENT", "CONFIRMED"], 1)), []);
    assert.deepEqual(remarksOf(command("refused", ["ACCEPTED", "INTERLOCK_SPEED"])), ["INTERLOCK_SPEED"]);
    assert.deepEqual(remarksOf(command("confirmed", ["ACCEPTED", "SENT_OVERRIDE", "CONFIRMED"], 1)), [
      "SENT_OVERRIDE",
    ]);
    assert.deepEqual(remarksOf(command("superseded", ["ACCEPTED", "SENT", "SUPERSEDED"], 1)), [
      "SUPERSEDED",
      "SENT_BEFORE",
    ]);
    assert.deepEqual(remarksOf(command("accepted")), []);
  });
});
