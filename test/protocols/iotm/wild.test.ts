import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { wildPayload } from "../../support/payloads";
import { randomOf } from "../../support/seed";
import { share } from "../../support/share";

const WILD_RUNS = share(1_000_000);

const CODES = new Set([
  "IOTM_EMPTY",
  "IOTM_TOO_SHORT",
  "IOTM_VERSION",
  "IOTM_CHECKSUM",
  "IOTM_HEADER_CUT_OFF",
  "IOTM_LENGTH_PAST_END",
  "IOTM_TOO_MANY_RECORDS",
  "IOTM_RECORD_TOO_SHORT",
  "IOTM_RECORD_TRAILING",
  "IOTM_VALUE_TYPE_UNKNOWN",
  "IOTM_VALUE_CUT_OFF",
  "IOTM_TOO_MANY_VALUES",
  "IMEI_MISSING",
  "IMEI_LENGTH",
  "IMEI_CHECK_DIGIT",
  "VALUE_UNFIT",
]);

/** Decodes a payload that may be anything; returns what came of it, or fails. */
function decodeAnything(bytes: Uint8Array, acceptWrongChecksum: boolean, mayBeFile: boolean): string {
  const { records, warnings, error } = decodePayload(bytes, {
    receivedAt: 0,
    acceptWrongChecksum,
    mayBeFile,
    recordEvents: true,
  });
  assert.ok(records.length > 0 || error !== undefined, "a payload vanished");
  for (const problem of error === undefined ? warnings : [...warnings, error]) {
    assert.ok(CODES.has(problem.code), `undocumented code ${problem.code}`);
    assert.notEqual(problem.message, "");
    const offset = problem.offset ?? 0;
    assert.ok(offset >= 0 && offset <= bytes.length, `offset ${offset} outside`);
  }
  assert.equal(typeof JSON.stringify(records), "string");
  return error === undefined ? "decoded" : error.code;
}

describe("any bytes at all", () => {
  it("give records or coded errors (fast-check)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), fc.boolean(), (bytes, accept, file) => {
        decodeAnything(bytes, accept, file);
        decodeAnything(Uint8Array.of(2, ...bytes), true, file);
      }),
      { numRuns: 5_000 },
    );
  });

  it(`give records or coded errors (${WILD_RUNS} random and mutated payloads)`, function () {
    this.timeout(300_000);
    const random = randomOf("wild payloads");
    const outcomes = new Map<string, number>();
    for (let run = 0; run < WILD_RUNS; run++) {
      const outcome = decodeAnything(wildPayload(random), random() < 0.3, random() < 0.1);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    assert.ok(
      (outcomes.get("decoded") ?? 0) > WILD_RUNS / 10,
      "the mutations have to reach behind the checksum",
    );
    for (const code of ["IOTM_EMPTY", "IOTM_VERSION", "IOTM_CHECKSUM", "IOTM_LENGTH_PAST_END"]) {
      assert.ok((outcomes.get(code) ?? 0) > WILD_RUNS / 1_000, `${code} was hardly tried`);
    }
  });
});
