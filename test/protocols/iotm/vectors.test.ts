import assert from "node:assert/strict";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { decodeFrame, encodeFrame } from "../../../src/protocols/iotm/frame";
import { sensorIdText } from "../../../src/protocols/iotm/sensors";
import { toVectorForm, VECTORS, withoutIdentity } from "../../support/vectors";

/** A decoded frame in the form of the vector files. */
function frameForm(frame: ReturnType<typeof decodeFrame>): unknown {
  const { warnings, ...rest } = frame;
  const records = rest.records.map((record) =>
    "values" in record
      ? {
          ...record,
          values: record.values.map(({ id, valueType, value }) => ({
            id: sensorIdText(id).toLowerCase(),
            valueType,
            value: typeof value === "string" ? { text: value } : value,
          })),
        }
      : record,
  );
  return toVectorForm({ ...rest, records, ...(warnings.length > 0 ? { warnings } : {}) });
}

describe("IOTM vectors", () => {
  for (const vector of VECTORS) {
    describe(vector.name, () => {
      const bytes = Buffer.from(vector.hex, "hex");

      it("decodes to the pinned values", () => {
        assert.deepEqual(frameForm(decodeFrame(bytes)), vector.decoded);
      });

      it("encodes back to the same bytes", () => {
        const encoded = encodeFrame(decodeFrame(bytes).records);
        assert.equal(Buffer.from(encoded).toString("hex"), vector.hex);
      });

      it("normalizes to the pinned messages", () => {
        const { records, error } = decodePayload(bytes, { receivedAt: 5, topic: vector.topic });
        assert.equal(error, undefined);
        assert.deepEqual(
          toVectorForm(records.map(withoutIdentity)),
          vector.normalized.map((record) => ({ ...record, receivedAt: 5 })),
        );
      });
    });
  }
});
