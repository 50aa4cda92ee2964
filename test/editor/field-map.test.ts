import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { GROUPS, search } from "../../nodes/editor/field-map/choices";
import {
  acceptRecognised,
  addressIn,
  assign,
  changeRule,
  freeBit,
  moveRule,
  NEW_MAP,
  removeRule,
  ruledPaths,
  ruledPathsIn,
  rulesAt,
  unassign,
} from "../../nodes/editor/field-map/edit";
import { exportText, importMap, mapFileName } from "../../nodes/editor/field-map/file";
import {
  MAX_SAMPLE,
  type Preview,
  previewOf,
  readSample,
  usableMap,
} from "../../nodes/editor/field-map/preview";
import { rowsFiltered, type ValueRow } from "../../nodes/editor/field-map/rows";
import { isUnitOpen, linearOfUnit, startUnit } from "../../nodes/editor/field-map/units";
import { TERM_GROUPS } from "../../src/model/vocabulary";
import { checkFieldMap, type FieldMap } from "../../src/protocols/json/field-map";
import type { PlacedReading } from "../../src/protocols/json/readings";
import { findTarget, OWN_TARGETS, TARGETS } from "../../src/protocols/json/targets";

const IMEI = "869595061374194";
const AT = 1_779_631_020_123;

const preview = (sample: object | string, map: FieldMap = NEW_MAP): Preview => {
  const usable = usableMap(map);
  const text = typeof sample === "string" ? sample : JSON.stringify(sample);
  const { readings, problem } = readSample(text, usable);
  assert.equal(problem, undefined);
  return previewOf(readings[0] as PlacedReading, usable, new Map(), { protocol: "json", receivedAt: AT });
};
const valueRow = ({ rows }: Preview, path: string): ValueRow => {
  const found = rows.find((row) => row.path === path);
  assert.equal(found?.kind, "value", path);
  return found as ValueRow;
};

describe("the sample of the field map editor", () => {
  it("is told to be no JSON, without its bytes", () => {
    const { problem, readings } = readSample('{"a": 1', usableMap(NEW_MAP));
    assert.equal(problem?.code, "JSON_SYNTAX");
    assert.doesNotMatch(problem?.message ?? "", /begins with/);
    assert.deepEqual(readings, []);
  });

  it("is nothing wrong where there is none, and refused where it is far too large", () => {
    assert.equal(readSample(" ", usableMap(NEW_MAP)).problem, undefined);
    const large = readSample(JSON.stringify("x".repeat(MAX_SAMPLE)), usableMap(NEW_MAP));
    assert.equal(large.problem?.code, "SAMPLE_TOO_LARGE");
  });

  it("has all its readings: an array, one a line, or the array that a map names", () => {
    const count = (text: string, map: FieldMap = NEW_MAP) => readSample(text, usableMap(map)).readings.length;
    assert.equal(count('[{"a":1},{"a":2}]'), 2);
    assert.equal(count('{"a":1}\n{"a":2}\n{"a":3}'), 3);
    const odd = '{"box":"x","trail":[{"q":1},{"q":2}]}';
    assert.equal(count(odd), 1);
    assert.equal(count(odd, { readings: "trail" }), 2);
    assert.deepEqual(readSample(odd, usableMap(NEW_MAP)).arrays, ["trail"]);
  });

  it("takes what is usable of a map that nobody could have made here", () => {
    const hostile = { toString: 1 } as unknown as string;
    const good = { from: "a", to: "vin" };
    const rules = [
      { from: hostile, to: hostile, unit: hostile },
      { ...good, when: hostile },
    ];
    assert.equal(
      usableMap({ name: hostile, readings: hostile, rules: [...rules, ...Array(600).fill(good)] }).rules
        .length,
      500,
    );
  });

  it("is read with the rules that are right, while one is being written", () => {
    const map = {
      readings: "[",
      rules: [
        { from: "", to: "" },
        { from: "b", to: "odometer", unit: "m" },
      ],
    };
    const { rules } = usableMap(map);
    assert.deepEqual(
      rules.map(({ index }) => index),
      [1],
    );
    assert.deepEqual(preview({ b: 12345 }, map).record.attributes, { odometer: 12.345 });
  });
});

