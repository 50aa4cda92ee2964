import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findTerm } from "../../../src/model/vocabulary";
import { SENSORS, sensorIdText } from "../../../src/protocols/iotm/sensors";
import { VALUE_TYPES } from "../../../src/protocols/iotm/values";

describe("IOTM catalogue", () => {
  it("has every sensor id once, in order", () => {
    const ids = SENSORS.map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
  });
  const meanings = SENSORS.flatMap(({ meaning, likely }) => [meaning, likely]).filter(
    (one) => one !== undefined,
  );

  it("uses only names of the vocabulary", () => {
    for (const { key } of meanings) assert.ok(findTerm(key), key);
  });
  it("has every name of its own once, and none that the vocabulary has for something else", () => {
    const names = SENSORS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, meaning } of SENSORS) {
      assert.match(name, /^[a-z][A-Za-z0-9]*$/);
      assert.ok(findTerm(name) === undefined || meaning?.key === name, name);
    }
  });
  it("scales numbers only", () => {
    for (const { key, multiply, add, divide } of meanings) {
      const isScaled = [multiply, add, divide].some((part) => part !== undefined);
      if (isScaled) assert.equal(findTerm(key)?.type, "number", key);
    }
  });
  it("says of several sensors that fill one name which comes first", () => {
    const ranks = Map.groupBy(meanings, ({ key }) => key);
    for (const [key, ones] of ranks) {
      assert.equal(new Set(ones.map(({ rank = 0 }) => rank)).size, ones.length, key);
    }
  });
  it("has words of the vocabulary for the numbers of a choice", () => {
    for (const { key, codes = {} } of meanings) {
      const { values } = findTerm(key) ?? {};
      if (values !== undefined) assert.deepEqual(Object.values(codes), values, key);
    }
  });
  it("has labels in both languages, each once", () => {
    for (const language of ["en", "de"] as const) {
      const labels = SENSORS.map(({ label }) => label[language]);
      assert.deepEqual(
        labels.filter((label, at) => label === "" || labels.indexOf(label) !== at),
        [],
      );
    }
  });
  it("has every value type once", () => {
    assert.equal(new Set(VALUE_TYPES.map(({ code }) => code)).size, VALUE_TYPES.length);
  });
  it("stands in the protocol sheet, as far as it has a meaning", () => {
    const file = "docs/protocols/iotm.md";
    const sheet = readFileSync(file, "utf8");
    for (const { id, meaning, likely } of SENSORS) {
      const key = (meaning ?? likely)?.key;
      if (key === undefined) continue;
      const row = sheet.split("\n").find((line) => line.startsWith("|") && line.includes(sensorIdText(id)));
      assert.ok(row?.includes(key), `${file} has no row for ${sensorIdText(id)} ${key}`);
    }
  });
});
