import assert from "node:assert/strict";
import * as fc from "fast-check";
import { decodeFrame, encodeFrame } from "../../../src/protocols/iotm/frame";
import type { IotmRecord, SensorValue } from "../../../src/protocols/iotm/records";
import { VALUE_TYPES, type WireValue } from "../../../src/protocols/iotm/values";

/** Plain objects, as the decoder makes them. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as unknown as fc.Arbitrary<T>;
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const f32 = fc.float();

/** For each value type, by its code, what it can hold. */
const WIRE_VALUES: Readonly<Record<number, fc.Arbitrary<WireValue>>> = {
  0: fc.constant(false),
  1: fc.constant(true),
  2: fc.constant(null),
  3: fc.constant(0),
  4: fc.integer({ min: 0, max: 0xff }),
  5: fc.integer({ min: 0, max: 0xffff }),
  6: fc.integer({ min: 0, max: 0xffffffff }),
  7: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  8: fc.integer({ min: -0x80, max: 0x7f }),
  9: fc.integer({ min: -0x8000, max: 0x7fff }),
  10: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  11: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  12: f32,
  13: fc.double(),
  14: record({
    latitude: f32,
    longitude: f32,
    speed: fc.integer({ min: 0, max: 0xffff }),
    hdop10: fc.integer({ min: 0, max: 0xff }),
    satellites: fc.integer({ min: 0, max: 0xff }),
    course: fc.integer({ min: 0, max: 0xffff }),
    altitude: fc.integer({ min: -0x8000, max: 0x7fff }),
  }),
  32: text,
  33: bytes(255),
  64: text,
  65: bytes(400),
};

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });

const sensorValue: fc.Arbitrary<SensorValue> = fc
  .constantFrom(...VALUE_TYPES.map(({ code }) => code))
  .chain((valueType) =>
    record({
      id: u16,
      valueType: fc.constant(valueType),
      value: WIRE_VALUES[valueType] as fc.Arbitrary<WireValue>,
    }),
  );

const anyRecord: fc.Arbitrary<IotmRecord> = fc.oneof(
  record({ type: fc.constant(1 as const), time: u32, values: fc.array(sensorValue, { maxLength: 20 }) }),
  record({
    type: fc.constant(2 as const),
    imei: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((imei) => imei.toString().padStart(15, "0")),
  }),
  record({ type: fc.constant(3 as const), time: u32, function: u8, event: u8, data: bytes(50) }),
  record({ type: fc.constant(4 as const), expires: u32, outputId: u8, uniqueId: u8, data: bytes(255) }),
  record({ type: fc.integer({ min: 5, max: 255 }), body: bytes(50) }),
);

describe("frames built from the tables", () => {
  it("have an arbitrary for every value type", () => {
    assert.deepEqual(
      Object.keys(WIRE_VALUES).map(Number),
      VALUE_TYPES.map(({ code }) => code),
    );
  });

  it("decode to what went in", () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 8 }), (records) => {
        const frame = decodeFrame(encodeFrame(records));
        assert.equal(frame.error, undefined);
        assert.deepEqual(frame.warnings, []);
        assert.deepEqual(frame.records, records);
      }),
      { numRuns: 3_000 },
    );
  });

  it("with one bit flipped are refused or read with the damage named", () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.nat(7),
        (records, at, bit) => {
          const frame = encodeFrame(records);
          const index = at % frame.length;
          frame[index] = (frame[index] as number) ^ (1 << bit);
          const { error } = decodeFrame(frame);
          assert.match(error?.code ?? "", /^IOTM_(VERSION|CHECKSUM)$/);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
