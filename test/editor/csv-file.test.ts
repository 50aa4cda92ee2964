import assert from "node:assert/strict";
import { exportName } from "../../nodes/editor/sidebar/csv-file";

describe("files of devices", () => {
  it("are named by the day", () => {
    assert.equal(exportName(new Date(2026, 0, 5, 23, 59)), "trackers-2026-01-05.csv");
  });
});