describe("what becomes of the values of a sample", () => {
  const sample = {
    imei: IMEI,
    ts: 1_779_631_011,
    gps: { lat: 43.2, lon: 27.9, sats: 7 },
    odo: 120,
    speed_mph: 10,
    state: "IDLE",
    dbg: { a: 1, b: [] },
  };
  const map: FieldMap = {
    rules: [
      { from: "odo", to: "odometer", unit: "km" },
      { from: "dbg", to: "ignore" },
      { from: "nowhere", to: "vin" },
      { from: "state", to: "event", when: "ALARM" },
    ],
  };

  it("is said in a row of each, under the objects around it", () => {
    const { rows, coverage, record, rules } = preview(sample, map);
    assert.deepEqual(
      rows.map((row) => `${" ".repeat(row.depth)}${row.label}: ${row.kind === "value" ? row.state : ""}`),
      [
        "imei: recognised",
        "ts: recognised",
        "gps: ",
        " lat: recognised",
        " lon: recognised",
        " sats: recognised",
        "odo: mapped",
        "speed_mph: recognised",
        "state: waiting",
        "dbg: ",
        " a: ignored",
        " b: ignored",
      ],
    );
    assert.deepEqual(coverage, { total: 10, mapped: 7, ignored: 2, sensors: 1 });
    assert.deepEqual(record.sensors, { state: "IDLE" });
    assert.deepEqual(
      [...rules],
      [
        [0, "hit"],
        [1, "hit"],
        [2, "miss"],
        [3, "idle"],
      ],
    );
  });

  it("shows the list of readings as one object around what is in it", () => {
    const batch = { box: { n: 1 }, trail: [{ lat: 1, lon: 2, io: { a: 1 } }] };
    assert.deepEqual(
      preview(batch).rows.map(({ path, label, depth }) => [path, label, depth]),
      [
        ["trail", "trail [ ]", 0],
        ["trail[].lat", "lat", 1],
        ["trail[].lon", "lon", 1],
        ["trail[].io", "io", 1],
        ["trail[].io.a", "a", 2],
        ["box", "box", 0],
        ["box.n", "n", 1],
      ],
    );
  });

  it("is found by a text or by not being mapped, with what is around it", () => {
    const { rows } = preview({ a: { b: { c: "Needle", d: 1 }, e: 2 }, soc: 3 });
    const labels = (wanted: { text: string; openOnly: boolean }, kept?: string) =>
      rowsFiltered(rows, wanted, kept)
        .map(({ label }) => label)
        .join(" ");
    assert.equal(labels({ text: "", openOnly: false }), "a b c d e soc");
    assert.equal(labels({ text: "needle", openOnly: false }), "a b c");
    assert.equal(labels({ text: "", openOnly: true }), "a b c d e");
    assert.equal(labels({ text: "needle", openOnly: false }, "soc"), "a b c soc");
  });

  it("has the converted value, its unit, and whether that was only assumed", () => {
    const fills = (at: string, of: object) => valueRow(preview(of), at).fills[0];
    assert.deepEqual(fills("speed_mph", sample), {
      to: "speed",
      value: 16.09344,
      unit: "km/h",
      from: "mph",
      assumed: false,
      rule: undefined,
    });
    assert.equal(fills("odo", sample)?.assumed, true);
    assert.equal(fills("gps.lat", sample)?.assumed, false);
    assert.equal(fills("ts", sample)?.assumed, false);
  });

  it("says why a rule does not take a value", () => {
    const reason = (of: object, ...rules: NonNullable<FieldMap["rules"]>) => {
      const { state, reason, waitsFor } = valueRow(preview(of, { recognise: false, rules }), "a");
      return [state, reason, waitsFor];
    };
    assert.deepEqual(reason({ a: null }, { from: "a", to: "vin" }), ["waiting", "empty", "vin"]);
    assert.deepEqual(reason({ a: "x" }, { from: "a", to: "odometer" }), ["waiting", "unfit", "odometer"]);
    assert.deepEqual(reason({ a: 0 }, { from: "a", to: "event" }), ["waiting", "condition", "event"]);
    assert.deepEqual(reason({ a: 1 }, { from: "a", to: "latitude" }), ["waiting", "position", "latitude"]);
    const taken = [
      { from: "b", to: "vin" },
      { from: "a", to: "vin" },
    ];
    assert.deepEqual(reason({ a: "x", b: "y" }, ...taken), ["waiting", "taken", "vin"]);
  });

  it("knows the unit that stands beside a value, and both meanings of one that is an event, too", () => {
    const list = { signals: [{ name: "odo", value: 5000, unit: "m" }] };
    const unit = valueRow(preview(list), 'signals[name="odo"].unit');
    assert.deepEqual([unit.state, unit.unitOf], ["recognised", "odometer"]);
    const both = { rules: ["ignition", "event"].map((to) => ({ from: "k15", to })) };
    assert.deepEqual(
      valueRow(preview({ k15: "on" }, both), "k15").fills.map(({ to, value }) => [to, value]),
      [
        ["ignition", true],
        ["event", "on"],
      ],
    );
  });

  it("finds the rule for a signal of a list that is counted", () => {
    const list = { s: [{ name: "x", value: 7 }] };
    const { rules, rows } = preview(list, { rules: [{ from: "s[0].value", to: "odometer" }] });
    assert.equal(rules.get(0), "hit");
    assert.equal(rows.at(-1)?.path, 's[name="x"].value');
  });
});

