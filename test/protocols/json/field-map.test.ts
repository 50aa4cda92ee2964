import assert from "node:assert/strict";
import { UNITS } from "../../../src/model/units";
import { findTerm, VOCABULARY } from "../../../src/model/vocabulary";
import { convert, unitsOf } from "../../../src/protocols/json/convert";
import { checkFieldMap, compileMap, type FieldMap } from "../../../src/protocols/json/field-map";
import { LIMITS } from "../../../src/protocols/json/limits";
import { mendValues } from "../../../src/protocols/json/mend-values";
import { formatPath, parsePath } from "../../../src/protocols/json/path";
import { findReadings } from "../../../src/protocols/json/readings";
import { guess } from "../../../src/protocols/json/recognise";
import { findTarget, TARGETS } from "../../../src/protocols/json/targets";
import { decodeBytes, RECEIVED_AT } from "../../support/globalmatix";

const IMEI = "869595061374194";
/** JSON that cannot be turned into text. */
const HOSTILE = { toString: 1, valueOf: 1 };
const decode = (value: unknown, map?: FieldMap) => decodeBytes(Buffer.from(JSON.stringify(value)), map);

describe("Globalmatix paths", () => {
  for (const [written, canonical] of [
    ["gps.lat", "gps.lat"],
    [' gps["lat"] ', "gps.lat"],
    ['["a.b"].c', '["a.b"].c'],
    ["axles[2].weight", "axles[2].weight"],
    ['signals[name="SOC"].value', 'signals[name="SOC"].value'],
    ['signals[ "name"="SOC"].value', undefined],
    ['signals["name"="SOC"].value', 'signals[name="SOC"].value'],
    ["can[spn=190].value", "can[spn=190].value"],
    ["readings[].lat", "readings[].lat"],
    ["[0].x", "[0].x"],
    ["__proto__.x", '["__proto__"].x'],
    ["", undefined],
    [".a", undefined],
    ["a..b", undefined],
    ["a[", undefined],
    ["a]", undefined],
    ['a["b]', undefined],
    ["a.", undefined],
    ["a[-1]", undefined],
  ] as const) {
    it(`${JSON.stringify(written)} is ${canonical ?? "refused"}`, () => {
      if (canonical === undefined) {
        assert.throws(() => formatPath(parsePath(written)), { code: "PATH" });
      } else assert.equal(formatPath(parsePath(written)), canonical);
    });
  }
});

