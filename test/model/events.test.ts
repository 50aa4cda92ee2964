import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  EVENT_TYPE_NAMES,
  EVENT_TYPES,
  eventInWords,
  isEventType,
  makeEvent,
  RECORD_CAUSES,
  readEvent,
  SEVERITIES,
  WAKE_CAUSES,
} from "../../src/model/events";

/** Types that the vocabulary promises to flows; none may go. */
const PROMISED = `powerLost powerConnected voltageLow sleep wake simChanged commandReceived outputChanged
  clockCorrected orientationLost orientationFound restart firmware recordWritten jamming tamper shock overturn panic other
  ignitionOn ignitionOff tripStart tripEnd stop idling overspeed harshAcceleration harshBraking harshCornering crash tow
  geofenceEnter geofenceExit doorOpened temperatureHigh temperatureLow batteryLow driverChanged online offline`;

describe("vocabulary of events", () => {
  it("has every type that flows count on, each with a label in both languages and a severity", () => {
    assert.deepEqual([...EVENT_TYPE_NAMES].sort(), PROMISED.split(/\s+/).sort());
    for (const [name, { label, severity }] of Object.entries(EVENT_TYPES)) {
      assert.ok(label.en !== "" && label.de !== "", name);
      assert.ok(SEVERITIES.includes(severity), name);
    }
  });

  it("stands in docs/messages.md, line by line, with every cause", () => {
    const document = readFileSync("docs/messages.md", "utf8");
    for (const [name, { label, severity, details }] of Object.entries(EVENT_TYPES)) {
      const line = `| ${name} | ${label.en} | ${severity} | ${details.join(", ")} |`;
      assert.ok(document.includes(line), line);
    }
    const said = (cause: string) => document.includes(`\`${cause}\``) || /^input[34]$/.test(cause);
    for (const cause of [...RECORD_CAUSES, ...WAKE_CAUSES]) assert.ok(said(cause), cause);
  });

  it("knows the details of those that have some", () => {
    const details = (name: keyof typeof EVENT_TYPES) => EVENT_TYPES[name].details;
    assert.deepEqual(details("wake"), ["cause"]);
    assert.deepEqual(details("recordWritten"), ["cause"]);
    assert.deepEqual(details("outputChanged"), ["output", "state"]);
    assert.deepEqual(details("clockCorrected"), ["seconds"]);
    assert.deepEqual(details("jamming"), ["of"]);
  });

  it("takes nothing for a type that is only a name of every object", () => {
    for (const name of ["toString", "constructor", "__proto__", 1, null]) assert.ok(!isEventType(name));
  });

  for (const [words, type] of [
    ["panic", "panic"],
    ["PANIC", "panic"],
    ["powerLost", "powerLost"],
    ["POWER LOST", "powerLost"],
    ["power_lost", "powerLost"],
    ["harsh-braking", "harshBraking"],
  ] as const) {
    it(`takes a device's word ${words} for the type ${type}`, () => {
      const { severity } = EVENT_TYPES[type];
      assert.deepEqual(eventInWords(words), { type, source: "device", severity, raw: { text: words } });
    });
  }

  it("keeps other words as they are", () => {
    for (const text of ["SOS", "panic button", "other 1", "toString"]) {
      assert.deepEqual(eventInWords(text), {
        type: "other",
        source: "device",
        severity: "info",
        text,
        raw: { text },
      });
    }
  });
});

describe("an event of a record, as a state keeps it", () => {
  it("is the same where it is in the vocabulary, but for its data", () => {
    const raw = { function: 222, code: 1, text: "Q07" };
    const event = makeEvent("outputChanged", "device", { output: 2, state: "on" }, { ...raw, data: "00" });
    assert.deepEqual(readEvent({ ...event }, 500), { ...event, raw });
    const derived = makeEvent("overspeed", "derived", { speed: 99, limit: 80, severity: "critical" });
    assert.deepEqual(readEvent({ ...derived }, 500), derived);
  });

  it("has no code where there was none: never 0", () => {
    assert.deepEqual(readEvent({ type: "panic", raw: {} }, 500).raw, {});
    assert.deepEqual(readEvent({ type: "panic" }, 500), makeEvent("panic", "device"));
  });

  it("is what its words say where a flow of the user's own made it without a type", () => {
    assert.deepEqual(readEvent({ text: "SOS" }, 500), {
      type: "other",
      source: "device",
      severity: "info",
      text: "SOS",
      raw: { text: "SOS" },
    });
    assert.equal(readEvent({ type: "POWER LOST" }, 500).type, "powerLost");
    assert.equal(readEvent({ raw: { text: "panic" } }, 500).type, "panic");
  });

  it("takes nothing in that is no event, and no more than there is room for", () => {
    const wild = {
      type: "wake",
      cause: () => 1,
      severity: "deadly",
      source: 3,
      raw: { code: Number.NaN, text: {} },
    };
    assert.deepEqual(readEvent(wild, 500), { type: "wake", source: "device", severity: "info", raw: {} });
    const long = readEvent({ type: "other", text: "x".repeat(9999), raw: { text: "y".repeat(9999) } }, 10);
    assert.deepEqual([long.text, long.raw?.text], ["x".repeat(10), "y".repeat(10)]);
    assert.deepEqual(readEvent({ code: () => 1, text: {} }, 10), makeEvent("other", "device"));
  });
});