describe("a click in the field map editor", () => {
  it("makes a rule, which counts before others for the same signal", () => {
    const one = assign(NEW_MAP, "a", { to: "odometer", unit: "m" });
    assert.deepEqual(one.rules, [{ from: "a", to: "odometer", unit: "m" }]);
    const two = assign(assign(one, "b", { to: "vin" }), "c", { to: "odometer" });
    assert.deepEqual(
      two.rules?.map(({ from }) => from),
      ["c", "a", "b"],
    );
    assert.deepEqual(NEW_MAP.rules, [], "the map it began with is as it was");
  });

  it("changes the rule that is there, and keeps its place and default", () => {
    const map = {
      rules: [
        { from: "a", to: "odometer", default: 1 },
        { from: "b", to: "vin" },
      ],
    };
    assert.deepEqual(assign(map, "a", { to: "odometer", unit: "m" }).rules, [
      { from: "a", to: "odometer", default: 1, unit: "m" },
      { from: "b", to: "vin" },
    ]);
    assert.deepEqual(assign(map, "a", { to: "range" }).rules, [
      { from: "b", to: "vin" },
      { from: "a", to: "range" },
    ]);
  });

  it("gives a value a signal and an event, but nothing beside ignoring it", () => {
    const both = assign(assign(NEW_MAP, "a", { to: "ignition" }), "a", { to: "event", when: "1" });
    assert.deepEqual(rulesAt(both, "a"), [0, 1]);
    const ignored = assign(both, "a", { to: "ignore" });
    assert.deepEqual(ignored.rules, [{ from: "a", to: "ignore" }]);
    assert.deepEqual(assign(ignored, "a", { to: "motion" }).rules, [{ from: "a", to: "motion" }]);
  });

  it("gives each bit of a value a signal, and changes the one that was chosen before", () => {
    const ignition = assign(NEW_MAP, "di", { to: "ignition", unit: "bit 0" });
    assert.equal(freeBit(NEW_MAP, "di"), undefined);
    assert.equal(freeBit(ignition, "di"), "bit 1");
    const both = assign(ignition, "di", { to: "motion", unit: "bit 1" });
    const tos = ({ rules = [] }: FieldMap) => rules.map(({ to, unit = "" }) => `${to} ${unit}`);
    assert.deepEqual(tos(both), ["ignition bit 0", "motion bit 1"]);
    assert.deepEqual(tos(assign(both, "di", { to: "motion", unit: "bit 0" }, "motion")), [
      "ignition bit 0",
      "motion bit 0",
    ]);
    assert.deepEqual(tos(assign(both, "di", { to: "gsmJamming", unit: "bit 1" }, "motion")), [
      "ignition bit 0",
      "gsmJamming bit 1",
    ]);
    assert.deepEqual(tos(assign(both, "di", { to: "odometer" })), ["odometer "]);
    assert.deepEqual(tos(assign(both, "di", { to: "ignore" })), ["ignore "]);
  });

  it("leaves a value whose bits are signals among the sensors, and counts it as mapped", () => {
    const map = { recognise: false, rules: [{ from: "di", to: "ignition", unit: "bit 2" }] };
    const { record, coverage, rows } = preview({ di: 5 }, map);
    assert.deepEqual([record.attributes, record.sensors], [{ ignition: true }, { di: 5 }]);
    assert.deepEqual(coverage, { total: 1, mapped: 1, ignored: 0, sensors: 0 });
    assert.equal((rows[0] as ValueRow).state, "mapped");
  });

  it("knows a rule by its path however that is written, and takes it away", () => {
    const map = {
      rules: [
        { from: ' a["b"] ', to: "vin" },
        { from: "a.b", language: "jsonata" as const, to: "text" },
      ],
    };
    assert.deepEqual(rulesAt(map, "a.b"), [0]);
    assert.deepEqual([...ruledPaths({ rules: [...map.rules, { from: "[" }] })], ["a.b"]);
    assert.deepEqual(unassign(map, "a.b").rules, [map.rules[1]]);
  });

  it("takes over what was recognised, one or all, with the units that were said", () => {
    const { rows } = preview({ lat: 1, lon: 2, speed_mph: 3 });
    assert.deepEqual(acceptRecognised(NEW_MAP, rows, "speed_mph").rules, [
      { from: "speed_mph", to: "speed", unit: "mph" },
    ]);
    const all = acceptRecognised(NEW_MAP, rows);
    assert.equal(all.rules?.length, 3);
    const after = preview({ lat: 1, lon: 2, speed_mph: 3 }, { ...all, recognise: false });
    assert.deepEqual(after.coverage, { total: 3, mapped: 3, ignored: 0, sensors: 0 });
  });

  it("moves, changes and removes rules", () => {
    const map = { rules: ["a", "b", "c"].map((from) => ({ from, to: "text" })) };
    const order = ({ rules = [] }: FieldMap) => rules.map(({ from }) => from).join("");
    assert.equal(order(moveRule(map, 2, -1)), "acb");
    assert.equal(order(moveRule(map, 0, 1)), "bac");
    assert.equal(order(moveRule(map, 0, -1)), "abc");
    assert.equal(order(moveRule(map, 2, 1)), "abc");
    assert.equal(order(removeRule(map, 1)), "ac");
    assert.deepEqual(changeRule(map, 0, { unit: "km", when: "" }).rules?.[0], {
      from: "a",
      to: "text",
      unit: "km",
    });
  });
});

