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
  it("uses only names of the vocabulary", () => {
    for (const { key } of SENSORS) assert.ok(findTerm(key), key);
  });
  it("scales numbers only", () => {
    for (const { key, multiply, divide } of SENSORS) {
      if (multiply !== undefined || divide !== undefined) assert.equal(findTerm(key)?.type, "number", key);
    }
  });
  it("has every value type once", () => {
    assert.equal(new Set(VALUE_TYPES.map(({ code }) => code)).size, VALUE_TYPES.length);
  });
  it("stands in the protocol sheet, line by line", () => {
    const sheet = readFileSync("docs/protocols/iotm.md", "utf8");
    for (const { id } of SENSORS) assert.ok(sheet.includes(sensorIdText(id)), sensorIdText(id));
  });
});
