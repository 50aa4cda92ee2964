import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { EVENT_TYPES, RECORD_CAUSES, type TrackerEvent, WAKE_CAUSES } from "../../../src/model/events";
import type { NormalizedRecord } from "../../../src/model/message";
import { eventLabel } from "../../../src/protocols/event-label";
import { decodePayload, type FrameContext } from "../../../src/protocols/iotm/decode";
import { codeLabel, findEvent } from "../../../src/protocols/iotm/events/find";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import type { IotmRecord } from "../../../src/protocols/iotm/records";

const IMEI = "490154203237518";
const NOON = 1_779_000_000;
const imeiRecord = { type: 2, imei: IMEI } as const;
const event = (called: number, code: number, data = "", time = NOON): IotmRecord => ({
  type: 3,
  time,
  function: called,
  event: code,
  data: Buffer.from(data),
});
const reading = (time = NOON): IotmRecord => ({
  type: 1,
  time,
  values: [{ id: 0x0002, valueType: 1, value: true }],
});
const decode = (records: readonly IotmRecord[], more: Partial<FrameContext> = {}) =>
  decodePayload(encodeFrame([imeiRecord, ...records]), { receivedAt: NOON * 1000, ...more });
const eventOf = (record: NormalizedRecord | undefined): TrackerEvent => {
  assert.equal(record?.kind, "event");
  return (record as { event: TrackerEvent }).event;
};
/** What the event of a code is, without what the device's own code said. */
const meaning = (called: number, code: number, data = ""): Omit<TrackerEvent, "raw"> => {
  const { raw: _, ...rest } = eventOf(decode([event(called, code, data)], { recordEvents: true }).records[0]);
  return rest;
};

/** Functions and codes of the vendor's table; in families by source or script, all of them. */
const SOURCES: Readonly<Record<string, readonly number[]>> = {
  "180+source": [181, 182],
  "240+source": [240, 241],
  "250+source": [250, 251],
  "140+scriptID": [140, 141, 142, 143, 144],
};
const VENDOR = readFileSync("docs/protocols/iotm-event-ids.tsv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t") as [called: string, code: string]);
const PAIRS = VENDOR.flatMap(([called, code]) => {
  const codes = /^\d+$/.test(code) ? [Number(code)] : [0, 1, 77, 251];
  return (SOURCES[called] ?? [Number(called)]).flatMap((one) => codes.map((each) => [one, each] as const));
});

describe("IOTM events", () => {
  it("know every function and code of the vendor's table, in both languages", () => {
    assert.ok(VENDOR.length >= 571, `${VENDOR.length} rows`);
    for (const [called, code] of PAIRS) {
      const label = codeLabel(called, code);
      const place = `${called}/${code}`;
      assert.ok(
        label !== undefined && label.en.trim() !== "" && label.de.trim() !== "",
        `${place} has no label`,
      );
      assert.doesNotMatch(`${label.en}${label.de}`, /[{}]|undefined/, place);
      const found = findEvent(called, code);
      assert.ok(found !== undefined && found.type in EVENT_TYPES, place);
      if (found.type === "other") assert.equal(found.text, label.en, place);
      else assert.equal(found.text, undefined, place);
    }
  });

  it("have only details that their type has", () => {
    for (let called = 0; called <= 255; called++) {
      for (let code = 0; code <= 255; code++) {
        const { type, source, severity, raw, ...details } = findEvent(called, code) ?? { type: "other" };
        const allowed: readonly string[] = EVENT_TYPES[type].details;
        for (const name of Object.keys(details))
          assert.ok(allowed.includes(name), `${called}/${code}: ${name}`);
      }
    }
  });

  it("have every type that a code can be in the protocol sheet", () => {
    const file = "docs/protocols/iotm.md";
    const section = /^## Events$(.*?)^## /ms.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    const rows = section.split("\n").filter((line) => line.startsWith("|"));
    const types = new Set(PAIRS.map(([called, code]) => findEvent(called, code)?.type ?? assert.fail()));
    types.delete("other");
    assert.deepEqual(
      [...types].filter((type) => !rows.some((row) => new RegExp(`\\b${type}\\b`).test(row))),
      [],
      file,
    );
  });

  const info = { source: "device", severity: "info" } as const;
  for (const [called, code, wanted] of [
    [0, 1, { type: "powerConnected", ...info }],
    [0, 5, { type: "powerConnected", ...info }],
    [0, 240, { type: "powerLost", source: "device", severity: "critical" }],
    [100, 45, { type: "simChanged", source: "device", severity: "warning" }],
    [100, 58, { type: "commandReceived", ...info }],
    [102, 50, { type: "voltageLow", source: "device", severity: "warning" }],
    [109, 0, { type: "sleep", ...info }],
    [109, 5, { type: "wake", ...info, cause: "input5" }],
    [109, 9, { type: "wake", ...info, cause: "powerCut" }],
    [111, 1, { type: "recordWritten", ...info, cause: "time" }],
    [111, 5, { type: "recordWritten", ...info, cause: "distance" }],
    [111, 9, { type: "recordWritten", ...info, cause: "driverId" }],
    [114, 0, { type: "orientationLost", ...info }],
    [114, 1, { type: "orientationFound", ...info }],
    [163, 0, { type: "firmware", ...info }],
    [163, 2, { type: "firmware", source: "device", severity: "warning" }],
    [221, 0, { type: "outputChanged", ...info, output: 1, state: "off" }],
    [221, 1, { type: "outputChanged", ...info, output: 1, state: "on" }],
    [224, 1, { type: "outputChanged", ...info, output: 4, state: "on" }],
    [224, 7, { type: "outputChanged", ...info, output: 4 }],
    [225, 1, { type: "outputChanged", ...info, state: "on" }],
    [240, 25, { type: "clockCorrected", ...info, seconds: 25 }],
    [241, 60, { type: "clockCorrected", ...info, seconds: 60 }],
    [250, 25, { type: "clockCorrected", ...info, seconds: -25 }],
    [251, 1, { type: "clockCorrected", ...info, seconds: -1 }],
    [251, 0, { type: "clockCorrected", ...info, seconds: 0 }],
    [0, 8, { type: "restart", ...info }],
    [
      100,
      50,
      { type: "other", source: "device", severity: "warning", text: "Output command by SMS came too late" },
    ],
    [155, 1, { type: "other", ...info, text: "CAN 1: file updated" }],
    [
      182,
      14,
      { type: "other", source: "device", severity: "warning", text: "CAN 2: bus off, or too many requests" },
    ],
    [142, 1, { type: "other", ...info, text: "Script 2: started" }],
  ] as const) {
    it(`${called}/${code} is ${wanted.type}`, () => assert.deepEqual(meaning(called, code, "Q07"), wanted));
  }

  it("name every cause of a waking and of a record", () => {
    const causes = (called: number, type: string) =>
      Array.from({ length: 256 }, (_, code) => findEvent(called, code)).flatMap((one) =>
        one?.type === type ? [one.cause] : [],
      );
    assert.deepEqual(causes(109, "wake"), [...WAKE_CAUSES]);
    assert.deepEqual([...new Set(causes(111, "recordWritten"))], [...RECORD_CAUSES]);
    assert.equal(causes(111, "recordWritten").length, 20);
  });

  it("keep what the device's own code said under raw, and nothing of it elsewhere", () => {
    const [record] = decode([event(221, 0, "Q07_02_003")]).records;
    assert.deepEqual(eventOf(record), {
      type: "outputChanged",
      source: "device",
      severity: "info",
      output: 1,
      state: "off",
      raw: { function: 221, code: 0, data: "5130375f30325f303033", text: "Q07_02_003" },
    });
    assert.deepEqual(eventOf(decode([event(0, 0, "\u0001")]).records[0]).raw, {
      function: 0,
      code: 0,
      data: "01",
    });
  });

  it("take a code that is not known for what its text says, else for another event", () => {
    assert.deepEqual(meaning(0, 250, "PANIC"), { type: "panic", source: "device", severity: "critical" });
    assert.deepEqual(meaning(7, 9, "hello"), { type: "other", ...info, text: "hello" });
    assert.deepEqual(meaning(7, 9, "\u0001"), { type: "other", ...info });
  });

  it("leave the words of a known code alone", () => {
    assert.equal(meaning(0, 1, "PANIC").type, "powerConnected");
  });
});

