import assert from "node:assert/strict";
import { shownSensor } from "../../../src/protocols/iotm/shown";

describe("an IOTM value that stayed under its id, as a person sees it", () => {
  const german = (key: string, value: number | boolean | string) => {
    const { label, value: shown, unit, group } = shownSensor(key, value) ?? {};
    return [label?.de, shown, unit, group];
  };

  it("has the label, unit and group of the table, and the number in that unit", () => {
    assert.deepEqual(german("0x7002", -2048), [
      "Beschleunigung längs der z-Achse des Geräts",
      -0.5,
      "g",
      "vehicle",
    ]);
    assert.deepEqual(german("0x4003", 123_457), ["Kilometerstand (CAN)", 617.285, "km", "vehicle"]);
    assert.deepEqual(german("0x700F", 8), ["Zeitzone", 2, "h", "device"]);
  });
  it("says where no source gives the unit of a number, and only there", () => {
    assert.deepEqual(german("0x303A", 412), ["Strecke, die der Kraftstoff reicht", 412, undefined, "energy"]);
    assert.deepEqual(german("0x000B", true), ["Paketdaten verfügbar", true, "", "network"]);
    assert.deepEqual(german("0x2010", 3), ["Skriptwert 5 (U8)", 3, undefined, "device"]);
  });
  it("is nothing for a key that is no id of the table", () => {
    for (const key of ["0x7777", "0x303a", "0x303", "303A", "constructor", ""]) {
      assert.equal(shownSensor(key, 1), undefined, key);
    }
  });
});