describe("a click on an item of a list", () => {
  const axles = [
    { no: 1, weight: 5200 },
    { no: 2, weight: 7100 },
  ];
  const readingOf = (sample: object, map: FieldMap = NEW_MAP): PlacedReading =>
    readSample(JSON.stringify(sample), usableMap(map)).readings[0] as PlacedReading;

  for (const [what, sample, path, address] of [
    ["its number", { axles }, "axles[1].weight", "axles[no=2].weight"],
    ["its name", { doors: [{ id: "fl", open: 1 }] }, "doors[0].open", 'doors[id="fl"].open'],
    [
      "its place, where two have one name",
      {
        a: [
          { id: 1, x: 2 },
          { id: 1, x: 3 },
        ],
      },
      "a[1].x",
      "a[1].x",
    ],
    ["its place, where one has no name", { a: [{ id: 1, x: 2 }, { x: 3 }] }, "a[1].x", "a[1].x"],
    ["its place among numbers", { a: [1, 2] }, "a[1]", "a[1]"],
    [
      "its number in each reading",
      { data: [{ ts: 1779631011, lat: 1, lon: 2, axles }] },
      "data[].axles[0].weight",
      "data[].axles[no=1].weight",
    ],
    [
      "both their names, of a list in a list",
      { units: [{ id: "a", axles }] },
      "units[0].axles[1].weight",
      'units[id="a"].axles[no=2].weight',
    ],
  ] as const) {
    it(`makes a rule about ${what}, which finds the value`, () => {
      assert.equal(addressIn(NEW_MAP, readingOf(sample), path), address);
      const map = assign(NEW_MAP, address, { to: "own" });
      const row = valueRow(preview(sample, map), path);
      assert.deepEqual([row.state, row.fills[0]?.to], ["mapped", "own"]);
      assert.deepEqual([...ruledPathsIn(map, readingOf(sample))], [path]);
    });
  }

  it("changes the rule that is there, however that names the item", () => {
    const map: FieldMap = { rules: [{ from: "axles[1].weight", to: "axleWeight1" }] };
    assert.equal(addressIn(map, readingOf({ axles }), "axles[1].weight"), "axles[1].weight");
  });
});

