import assert from "node:assert/strict";
import * as fc from "fast-check";
import { BytesIn, BytesOut } from "../../src/history/bytes";
import { decode, encode } from "../../src/history/codec";
import { IDENTITIES, keyOf, recordKindOf, type Timed } from "../../src/history/identity";
import { readIntegers, writeIntegers } from "../../src/history/integers";
import { readNumbers, writeNumbers } from "../../src/history/numbers";
import { inOrder, plainOf, RecordTable } from "../../src/history/table";
import { contentIdentity } from "../support/content-identity";
import { share } from "../support/share";
import { DAY, reading } from "./samples";

const runs = { numRuns: share(1000) };

function throughNumbers(values: readonly number[], isCoordinate = false): number[] {
  const out = new BytesOut();
  writeNumbers(out, Float64Array.from(values), values.length, isCoordinate);
  const into = new Float64Array(values.length);
  readNumbers(new BytesIn(out.taken()), values.length, into);
  return [...into];
}

const cell = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -5, max: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.string(),
);
const row = fc.record({
  time: fc.integer({ min: 0, max: 10_000 }),
  key: fc.nat({ max: IDENTITIES }),
  cells: fc.dictionary(fc.constantFrom("latitude", "valid", "a.x", "s.__proto__", "event"), cell),
});

describe("history's columns", () => {
  it("give back whole numbers", () => {
    const numbers = fc.oneof(
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1 }),
      fc.array(
        fc.maxSafeInteger().map((value) => Math.trunc(value / 8)),
        { minLength: 1 },
      ),
      fc.array(fc.constantFrom(7, 7, 7, 7, 7, 9_000_000_000), { minLength: 1, maxLength: 300 }),
    );
    fc.assert(
      fc.property(numbers, (values) => {
        const out = new BytesOut();
        writeIntegers(out, Float64Array.from(values), values.length);
        const into = new Float64Array(values.length);
        readIntegers(new BytesIn(out.taken()), values.length, into);
        assert.deepEqual(
          [...into],
          values.map((value) => value + 0),
        );
      }),
      runs,
    );
  });

  it("give back all numbers exactly", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const decimals = fc.tuple(fc.integer(), fc.nat(9)).map(([whole, places]) => whole / 10 ** places + 0);
    const products = fc.integer().map((whole) => whole * 0.0001 + 0);
    const coordinates = fc
      .float({ min: -180, max: 180, noNaN: true })
      .map((value) => Math.round(value * 1e6) / 1e6 + 0);
    for (const kind of [finite, decimals, products, coordinates]) {
      fc.assert(
        fc.property(fc.array(kind, { minLength: 1 }), fc.boolean(), (values, isCoordinate) => {
          assert.deepEqual(throughNumbers(values, isCoordinate), values);
        }),
        runs,
      );
    }
  });

  it("give back tables, row by row", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const table = new RecordTable();
        for (const { time, key, cells } of rows) {
          const number = table.addRow(time, key);
          for (const [name, value] of Object.entries(cells)) table.put(number, name, value);
        }
        const order = inOrder(table);
        const { track, values, keys } = encode(table, order);
        const read = decode(order.length, track, { values, keys });
        order.forEach((from, to) => {
          assert.deepEqual([read.times[to], read.keys[to]], [table.times[from], table.keys[from]]);
          for (const [name, column] of table.columns) {
            const found = read.columns.get(name);
            assert.deepEqual(found && read.cell(found, to), table.cell(column, from), name);
          }
        });
      }),
      runs,
    );
  });

  it("that are damaged are refused, or wrong, but never endless", () => {
    const table = new RecordTable();
    for (let n = 0; n < 50; n++) {
      const number = table.addRow(DAY + n * 1000, n);
      table.put(number, "a.text", n % 3 === 0 ? "x" : "y");
      table.put(number, "a.mixed", n % 2 === 0 ? n / 7 : "z");
      table.put(number, "latitude", n / 1e4);
    }
    const parts = encode(table, inOrder(table));
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), fc.constantFrom("track", "values", "keys"), (at, byte, part) => {
        const bytes = parts[part].slice();
        bytes[at % bytes.length] = byte;
        const { track, ...others } = { ...parts, [part]: bytes };
        try {
          assert.equal(plainOf(decode(50, track, others)).length, 50);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }),
      runs,
    );
    assert.throws(() => decode(50, parts.track.subarray(0, 10), {}), { code: "HISTORY_DAMAGED" });
  });
});

describe("a record's identity", () => {
  const of = (more: object) => contentIdentity({ ...reading(1), ...more } as Timed);

  it("is the same whenever it came, and in whatever order its values are", () => {
    const { attributes, ...rest } = reading(1);
    const turned = Object.fromEntries(Object.entries(attributes ?? {}).reverse());
    assert.equal(
      contentIdentity({ attributes: turned, ...rest, receivedAt: 1, warnings: [] } as unknown as Timed),
      of({}),
    );
  });

  it("is another one for each other content", () => {
    const contents = [
      {},
      { attributes: {} },
      { attributes: { ignition: true } },
      { attributes: { ignition: false } },
      { attributes: { ignition: "true" } },
      { attributes: { ignition: null } },
      { attributes: { ignition: 1 } },
      { attributes: { motion: true } },
      { attributes: { motion: true, ignition: false } },
      { attributes: { motion: false, ignition: true } },
      { sensors: { ignition: true }, attributes: {} },
      { attributes: { range: 1.5 } },
      { attributes: { range: 1.25 } },
      { unread: "00" },
    ];
    const all = contents.map(of);
    assert.equal(new Set(all).size, all.length);
    for (const identity of all)
      assert.ok(Number.isSafeInteger(identity) && identity >= 0 && identity < IDENTITIES);
  });

  it("spreads over the bits that are kept", () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => keyOf("telemetry", contentIdentity(reading(n))));
    // Of 65,536 places, 20,000 numbers by chance take 17,236; standard deviation 45.
    assert.ok(new Set(keys).size > 16_800, `${new Set(keys).size}`);
    assert.deepEqual([...new Set(keys.map(recordKindOf))], ["telemetry"]);
    assert.equal(recordKindOf(keyOf("event", 0)), "event");
  });
});
