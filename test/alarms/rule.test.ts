import assert from "node:assert/strict";
import { ALARM_KIND_NAMES, ALARM_KINDS, type AlarmKind } from "../../src/alarms/kinds";
import { readRules } from "../../src/alarms/rule";
import { findTerm } from "../../src/model/vocabulary";

describe("alarms: rules", () => {
  it("of every kind have defaults; a value that is watched has a name of the vocabulary", () => {
    for (const kind of ALARM_KIND_NAMES) {
      const params = kind === "valueRange" ? { min: 1 } : {};
      const [rule] = readRules([{ id: "a", kind, params }]);
      const { label, values, params: known } = ALARM_KINDS[kind] as AlarmKind;
      assert.equal(rule?.name, label.en);
      assert.deepEqual(Object.keys(rule?.params ?? {}), Object.keys(known));
      for (const name of values?.(rule?.params ?? {}) ?? []) assert.ok(findTerm(name), name);
    }
  });

  it("take numbers and lists as text, as a dialog has them", () => {
    const [rule] = readRules([
      {
        id: "a",
        kind: "overspeed",
        params: { limit: "90" },
        devices: "869595061374194, ",
        groups: "a; b",
        quiet: "0",
      },
    ]);
    assert.deepEqual(rule?.params, { limit: 90, tolerance: 5, for: 10 });
    assert.deepEqual([rule?.devices, rule?.groups, rule?.quiet], [["869595061374194"], ["a", "b"], 0]);
  });

  for (const [code, path, given] of [
    ["ALARM_RULES", "rules", {}],
    ["ALARM_RULES", "rules", Array(101).fill({ kind: "panic" })],
    ["ALARM_RULES", "rules[0]", [null]],
    ["ALARM_KIND", "rules[0].kind", [{ id: "a", kind: "toString" }]],
    [
      "ALARM_RULE_ID",
      "rules[1].id",
      [
        { id: "a", kind: "panic" },
        { id: "a", kind: "tow" },
      ],
    ],
    ["FIELD_VALUE", "rules[0].id", [{ kind: "panic" }]],
    ["FIELD_UNKNOWN", "rules[0].colour", [{ id: "a", kind: "panic", colour: 1 }]],
    ["FIELD_VALUE", "rules[0].level", [{ id: "a", kind: "panic", level: "high" }]],
    ["ALARM_PARAM", "rules[0].params.limit", [{ id: "a", kind: "overspeed", params: { limit: 0 } }]],
    ["ALARM_PARAM", "rules[0].params.limit", [{ id: "a", kind: "overspeed", params: { limit: "fast" } }]],
    ["ALARM_PARAM", "rules[0].params.speed", [{ id: "a", kind: "overspeed", params: { speed: 1 } }]],
    ["ALARM_PARAM", "rules[0].params.when", [{ id: "a", kind: "doorOpened", params: { when: "never" } }]],
    ["ALARM_PARAM", "rules[0].params.min", [{ id: "a", kind: "valueRange" }]],
    ["ALARM_PARAM", "rules[0].params.max", [{ id: "a", kind: "valueRange", params: { min: 2, max: 1 } }]],
    ["FIELD_VALUE", "rules[0].quiet", [{ id: "a", kind: "panic", quiet: -1 }]],
    [
      "FIELD_VALUE",
      "rules[0].schedule.timeZone",
      [{ id: "a", kind: "panic", schedule: { timeZone: "Mars" } }],
    ],
    [
      "FIELD_VALUE",
      "rules[0].schedule.days",
      [{ id: "a", kind: "panic", schedule: { days: [], timeZone: "UTC" } }],
    ],
  ] as const) {
    it(`${code} at ${path}`, () => {
      assert.throws(() => readRules(given), { code, path });
    });
  }
});
