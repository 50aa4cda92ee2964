import assert from "node:assert/strict";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import type { WireValue } from "../../../src/protocols/iotm/values";

describe("what does not fit the wire", () => {
  const cases: [string, number, WireValue, string][] = [
    ["256 as u8", 4, 256, "OUT_OF_RANGE"],
    ["−1 as u16", 5, -1, "OUT_OF_RANGE"],
    ["1.5 as u32", 6, 1.5, "OUT_OF_RANGE"],
    ["2^64 as u64", 7, 2n ** 64n, "OUT_OF_RANGE"],
    ["2^63 as i64", 11, 2n ** 63n, "OUT_OF_RANGE"],
    ["a number as u64", 7, 5, "IOTM_VALUE_MISMATCH"],
    ["a text as u8", 4, "5", "IOTM_VALUE_MISMATCH"],
    ["true as false", 0, true, "IOTM_VALUE_MISMATCH"],
    ["a number as text", 32, 5, "IOTM_VALUE_MISMATCH"],
    ["a text as GNSS", 14, "here", "IOTM_VALUE_MISMATCH"],
    ["256 bytes with a u8 length", 33, new Uint8Array(256), "OUT_OF_RANGE"],
    ["bytes as a number", 4, new Uint8Array(1), "IOTM_VALUE_MISMATCH"],
    ["an unknown value type", 99, 1, "IOTM_VALUE_TYPE_UNKNOWN"],
  ];
  for (const [what, valueType, value, code] of cases) {
    it(`is refused: ${what}`, () => {
      assert.throws(() => encodeFrame([{ type: 1, time: 0, values: [{ id: 1, valueType, value }] }]), {
        code,
      });
    });
  }

  it("is refused: a record of more than 65535 bytes", () => {
    assert.throws(() => encodeFrame([{ type: 9, body: new Uint8Array(65536) }]), {
      code: "IOTM_RECORD_TOO_LONG",
    });
    assert.equal(encodeFrame([{ type: 9, body: new Uint8Array(65535) }]).length, 65540);
  });

  it("is refused: an IMEI that is not a number", () => {
    assert.throws(() => encodeFrame([{ type: 2, imei: "49015420323751x" }]), { code: "IMEI_DIGITS" });
  });
});
