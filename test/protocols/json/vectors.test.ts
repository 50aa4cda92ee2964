import assert from "node:assert/strict";
import {
  decodeBytes,
  GLOBALMATIX_VECTORS,
  RECEIVED_AT,
  toVectorRecord,
  vectorBytes,
} from "../../support/globalmatix";

describe("Globalmatix vectors", () => {
  it("are a good number of styles", () => assert.ok(GLOBALMATIX_VECTORS.length >= 12));

  for (const vector of GLOBALMATIX_VECTORS) {
    it(`${vector.name}: ${vector.about}`, () => {
      const { records, error } = decodeBytes(vectorBytes(vector), vector.map, vector);
      assert.deepEqual(records.map(toVectorRecord), vector.records);
      for (const record of records) {
        assert.equal(record.schema, 1);
        assert.equal(record.protocol, "globalmatix");
        assert.equal(record.receivedAt, RECEIVED_AT);
      }
      const { code, path, message = "" } = vector.error ?? {};
      assert.equal(error?.code, code);
      if (path !== undefined) assert.equal(error?.path, path);
      assert.ok(error === undefined || error.message.includes(message), error?.message);
    });
  }
});
