import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { foreignImei } from "../../src/broker/sender-check";
import { IMEI, OTHER } from "../support/registry";
import { CAPTURES } from "../support/vectors";

const hexOf = (imei: string) => CAPTURES.find(({ normalized }) => normalized[0]?.imei === imei)?.hex ?? "";

/** Each is made once with the own IMEI, once with another's. */
const FORMS: readonly [string, (imei: string) => Buffer][] = [
  ["a frame", (imei) => Buffer.from(hexOf(imei), "hex")],
  ["a frame with a wrong checksum", (imei) => Buffer.from(`${hexOf(imei).slice(0, -2)}00`, "hex")],
  ["hex text", (imei) => Buffer.from(hexOf(imei))],
  [
    "hex text with separators",
    (imei) =>
      Buffer.from(
        `\n 0x${hexOf(imei)
          .toUpperCase()
          .replace(/..(?=.)/g, "$&:")}`,
      ),
  ],
  ["JSON", (imei) => Buffer.from(`{"Imei": ${imei}}`)],
  ["JSON with white space in the IMEI", (imei) => Buffer.from(`{"imei": " ${imei} "}`)],
  ["JSON with the IMEI below its name", (imei) => Buffer.from(`[{"imei": {"value": "${imei}"}}]`)],
  ["JSON after a byte order mark", (imei) => Buffer.from(`\ufeff{"imei": "${imei}"}`)],
  ["JSON with a name in another notation", (imei) => Buffer.from(`{"im\\u0065i": "${imei}"}`)],
  ["the second line of JSON lines", (imei) => Buffer.from(`{"imei": "${IMEI}"}\n{"imei": "${imei}"}\n`)],
  ["a line between others that are none", (imei) => Buffer.from(`x\n{"imei": "${imei}"}\n{`)],
  ["gzip", (imei) => gzipSync(`{"imei": "${imei}"}`)],
  [
    "deeply nested JSON",
    (imei) => Buffer.from(`${'{"a":'.repeat(9000)}{"imei": "${imei}"}${"}".repeat(9000)}`),
  ],
];

describe("whose message it is", () => {
  for (const [form, made] of FORMS) {
    it(`${form}: of the device itself, or of another`, () => {
      assert.equal(foreignImei(made(IMEI), IMEI), undefined);
      assert.equal(foreignImei(made(OTHER), IMEI), OTHER);
    });
  }

  it("passes on what nobody can read", () => {
    for (const one of [
      Buffer.alloc(0),
      Buffer.from([0x1f, 0x8b, 1]),
      Buffer.from("02zz"),
      Buffer.from("{["),
    ]) {
      assert.equal(foreignImei(one, IMEI), undefined);
    }
  });

  it("trusts nothing that is too much to look at", () => {
    assert.equal(foreignImei(gzipSync(Buffer.alloc(2 * 1024 * 1024)), IMEI), "an unknown device");
  });
});
