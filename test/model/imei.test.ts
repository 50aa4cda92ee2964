import assert from "node:assert/strict";
import { imeiIn } from "../../src/model/imei";

const IMEI = "860000040000019";

const READ: readonly [string, unknown, string?][] = [
  ["text", IMEI],
  ["a number", 860000040000019],
  ["a number with a software version", "8600000400000190"],
  ["IMEI in front", "IMEI:860000040000019"],
  ["IMEI in front with a space", "imei 860000040000019"],
  ["dashes", "860000-04-000001-9"],
  ["spaces and dots", "86 000004.000001 9"],
  ["slashes", "860000/04/000001/9"],
  ["an apostrophe", "'860000040000019"],
  ["a formula", '="860000040000019"'],
  ["quotes", '"860000040000019"'],
  ["marks of the direction of writing", "\u202a860000040000019\u202c"],
  ["spaces that cannot be seen", "\u200b860000040000019\ufeff"],
  ["a space that does not break", "860000040000019\u00a0"],
  [
    "full-width digits",
    "\uff18\uff16\uff10\uff10\uff10\uff10\uff10\uff14\uff10\uff10\uff10\uff10\uff10\uff11\uff19",
  ],
  ["a decimal zero", "860000040000019.0"],
  ["a decimal zero after a comma", "860000040000019,00"],
  ["an exponent that holds all digits", "8.60000040000019E+14"],
  ["an exponent after a comma", "8,60000040000019e14"],
  ["a lost zero", 12345678901237, "012345678901237"],
  ["a lost zero in text", "12345678901237", "012345678901237"],
];

const REFUSED: readonly [string, unknown, string][] = [
  ["nothing", undefined, "IMEI_MISSING"],
  ["null", null, "IMEI_MISSING"],
  ["an empty text", " ", "IMEI_MISSING"],
  ["digits that are lost", "8.6E+14", "IMEI_SCIENTIFIC"],
  ["all but one digit lost", "9E+14", "IMEI_SCIENTIFIC"],
  ["letters", "86000004000001x", "IMEI_DIGITS"],
  ["a fraction", 86959506137419.4, "IMEI_DIGITS"],
  ["yes", true, "IMEI_DIGITS"],
  ["an object", {}, "IMEI_DIGITS"],
  ["14 digits to which no zero fits", "12345678901234", "IMEI_LENGTH"],
  ["12 digits", "860000040000", "IMEI_LENGTH"],
  ["17 digits", "86000004000001900", "IMEI_LENGTH"],
];

describe("an IMEI as it is written", () => {
  for (const [way, value, imei = IMEI] of READ) {
    it(`with ${way} is read`, () => assert.equal(imeiIn(value).imei, imei));
  }
  for (const [what, value, code] of REFUSED) {
    it(`is not ${what}: ${code}`, () => assert.equal(imeiIn(value).problem?.code, code));
  }

  it("is shown in the problem, shortened", () => {
    assert.match(imeiIn("86000004000001x").problem?.message ?? "", /86000004000001x/);
    assert.ok((imeiIn("x".repeat(100_000)).problem?.message.length ?? 0) < 200);
  });
});
