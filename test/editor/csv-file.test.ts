import assert from "node:assert/strict";
import { decodeText, exportName } from "../../nodes/editor/sidebar/csv-file";

const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

describe("files of devices", () => {
  it("are read as UTF-8, with or without a mark, else as Windows writes them", () => {
    assert.equal(decodeText(bytes(0xef, 0xbb, 0xbf, 0x42, 0xc3, 0xbc)), "Bü");
    assert.equal(decodeText(bytes(0x42, 0xc3, 0xbc)), "Bü");
    assert.equal(decodeText(bytes(0x42, 0xfc, 0x80)), "Bü€");
  });

  it("are named by the day", () => {
    assert.equal(exportName(new Date(2026, 0, 5, 23, 59)), "trackers-2026-01-05.csv");
  });
});