describe("Globalmatix units", () => {
  const key = (name: string) => findTarget(name) ?? assert.fail(name);

  it("every number of the vocabulary that has a unit can come in it, and in others", () => {
    for (const { key: name, type, unit } of [...VOCABULARY, ...TARGETS]) {
      if (type !== "number" || unit === "") continue;
      assert.equal(unitsOf({ type, unit })[0], unit, name);
      assert.equal(convert(12.5, { type, unit }), 12.5, name);
    }
  });

  it("no two units of one table have the same scale", () => {
    for (const units of Object.values(UNITS)) {
      const scales = Object.values(units).map((linear) => JSON.stringify(linear));
      assert.equal(new Set(scales).size, scales.length);
    }
  });

  for (const [target, value, unit, expected] of [
    ["speed", 60, "mph", 96.56064],
    ["speed", 10, "m/s", 36],
    ["speed", 10, "kn", 18.52],
    ["odometer", 1234567, "m", 1234.567],
    ["odometer", 100, "mi", 160.9344],
    ["externalVoltage", 12139, "mV", 12.139],
    ["deviceTemperature", 212, "°F", 100],
    ["deviceTemperature", 273.15, "K", 0],
    ["deviceTemperature", -401, "0.1 °C", -40.1],
    ["fuelLevel", 0.07, "0–1", 7],
    ["speed", 4630, "0.01 km/h", 46.3],
    ["externalVoltage", 121, "0.1 V", 12.1],
    ["altitude", 4080, "cm", 40.8],
    ["engineHours", 5400, "s", 1.5],
    ["latitude", 432482490, "1e-7 °", 43.248249],
    ["altitude", 1000, "ft", 304.8],
    ["axleWeight1", 7.5, "t", 7500],
    ["driver1Activity", "Driving", "", "driving"],
    ["driver1Activity", "asleep", "", undefined],
    ["engineSpeed", " 1.5e3 ", "", 1500],
    ["engineSpeed", "", "", undefined],
    ["engineSpeed", "12 rpm", "", undefined],
    ["engineSpeed", "12345678901234567890", "", undefined],
    // Takes minutes where the digits can be shared out in many ways.
    ["engineSpeed", `${"9".repeat(250_000)}x`, "", undefined],
    ["engineSpeed", "7.", "", 7],
    ["engineSpeed", ".5", "", 0.5],
    ["engineSpeed", true, "", undefined],
    ["engineSpeed", null, "", undefined],
    ["ignition", "ON", "", true],
    ["ignition", "0", "", false],
    ["ignition", 1, "inverted", false],
    ["ignition", 2, "", undefined],
    ["ignition", 5, "bit 0", true],
    ["ignition", 5, "bit 1", false],
    ["ignition", "0x80000000", "bit 31", true],
    ["ignition", " 6 ", "bit 2", true],
    ["ignition", 2 ** 40 + 1, "bit 0", true],
    ["ignition", -1, "bit 0", undefined],
    ["ignition", 0.5, "bit 0", undefined],
    ["ignition", true, "bit 0", undefined],
    ["ignition", "maybe", "", undefined],
    ["vin", 17, "", "17"],
    ["vin", "", "", undefined],
    ["oneWireId1", "0x1A2b", "", "0000000000001a2b"],
    ["oneWireId1", "no hex", "", undefined],
    ["time", 1779631011, "", 1779631011000],
    ["time", 1779631011000, "", 1779631011000],
    ["time", 1779631011000000, "", 1779631011000],
    ["time", "1779631011.5", "", 1779631011500],
    ["time", 1779631011, "ms", undefined],
    ["time", 1779631011, "ISO 8601", undefined],
    ["time", "2026-05-24T13:56:51Z", "s", undefined],
    ["time", "2026-05-24T13:56:51.250+0200", "", 1779623811250],
    ["time", "2026-05-24 13:56:51", "", 1779631011000],
    ["time", "2026-05-24", "", undefined],
    ["time", "2026-05-24", "ISO 8601", 1779580800000],
    ["time", "2026-02-30T12:00:00Z", "", undefined],
    ["time", "2024-02-29T12:00:00Z", "", 1709208000000],
    // Only a rolled over GPS week explains it; who knows the time of receipt looks at that.
    ["time", "1999-12-31T23:59:59Z", "", 946684799000],
    ["time", "1980-01-05T23:59:59Z", "", undefined],
    ["time", "2026-13-24T00:00:00Z", "", undefined],
    ["time", "24.05.2026", "", undefined],
    ["imei", 869595061374194, "", IMEI],
    ["imei", "869595061374195", "", "869595061374195"],
    ["imei", "000000000000000", "", undefined],
    ["imei", "86959506137419", "", undefined],
    ["imei", "van 7", "", undefined],
  ] as const) {
    it(`${target}: ${JSON.stringify(value).slice(0, 40)} ${unit} is ${expected}`, () => {
      assert.equal(convert(value, key(target), unit), expected);
    });
  }
});