describe("why a record was written", () => {
  it("stands at the telemetry of the same second in the same frame, and is no event", () => {
    const { records } = decode([event(111, 5), reading(), reading(NOON + 1), event(109, 0, "", NOON + 1)]);
    assert.deepEqual(
      records.map((record) => [record.kind, "cause" in record ? record.cause : undefined]),
      [
        ["telemetry", "distance"],
        ["telemetry", undefined],
        ["event", undefined],
      ],
    );
  });

  it("does not go to another device's telemetry, nor from another second", () => {
    const other = { type: 2, imei: "356938035643809" } as const;
    const { records } = decode([
      event(111, 5),
      event(111, 3, "", NOON + 2),
      other,
      reading(),
      reading(NOON + 1),
    ]);
    for (const record of records) assert.ok(!("cause" in record));
    assert.equal(records.length, 2);
  });

  it("is an event as well where that is asked for", () => {
    const { records } = decode([reading(), event(111, 0)], { recordEvents: true });
    assert.deepEqual(
      records.map((record) =>
        record.kind === "event" ? record.event.cause : "cause" in record && record.cause,
      ),
      ["inputs", "inputs"],
    );
  });

  it("makes no file of a frame that says nothing else", () => {
    assert.deepEqual(decode([event(111, 1), event(111, 2, "x")]), { records: [], warnings: [] });
  });

  it("leaves out nothing else", () => {
    for (const code of [0, 10]) assert.equal(decode([event(109, code)]).records.length, 1);
    assert.equal(decode([event(111, 20)]).records.length, 1, "no cause that the vendor's table has");
  });
});

describe("labels of events", () => {
  const of = (called: number, code: number, language: "en" | "de", data = "") =>
    eventLabel(eventOf(decode([event(called, code, data)], { recordEvents: true }).records[0]), language);

  it("are those of the device's code, in the user's language", () => {
    assert.equal(of(221, 1, "en"), "Output 1: on");
    assert.equal(of(221, 1, "de"), "Ausgang 1: an");
    assert.equal(of(104, 42, "de"), "Fahrtenschreiber: Fahrerkarte ausgelesen");
    assert.equal(of(241, 30, "en"), "Clock against NTP: 30 s late");
  });

  it("are those of the type, or the device's words, where there is no code", () => {
    const raw = { text: "x" };
    assert.equal(eventLabel({ type: "panic", raw }, "de"), "Notruf");
    assert.equal(eventLabel({ type: "other", text: "SOS" }, "de"), "SOS");
    assert.equal(of(7, 9, "de", "hallo"), "hallo");
    assert.equal(of(7, 9, "de"), undefined, "a code that nobody knows");
    assert.equal(eventLabel({ type: "other" }, "de"), "Anderes Ereignis");
  });
});
