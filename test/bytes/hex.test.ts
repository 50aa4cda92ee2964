import assert from "node:assert/strict";
import { fromHex, toHex } from "../../src/bytes/hex";

describe("hex text", () => {
  for (const text of [
    "02 ff 0a",
    "02FF0A",
    "0x02ff0a",
    "02:ff:0a",
    "02-FF-0a",
    "\n02ff\r\n0a\t",
    " 0X02 ff0a",
  ]) {
    it(`is read: ${JSON.stringify(text)}`, () => {
      assert.equal(toHex(fromHex(text)), "02ff0a");
    });
  }
  for (const [text, offset] of [
    ["02fg", 3],
    ["hello", 0],
    ["02f", 3],
    ["0x0x02", 3],
  ] as const) {
    it(`is refused at character ${offset}: ${text}`, () => {
      assert.throws(() => fromHex(text), { code: "PAYLOAD_HEX", offset });
    });
  }
  it("of nothing is nothing", () => {
    assert.equal(fromHex("").length, 0);
  });
});