describe("a factor and an offset", () => {
  it("stay with their rule while its unit changes, and go with another signal", () => {
    const map = assign(NEW_MAP, "c", { to: "coolantTemperature", factor: "0.5", offset: -40 });
    assert.deepEqual(map.rules, [{ from: "c", to: "coolantTemperature", factor: "0.5", offset: -40 }]);
    const changed = assign(map, "c", { to: "coolantTemperature", unit: "K" });
    assert.deepEqual(changed.rules?.[0]?.factor, "0.5");
    assert.deepEqual(assign(map, "c", { to: "engineSpeed" }).rules, [{ from: "c", to: "engineSpeed" }]);
  });

  it("show what comes out", () => {
    const { record } = preview(
      { c: 260 },
      { rules: [{ from: "c", to: "coolantTemperature", factor: "0.5", offset: -40 }] },
    );
    assert.deepEqual(record.attributes, { coolantTemperature: 90 });
  });

  it("count only once they are numbers", () => {
    assert.deepEqual(linearOfUnit({ factor: "0.125" }), { multiply: 125, add: 0, divide: 1000 });
    assert.equal(linearOfUnit({ factor: "0." }) === undefined, false);
    assert.equal(linearOfUnit({ factor: "-" }), undefined);
    assert.equal(linearOfUnit({ factor: "", offset: " " }), undefined);
  });
});

describe("the unit to begin with", () => {
  it("is the usual one, and for a coordinate beyond the world the fraction of a degree that fits", () => {
    assert.equal(startUnit("odometer", 12345), "");
    assert.equal(startUnit("latitude", 43.2), "");
    assert.equal(startUnit("latitude", 432482490), "1e-7 °");
    assert.equal(startUnit("longitude", 2797807), "1e-5 °");
    assert.equal(startUnit("latitude", "north"), "");
    assert.equal(startUnit("heading", 271), "");
    assert.equal(startUnit("heading", 27100), "0.01 °");
    assert.equal(startUnit("ignition", 1), "");
    assert.equal(startUnit("ignition", 1, { bit: "bit 4" }), "bit 4");
    assert.equal(startUnit("ignition", 5), "bit 0", "a number that is no yes or no");
    assert.equal(startUnit("ignition", "maybe"), "");
  });

  it("is what the name or the payload says, if the signal can come in it", () => {
    assert.equal(startUnit("externalVoltage", 27540, { said: "mV" }), "mV");
    assert.equal(startUnit("coolantTemperature", 188, { said: "°F" }), "°F");
    assert.equal(startUnit("odometer", 12, { said: "km" }), "");
    assert.equal(startUnit("odometer", 12, { said: "°F" }), "");
  });

  it("of a coordinate is that of the other one, where it fits", () => {
    assert.equal(startUnit("longitude", 99922000, { otherHalf: "1e-7 °" }), "1e-7 °");
    assert.equal(startUnit("longitude", 99922000), "1e-6 °");
    assert.equal(startUnit("latitude", 43.2, { otherHalf: "" }), "");
    assert.equal(startUnit("latitude", 535503000, { otherHalf: "" }), "1e-7 °");
  });

  it("is asked for where it cannot be told", () => {
    const isOpen = (to: string, unit = "") => isUnitOpen(findTarget(to), unit);
    assert.deepEqual(
      ["odometer", "event", "my own"].map((to) => isOpen(to)),
      [true, true, true],
    );
    assert.deepEqual(
      ["imei", "time", "latitude", "ignition", "vin", "hdop"].map((to) => isOpen(to)),
      Array(6).fill(false),
    );
    assert.equal(isOpen("latitude", "1e-7 °"), true);
  });
});