describe("Globalmatix usual names", () => {
  for (const [path, to, unit] of [
    ["lat", "latitude", ""],
    ["gps.lng", "longitude", ""],
    ["position.course", "heading", ""],
    ["course", undefined, undefined],
    ["gpsSpeed", "speed", ""],
    ["speed_mph", "speed", "mph"],
    ["speedKmh", "speed", "km/h"],
    ["vehicle.speed", "vehicleSpeed", ""],
    ["can.gps.speed", "speed", ""],
    ["odometer_m", "odometer", "m"],
    ["odometer_v", undefined, undefined],
    ["battery", "batteryLevel", ""],
    ["battery_v", "batteryVoltage", "V"],
    ["engineRPM", "engineSpeed", ""],
    ["din3", "input3", ""],
    ["temp2_f", "temperature2", "°F"],
    ["temp5", undefined, undefined],
    ["soc.value", "stateOfCharge", ""],
    ['signals[name="Mileage"].value', "odometer", ""],
    ['signals[name="Mileage"].time', undefined, undefined],
    ["can[spn=190].value", "engineSpeed", ""],
    ["can[spn=191].value", undefined, undefined],
    ["geometry.coordinates[0]", "longitude", ""],
    ["geometry.coordinates[1]", "latitude", ""],
    ["geometry.coordinates[2]", undefined, undefined],
    ["lat[0]", undefined, undefined],
    ["valid", "fix", ""],
    ["fix_type", "fix", "1 none, 2 2D, 3 3D"],
    ["lon_lat", "latLon", "lon, lat"],
    ["lat_dir", "latitudeHemisphere", ""],
    ["velocity_ms", "speed", "m/s"],
    ["time_ms", "time", "ms"],
    ["engine.speed", "engineSpeed", ""],
    ["position.latitude", "latitude", ""],
    ["location_lat", "latitude", ""],
    ["trailer.latitude", undefined, undefined],
    ["gps.valid", "fix", ""],
    ["ts_ms", "time", "ms"],
    ["firmware", undefined, undefined],
    ["gps.acc", undefined, undefined],
    ["destination.lat", undefined, undefined],
    ["tripStart.coordinates[0]", undefined, undefined],
    ["limits.speed", undefined, undefined],
    ["wheels[0].speed", undefined, undefined],
    ["sim.id", undefined, undefined],
    ["readings[].id", undefined, undefined],
    ["devices[].id", "imei", ""],
    ["id", "imei", ""],
  ] as const) {
    it(`${path} is ${to ?? "nothing"} ${unit ?? ""}`, () => {
      const found = guess(path);
      assert.deepEqual([found?.to, found?.unit], [to, unit]);
    });
  }

  it("all lead to something that a rule could name, in a unit that it can come in", () => {
    const names = [
      "speed_kmh",
      "odo_km",
      "fuel_pct",
      "coolant_temp_c",
      "engine_hours_h",
      "rssi_dbm",
      "throttle",
    ];
    for (const name of names) {
      const { to, unit } = guess(name) ?? assert.fail(name);
      assert.ok(unit === "" || unitsOf(findTarget(to) ?? assert.fail(to)).includes(unit), name);
    }
  });

  const ts = 1779631011;
  for (const [what, document, path, expected] of [
    [
      "the time of a reading before that of the message",
      { timestamp: ts + 60, list: [{ time: ts, lat: 1, lon: 2 }] },
      "time",
      ts * 1000,
    ],
    [
      "the time of the message before that of a signal",
      { ts, soc: { value: 7, timestamp: 1e9 } },
      "time",
      ts * 1000,
    ],
    [
      "the odometer before that of a part",
      { ts, odo: 5, unknown: { odometer: 3 } },
      "attributes",
      { odometer: 5 },
    ],
    ["no time of a date alone", { date: "2026-05-24", time: "13:56:51" }, "time", RECEIVED_AT],
    [
      "no latitude and longitude of two places",
      { ts, gps: { lat: null, lon: 5 }, net: { lat: 48, lon: 11 } },
      "position",
      { valid: true, latitude: 48, longitude: 11 },
    ],
    ["no half of a position", { ts, gps: { lat: 5 }, net: { lon: 11 } }, "position", undefined],
    ["no readings of stops", { ts, stops: [{ lat: 1, lon: 2 }] }, "position", undefined],
  ] as const) {
    it(`fill ${what}`, () => {
      const { records, error } = decode({ imei: IMEI, ...document });
      assert.deepEqual((records[0] as unknown as Record<string, unknown>)[path], expected);
      assert.equal(error, undefined);
    });
  }

  it("can be switched off", () => {
    const { records } = decode(
      { imei: IMEI, ts: 1779631011, soc: 5 },
      { recognise: false, rules: [{ from: "imei", to: "imei" }] },
    );
    assert.deepEqual(
      records.map((record) => record.kind === "telemetry" && record.sensors),
      [{ ts: 1779631011, soc: 5 }],
    );
  });
});

