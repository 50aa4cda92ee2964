import assert from "node:assert/strict";
import { RateMeter } from "../../nodes/runtime/rate";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";

describe("rate meter", () => {
  it("counts the last minute, to the second", () => {
    const meter = new RateMeter();
    const start = 1_700_000_000_000;
    meter.add(5, start);
    meter.add(2, start + 30_000);
    assert.equal(meter.perMinute(start + 30_000), 7);
    assert.equal(meter.perMinute(start + 59_999), 7);
    assert.equal(meter.perMinute(start + 60_000), 2);
    assert.equal(meter.perMinute(start + 90_000), 0);
    meter.add(1, start + 1_000_000);
    assert.equal(meter.perMinute(start + 1_000_000), 1);
  });
});

describe("CSV", () => {
  it("is read by the delimiter of its header, however few its lines", () => {
    for (const delimiter of [",", ";", "\t", "|"]) {
      const text = `imei${delimiter}name\n1${delimiter}"Van, red; blue"\n`;
      assert.deepEqual(REGISTRY_TOOLS.parseCsv(text).rows.slice(0, 2), [
        ["imei", "name"],
        ["1", "Van, red; blue"],
      ]);
    }
    assert.deepEqual(REGISTRY_TOOLS.parseCsv("imei\n1").rows[1], ["1"]);
  });
});
