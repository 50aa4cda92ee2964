import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { checkImei, imeiCheckDigit } from "../../src/model/imei";
import { labelIn } from "../../src/model/label";
import { ShapeCache } from "../../src/model/shape-cache";
import { findTerm, VOCABULARY } from "../../src/model/vocabulary";

describe("IMEI", () => {
  it("with the right check digit is accepted", () => {
    for (const imei of ["490154203237518", "356938035643809", "867035046242895", "000000000000000"]) {
      assert.equal(checkImei(imei), undefined);
    }
  });
  for (const [imei, code] of [
    ["490154203237519", "IMEI_CHECK_DIGIT"],
    ["49015420323751", "IMEI_LENGTH"],
    ["4901542032375180", "IMEI_LENGTH"],
    ["", "IMEI_LENGTH"],
    ["49015420323751x", "IMEI_DIGITS"],
    ["４９０154203237518", "IMEI_DIGITS"],
  ] as const) {
    it(`${JSON.stringify(imei)} is refused: ${code}`, () => assert.equal(checkImei(imei)?.code, code));
  }
  it("any single wrong digit is noticed", () => {
    const imei = "490154203237518";
    for (let at = 0; at < 15; at++) {
      for (let digit = 0; digit < 10; digit++) {
        const other = `${imei.slice(0, at)}${digit}${imei.slice(at + 1)}`;
        assert.equal(checkImei(other)?.code, other === imei ? undefined : "IMEI_CHECK_DIGIT");
      }
    }
    assert.equal(imeiCheckDigit("49015420323751"), 8);
  });
});

describe("vocabulary", () => {
  it("has every name once", () => {
    assert.equal(new Set(VOCABULARY.map(({ key }) => key)).size, VOCABULARY.length);
    for (const { key } of VOCABULARY) assert.match(key, /^[a-z][A-Za-z0-9]*$/);
  });
  it("has labels in both languages, each once", () => {
    for (const language of ["en", "de"]) {
      const labels = VOCABULARY.map(({ label }) => labelIn(label, language));
      assert.deepEqual(
        labels.filter((label, at) => label === "" || labels.indexOf(label) !== at),
        [],
      );
    }
    assert.equal(labelIn({ en: "a", de: "b" }, "de-AT"), "b");
    assert.equal(labelIn({ en: "a", de: "b" }, "del"), "a");
  });
  it("has ranges and decimals for numbers, and nothing of that for others", () => {
    for (const { key, type, kind, range, precision } of VOCABULARY) {
      const isNumber = type === "number";
      assert.deepEqual([range !== undefined, precision !== undefined], [isNumber, isNumber], key);
      assert.equal(kind === "gauge" || kind === "counter", isNumber, key);
      if (range !== undefined) assert.ok(range[0] < range[1], key);
    }
  });
  it("has the names, units and ranges that the model asks for", () => {
    const least: Readonly<Record<string, readonly [string, number, number]>> = {
      batteryLevel: ["%", 0, 100],
      adBlueLevel: ["%", 0, 100],
      stateOfCharge: ["%", 0, 100],
      fuelLevel: ["%", 0, 110],
      externalVoltage: ["V", 0, 65],
      analog8: ["V", 0, 65],
      batteryVoltage: ["V", 0, 20],
      vehicleSpeed: ["km/h", 0, 500],
      gnssSpeed: ["km/h", 0, 500],
      engineSpeed: ["1/min", 0, 16_000],
      outsideTemperature: ["°C", -60, 300],
      cargoWeight: ["kg", 0, 131_000],
      trailerWeight: ["kg", 0, 131_000],
      grossWeight: ["kg", 0, 650_000],
      fuelUsed: ["l", 0, 5_000_000],
      idleFuel: ["l", 0, 5_000_000],
      engineHours: ["h", 0, 250_000],
      idleHours: ["h", 0, 250_000],
      odometer: ["km", 0, 5_000_000],
      gnssOdometer: ["km", 0, 5_000_000],
      fuelVolume: ["l", 0, 5000],
      fuelRate: ["l/h", 0, 3300],
      acceleration: ["g", -16, 16],
      cornering: ["g", -16, 16],
    };
    for (const [key, [unit, from, to]] of Object.entries(least)) {
      const term = findTerm(key);
      assert.deepEqual([term?.unit, term?.range], [unit, [from, to]], key);
    }
  });
  it("has units for numbers only, from a fixed list", () => {
    const units = new Set([
      "",
      "V",
      "%",
      "km/h",
      "1/min",
      "°C",
      "l",
      "l/h",
      "h",
      "km",
      "kg",
      "g",
      "°",
      "dBm",
      "B",
    ]);
    for (const { key, unit, type } of VOCABULARY) {
      assert.ok(units.has(unit), `${key}: ${unit}`);
      if (type !== "number") assert.equal(unit, "", key);
    }
  });
  it("stands in docs/messages.md, line by line", () => {
    const document = readFileSync("docs/messages.md", "utf8");
    const written = (value: number) => value.toLocaleString("en-US").replace("-", "−");
    for (const { key, unit, type, kind, label, range, values } of VOCABULARY) {
      const [from = "", to = ""] = range?.map(written) ?? [];
      const believed = values?.join(", ") ?? (range === undefined ? "" : `${from} to ${to}`);
      const line = `| ${key} | ${unit} | ${type === "id64" ? "text" : type} | ${kind} | ${label.en} | ${believed} |`;
      assert.ok(document.includes(line), line);
    }
  });
  it("is found by name", () => {
    assert.equal(findTerm("externalVoltage")?.unit, "V");
    assert.equal(findTerm("toString"), undefined);
  });
});

describe("shape cache", () => {
  const entries = (object: Record<string, unknown>) => new Map(Object.entries(object));

  it("builds what key-by-key assignment would build", () => {
    const cache = new ShapeCache();
    for (const object of [{ b: 1, "a b": null, '"': "x" }, {}, { b: false }, { "a b": 1, b: 2 }]) {
      assert.deepEqual(cache.build(entries(object)), object);
      assert.deepEqual(Object.keys(cache.build(entries(object))), Object.keys(object));
    }
  });
  it("does not mix up objects of the same layout", () => {
    const cache = new ShapeCache();
    const first = cache.build(entries({ a: 1 }));
    cache.build(entries({ a: 2 }));
    assert.deepEqual(first, { a: 1 });
  });
  it("still builds beyond what it remembers", () => {
    const cache = new ShapeCache();
    for (let n = 0; n < 12_000; n++) {
      const object = { [`k${n}`]: n, z: -n };
      assert.deepEqual(cache.build(entries(object)), object);
    }
  });
});