describe("the list of signals", () => {
  const labelOf = (key: string) => TARGETS.find((target) => target.key === key)?.label ?? key;

  it("has every target once, and no other", () => {
    const members = Object.values(GROUPS).flat();
    assert.deepEqual([...new Set(members)].sort(), TARGETS.map(({ key }) => key).sort());
    assert.equal(members.length, TARGETS.length);
    assert.equal(search("", labelOf).length, TARGETS.length);
  });

  it("is searched by key, label and unit, and offers what was typed as an own name", () => {
    const keys = (typed: string) => search(typed, labelOf).map(({ key, group }) => `${group}.${key}`);
    assert.deepEqual(keys("front RIGHT"), ["doors.doorFrontRight", "own.front RIGHT"]);
    assert.deepEqual(keys("odometer"), ["vehicle.odometer", "vehicle.gnssOdometer"]);
    assert.ok(keys("km/h").includes("position.speed"));
    for (const [word, first] of [
      ["rpm", "engine.engineSpeed"],
      ["mileage", "vehicle.odometer"],
      ["fix", "position.fix"],
      ["bearing", "position.heading"],
      ["alarm", "special.event"],
      ["time of", "identity.time"],
    ] as const) {
      assert.equal(keys(word)[0], first, word);
    }
    assert.ok(keys("mV").includes("power.externalVoltage"));
    assert.ok(!keys("km/h").includes("own.km/h"), "a slash cannot be in a name");
    assert.deepEqual(keys("door_4"), ["own.door_4"]);
  });

  it("has names for its own targets and groups in both languages", () => {
    for (const language of ["en-US", "de"]) {
      const file = `nodes/editor/kit/locales/${language}/trackers-editor.json`;
      const { target, group } = JSON.parse(readFileSync(file, "utf8")).fieldMap;
      assert.deepEqual(
        Object.keys(target),
        OWN_TARGETS.map(({ key }) => key),
      );
      const groups = Object.keys(GROUPS).filter((name) => !(name in TERM_GROUPS));
      assert.deepEqual(Object.keys(group), [...groups, "own"]);
      if (language === "en-US")
        assert.deepEqual(
          Object.values(target),
          OWN_TARGETS.map(({ label }) => label),
        );
    }
  });
});

describe("the file of a field map", () => {
  const map: FieldMap = {
    schema: 1,
    name: "vans / north",
    recognise: false,
    readings: "data.points",
    rules: [{ from: "a", to: "odometer", unit: "m", default: 0 }],
  };

  it("gives the same map again", () => {
    assert.deepEqual(importMap(`\ufeff${exportText(map)}`), map);
    assert.equal(mapFileName(map), "vans-north.json");
    assert.equal(mapFileName({ name: "…" }), "field-map.json");
  });

  it("is refused where it is none, or one that is wrong", () => {
    const code = (text: string) => {
      try {
        importMap(text);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return undefined;
    };
    assert.equal(code("{"), "JSON_SYNTAX");
    for (const text of ["{}", "[]", "null", '{"schema":2,"rules":[]}'])
      assert.equal(code(text), "FIELD_MAP", text);
    assert.equal(code('{"rules":[{"from":"a","to":"odometer","unit":"V"}]}'), "RULE_UNIT");
    assert.equal(code('{"rules":[null]}'), "RULE_TO");
  });

  it("brings nothing that a map does not have", () => {
    const brought = importMap('{"rules":[],"extra":1,"__proto__":{"x":1}}');
    assert.deepEqual(Object.keys(brought), ["rules"]);
    assert.deepEqual(checkFieldMap(brought), []);
  });
});
