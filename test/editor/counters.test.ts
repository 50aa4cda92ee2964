import assert from "node:assert/strict";
import { counterLines } from "../../nodes/editor/sidebar/counters";

describe("what has come of a device", () => {
  it("knows no first message where there is none, as of one that was only connected", () => {
    assert.deepEqual(counterLines({ records: 0, late: 0, duplicates: 0, future: 0 }), [
      { key: "none", count: 0, hasFirst: false },
    ]);
  });

  it("says how many came, since when, and what was odd about them", () => {
    assert.deepEqual(counterLines({ records: 3, late: 1, duplicates: 0, future: 2 }), [
      { key: "records", count: 3, hasFirst: true },
      { key: "late", count: 1, hasFirst: false },
      { key: "future", count: 2, hasFirst: false },
    ]);
  });
});
