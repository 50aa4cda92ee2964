import assert from "node:assert/strict";
import { imeiIn } from "../../src/model/imei";

const IMEI = "860000040000027";
const ZERO = "012345678901237";

/** How it is written, and what it is. */
const READ: readonly [written: unknown, imei: string][] = [
  [IMEI, IMEI],
  [Number(IMEI), IMEI],
  [BigInt(IMEI), IMEI],
  [12345678901237, ZERO],
  ["12345678901237", ZERO],
  ["12345678901237.0", ZERO],
  ["1.2345678901237E+13", ZERO],
  [4999010640000, "004999010640000"],
  ["8600000400000276", IMEI],
  [8600000400000201, IMEI],
  ["0860000040000027", IMEI],
  ["860000040000027/01", IMEI],
  ["860000040000027 / 01", IMEI],
  [`IMEI:${IMEI}`, IMEI],
  [`imei ${IMEI}`, IMEI],
  [`IMEI No.: ${IMEI}`, IMEI],
  ["IMEI SV: 8600000400000276", IMEI],
  [`imei_${IMEI}`, IMEI],
  [`urn:gsma:imei:86000004-000002-7`, IMEI],
  ["860000-04-000002-7", IMEI],
  ["86 000004 000002 7", IMEI],
  ["860000.04/000002_7", IMEI],
  ["860000–04—000002‑7", IMEI],
  ["860,000,040,000,027", IMEI],
  ["8.60000040000027E+14", IMEI],
  ["8,60000040000027E+14", IMEI],
  ["8.600000400000270e14", IMEI],
  ["860000040000027.0", IMEI],
  ["860000040000027,00", IMEI],
  [`'${IMEI}`, IMEI],
  [`="${IMEI}"`, IMEI],
  [`“${IMEI}”`, IMEI],
  [`${IMEI},`, IMEI],
  [`\u202a${IMEI}\u202c`, IMEI],
  [`\u200b8600\u00a0000 4000\u00ad0027\ufeff\t\r\n\0`, IMEI],
  ["８６００００04０００００27", IMEI],
];

/** What is not read, with its code. */
const REFUSED: readonly [written: unknown, code: string][] = [
  [undefined, "IMEI_MISSING"],
  [null, "IMEI_MISSING"],
  ["", "IMEI_MISSING"],
  [" \u200b\ufeff", "IMEI_MISSING"],
  ["IMEI:", "IMEI_MISSING"],
  [0, "IMEI_MISSING"],
  ["000000000000000", "IMEI_MISSING"],
  ["9E+14", "IMEI_SCIENTIFIC"],
  ["8.6E+14", "IMEI_SCIENTIFIC"],
  ["8,60000040000E+14", "IMEI_SCIENTIFIC"],
  [17, "IMEI_LENGTH"],
  ["12345678901238", "IMEI_LENGTH"],
  ["345678901237", "IMEI_LENGTH"],
  [`8${IMEI}34`, "IMEI_LENGTH"],
  ["89490200001234567890", "IMEI_LENGTH"],
  ["0860000040000028", "IMEI_LENGTH"],
  ["86000004000002.7e2", "IMEI_SCIENTIFIC"],
  [-Number(IMEI), "IMEI_DIGITS"],
  [`-${IMEI}`, "IMEI_DIGITS"],
  [86000004000002.7, "IMEI_DIGITS"],
  [Number.NaN, "IMEI_DIGITS"],
  ["86000004000002x", "IMEI_DIGITS"],
  ["van 12", "IMEI_DIGITS"],
  [true, "IMEI_DIGITS"],
  [{}, "IMEI_DIGITS"],
  [[IMEI], "IMEI_DIGITS"],
];

describe("an IMEI in odd writing", () => {
  for (const [written, imei] of READ) {
    it(`${typeof written} ${String(written).replace(/\p{C}/gu, "·")} is ${imei}`, () => {
      assert.equal(imeiIn(written).imei, imei);
    });
  }

  for (const [written, code] of REFUSED) {
    it(`${typeof written} ${String(written)} is none: ${code}`, () => {
      const { imei, problem } = imeiIn(written);
      assert.deepEqual([imei, problem?.code], [undefined, code]);
    });
  }

  it("keeps a wrong check digit", () => {
    assert.deepEqual(imeiIn("IMEI 860000040000028"), { imei: "860000040000028", isWhole: true });
  });

  it("tells where it made another number of it", () => {
    assert.deepEqual(imeiIn(IMEI), { imei: IMEI, isWhole: true });
    for (const written of ["12345678901237", "8600000400000276"])
      assert.equal(imeiIn(written).isWhole, undefined);
  });

  it("names the value, but no more of it than a person can read", () => {
    assert.match(imeiIn("van 12").problem?.message ?? "", /van 12/);
    for (const long of ["1".repeat(1e6), "x".repeat(1e6), " ".repeat(1e6)]) {
      assert.ok((imeiIn(long).problem?.message.length ?? 999) < 200);
    }
  });
});