describe("Globalmatix readings", () => {
  const item = { t: 1779631011, lat: 1, lon: 2 };
  for (const [what, document, path] of [
    ["an array of positions", { imei: IMEI, list: [item, item] }, "list"],
    ["one further inside", { imei: IMEI, a: { b: { c: [item] } } }, "a.b.c"],
    [
      "one with times only, where there is no time outside",
      { imei: IMEI, list: [{ ts: 1, soc: 2 }] },
      "list",
    ],
    ["not what only has times beside a time", { imei: IMEI, ts: 1, faults: [{ ts: 1, code: "P0300" }] }, ""],
    ["not what was on the way, beside a position", { imei: IMEI, lat: 1, lon: 2, track: [item] }, ""],
    ["not a list of signals", { imei: IMEI, list: [{ name: "lat", value: 1, ts: 2 }] }, ""],
    ["not an array of arrays", { imei: IMEI, list: [[1, 2]] }, ""],
    ["positions as GeoJSON", { imei: IMEI, list: [{ geometry: { coordinates: [1, 2] } }] }, "list"],
  ] as const) {
    it(`are found: ${what}`, () => assert.equal(findReadings(document), path));
  }

  it("can be said, or that there are none", () => {
    const document = { imei: IMEI, ts: 1779631011, odd: [{ soc: 1 }, { soc: 2 }] };
    const values = (map: FieldMap) =>
      decode(document, map).records.map(
        (record) => record.kind === "telemetry" && record.attributes.stateOfCharge,
      );
    assert.deepEqual(values({ readings: "odd" }), [1, 2]);
    assert.equal(values({ readings: "" }).length, 1);
    assert.equal(values({ readings: "missing.path" }).length, 1);
  });

  it("what stands around a list without readings is one, also in a batch", () => {
    const batch = [
      { imei: IMEI, ts: 1779631011, soc: 5, list: [] },
      { imei: IMEI, ts: 1779631012, list: [{ soc: 6 }] },
    ];
    const { records } = decode(batch, { readings: "list" });
    assert.deepEqual(
      records.map((record) => record.kind === "telemetry" && record.attributes),
      [{ stateOfCharge: 5 }, { stateOfCharge: 6 }],
    );
  });

  it("one of a list that goes too deep does not spoil the others", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`);
    const list = [{ soc: 1 }, deep, { soc: 2 }];
    const { records, error } = decode({ imei: IMEI, ts: 1779631011, list }, { readings: "list" });
    assert.deepEqual([records.length, error?.code], [2, "JSON_DEPTH"]);
  });

  it("a signal of a list can be counted as well as named", () => {
    const document = {
      imei: IMEI,
      ts: 1779631011,
      list: [
        { name: "x", value: 7 },
        { name: "y", value: 8 },
      ],
    };
    const { records } = decode(document, { rules: [{ from: "list[1].value", to: "fuelLevel" }] });
    assert.deepEqual(records[0]?.kind === "telemetry" && [records[0].attributes, records[0].sensors], [
      { fuelLevel: 8 },
      { 'list[name="x"].value': 7 },
    ]);
  });

  it("signals are told apart by the key that has another value in each, and points of a track are none", () => {
    const bus = [
      { pgn: 61444, n: "esp", w: 1412.5, e: "rpm" },
      { pgn: 65262, n: "tcool", w: 188, e: "degF" },
    ];
    const track = [
      { id: 1, v: 50, lat: 1, lon: 2 },
      { id: 2, v: 51, lat: 1, lon: 2 },
    ];
    const [record] = decode({ imei: IMEI, ts: 1779631011, bus, lat: 5, lon: 6, track }).records;
    const sensors = record?.kind === "telemetry" ? Object.keys(record.sensors) : [];
    assert.deepEqual(
      sensors.filter((path) => path.endsWith(".w") || path.endsWith(".v")),
      ['bus[n="esp"].w', 'bus[n="tcool"].w', "track[0].v", "track[1].v"],
    );
  });

  it("of two signals of one name neither is lost", () => {
    const list = [
      { name: "x", value: 1 },
      { name: "x", value: 2 },
    ];
    const { records } = decode({ imei: IMEI, ts: 1779631011, list });
    assert.deepEqual(records[0]?.kind === "telemetry" && records[0].sensors, {
      'list[name="x"].value': 1,
      "list[1].name": "x",
      "list[1].value": 2,
    });
  });
});

describe("JSON that is mended", () => {
  for (const [text, mended] of [
    ['{"a":nan,"b":[1,-inf,],}', '{"a":"nan","b":[1,"-inf"]}'],
    ['{"a" : ,"b":}', '{"a" : null,"b":null}'],
    ['{"a":"x\\"nan,}","b":+1}', '{"a":"x\\"nan,}","b":"+1"}'],
    ['{"a":1}{"b":nan}', undefined],
    ["[1,,2]", undefined],
    ['{"a":no value}', undefined],
    [`${"[".repeat(LIMITS.depth + 2)}nan`, undefined],
  ] as const) {
    it(`${text.slice(0, 40)} is ${mended ?? "not"}`, () => assert.equal(mendValues(text), mended));
  }
});

describe("Globalmatix limits", () => {
  const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
  for (const [what, payload, code] of [
    ["as many levels as are read", nested(LIMITS.depth), undefined],
    ["a level more", nested(LIMITS.depth + 1), "JSON_DEPTH"],
    ["levels around a long number", `${"[".repeat(100)}12345678901234567890${"]".repeat(100)}`, "JSON_DEPTH"],
    ["a bracket in a text is no level", { a: `${"[".repeat(100)}`, b: "12345678901234567890" }, undefined],
    ["many values in a reading", { x: Array.from({ length: 2001 }, () => 1) }, "JSON_TOO_MANY_VALUES"],
    [
      "a few values around many readings",
      {
        x: Array.from({ length: 60 }, () => 1),
        list: Array.from({ length: 1000 }, () => ({ lat: 1, lon: 1 })),
      },
      "JSON_TOO_MANY_VALUES",
    ],
    [
      "many readings in an array",
      { list: Array.from({ length: 1001 }, () => ({ lat: 1, lon: 1 })) },
      "JSON_TOO_MANY_READINGS",
    ],
    ["long keys around values", { ["k".repeat(1001)]: [1, 2] }, "JSON_KEYS_TOO_LONG"],
  ] as const) {
    it(`${what}: ${code ?? "no problem"}`, () => {
      const text =
        typeof payload === "string" ? payload : JSON.stringify({ imei: IMEI, ...(payload as object) });
      assert.equal(decodeBytes(Buffer.from(text)).error?.code, code);
    });
  }

  for (const [what, text] of [
    ["items", JSON.stringify(Array(1003).fill({ imei: IMEI }))],
    ["lines", Array(1003).fill(`{"imei":"${IMEI}"}`).join("\n")],
  ] as const) {
    it(`the readings up to the limit are there, further ${what} are told of`, () => {
      const { records, error } = decodeBytes(Buffer.from(text));
      assert.equal(records.length, 1000);
      assert.equal(error?.code, "JSON_TOO_MANY_READINGS");
    });
  }

  it("names up to the limit are there, readings with further ones of their own are told of", () => {
    const readings = Array.from({ length: 50 }, (_, n) => ({
      imei: IMEI,
      ...Object.fromEntries(Array.from({ length: 100 }, (__, index) => [`k${n}_${index}`, index])),
    }));
    const { records, error } = decode(readings);
    assert.equal(records.length, 40);
    assert.equal(error?.code, "JSON_TOO_MANY_VALUES");
  });

  it("more commas and brackets than any message has are refused before anything is parsed", () => {
    const text = `{"imei":"${IMEI}","x":[${"1e400,".repeat(60_000)}`;
    assert.equal(decodeBytes(Buffer.from(text)).error?.code, "JSON_TOO_MANY_VALUES");
  });

  it("values up to the limit are there, those of further readings are told of", () => {
    const values = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]));
    const { records, error } = decode(Array(50).fill({ imei: IMEI, ...values }));
    assert.equal(records.length, 20);
    assert.equal(error?.code, "JSON_TOO_MANY_VALUES");
  });
});

describe("a field map", () => {
  for (const [what, map, code, path] of [
    ["is an object", [], "FIELD_MAP", ""],
    ["is of this version", { schema: 2 }, "FIELD_MAP", ""],
    ["has a list of rules", { rules: {} }, "FIELD_MAP", ""],
    ["has a path of readings", { readings: "a[0]" }, "MAP_READINGS", "readings"],
    ["has paths", { rules: [{ from: "a..b", to: "vin" }] }, "RULE_FROM", "rules[0].from"],
    ["has a path or a default in each rule", { rules: [{ to: "vin" }] }, "RULE_FROM", "rules[0].from"],
    ["has names", { rules: [{ from: "a", to: "" }] }, "RULE_TO", "rules[0].to"],
    ["has harmless names", { rules: [{ from: "a", to: "__proto__" }] }, "RULE_TO", "rules[0].to"],
    ["has units that fit", { rules: [{ from: "a", to: "speed", unit: "V" }] }, "RULE_UNIT", "rules[0].unit"],
    [
      "has defaults that fit",
      { rules: [{ from: "a", to: "speed", default: "x" }] },
      "RULE_DEFAULT",
      "rules[0].default",
    ],
    [
      "has factors that are numbers",
      { rules: [{ from: "a", to: "own", factor: "x" }] },
      "RULE_FACTOR",
      "rules[0].factor",
    ],
    [
      "has factors other than 0",
      { rules: [{ from: "a", to: "own", factor: 0 }] },
      "RULE_FACTOR",
      "rules[0].factor",
    ],
    [
      "has factors of numbers only",
      { rules: [{ from: "a", to: "vin", factor: 2 }] },
      "RULE_FACTOR",
      "rules[0].factor",
    ],
    [
      "has offsets that are numbers",
      { rules: [{ from: "a", to: "speed", offset: HOSTILE }] },
      "RULE_OFFSET",
      "rules[0].offset",
    ],
    [
      "has defaults that the signal can be",
      { rules: [{ from: "a", to: "batteryLevel", default: 101 }] },
      "RULE_DEFAULT",
      "rules[0].default",
    ],
    ["has paths that are text", { rules: [{ from: 5, to: "own" }] }, "RULE_FROM", "rules[0].from"],
    ["has units that are text", { rules: [{ from: "a", to: "own", unit: 5 }] }, "RULE_UNIT", "rules[0].unit"],
    [
      "has conditions that are text",
      { rules: [{ from: "a", to: "event", when: [1] }] },
      "RULE_WHEN",
      "rules[0].when",
    ],
    ["has single defaults", { rules: [{ to: "own", default: HOSTILE }] }, "RULE_DEFAULT", "rules[0].default"],
    ["has no objects for names", { rules: [{ from: "a", to: HOSTILE }] }, "RULE_TO", "rules[0].to"],
    ["has a name that is text", { name: HOSTILE }, "FIELD_MAP", "name"],
    ["has readings that are text", { readings: HOSTILE }, "MAP_READINGS", "readings"],
    ["has rules that are objects", { rules: [null] }, "RULE_TO", "rules[0].to"],
    [
      "has a sensible number of rules",
      { rules: Array(501).fill({ from: "a", to: "vin" }) },
      "FIELD_MAP",
      "rules",
    ],
  ] as const) {
    it(what, () => {
      const [problem] = checkFieldMap(map);
      assert.deepEqual([problem?.code, problem?.path], [code, path]);
      assert.throws(() => compileMap(map as unknown as FieldMap), { code });
    });
  }

  it("can be empty, or have names of the user's own and constants", () => {
    assert.deepEqual(checkFieldMap({}), []);
    const rules = [
      { from: "a", to: "boom angle", unit: "°" },
      { to: "imei", default: IMEI },
    ];
    assert.deepEqual(checkFieldMap({ schema: 1, name: "x", readings: "a.b", recognise: true, rules }), []);
    const [record] = decode({ a: 5, ts: 1779631011 }, { rules }).records;
    assert.deepEqual(record?.kind === "telemetry" && [record.imei, record.attributes, record.units], [
      IMEI,
      { "boom angle": 5 },
      { "boom angle": "°" },
    ]);
  });

  it("targets have keys of their own, and units that there are", () => {
    const keys = TARGETS.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    for (const { unit, type, key } of TARGETS) {
      if (type === "number" && unit !== "") assert.ok(UNITS[unit], key);
    }
    assert.equal(findTerm("imei"), undefined);
  });
});
