import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { checkImei, imeiCheckDigit } from "../../src/model/imei";
import { ShapeCache } from "../../src/model/shapes";
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
  it("has every name once, with a label", () => {
    assert.equal(new Set(VOCABULARY.map(({ key }) => key)).size, VOCABULARY.length);
    for (const { key, label } of VOCABULARY) assert.ok(label !== "" && /^[a-z][A-Za-z0-9]*$/.test(key), key);
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
    ]);
    for (const { key, unit, type } of VOCABULARY) {
      assert.ok(units.has(unit), `${key}: ${unit}`);
      if (type !== "number") assert.equal(unit, "", key);
    }
  });
  it("stands in docs/messages.md, line by line", () => {
    const document = readFileSync("docs/messages.md", "utf8");
    const written = (value: number) => value.toLocaleString("en-US").replace("-", "−");
    for (const { key, unit, type, label, range } of VOCABULARY) {
      const believed = range === undefined ? "  |" : ` ${range.map(written).join(" to ")} |`;
      const line = `| ${key} | ${unit} | ${type === "id64" ? "text" : type} | ${label} |${believed}`;
      assert.ok(document.includes(line), line);
    }
  });
  it("has a German label for every term, and no other", () => {
    const german = JSON.parse(readFileSync("nodes/device-config/locales/de/device-config.json", "utf8"));
    const labels = german["device-config"].vocabulary;
    assert.deepEqual(
      Object.keys(labels),
      VOCABULARY.map(({ key }) => key),
    );
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
