import assert from "node:assert/strict";
import type { Interval } from "../../src/trips/interval";
import { Ledger, type Settled, type Tellable } from "../../src/trips/ledger";

const NOTHING_SETTLED: Settled = {
  start: Number.NEGATIVE_INFINITY,
  trips: Number.NEGATIVE_INFINITY,
  others: Number.NEGATIVE_INFINITY,
};
const SEVEN = Date.UTC(2026, 2, 3, 7);

/** A trip by the seconds since seven o'clock; of its content the ledger only looks at what is here. */
function trip(start: number, end: number): Tellable {
  const content = { kind: "trip", start: { time: SEVEN + start * 1000 }, end: { time: SEVEN + end * 1000 } };
  return { what: "interval", content: { ...content, open: false } as unknown as Interval };
}

describe("what was told of trips", () => {
  it("does not give the id of one that it deletes to another one in the same news", () => {
    const ledger = new Ledger();
    ledger.compare([trip(0, 300)], NOTHING_SETTLED);
    ledger.compare([trip(200, 300)], NOTHING_SETTLED);
    const news = ledger.compare([trip(0, 100)], NOTHING_SETTLED);
    assert.deepEqual(
      news.map(({ id, change, revision }) => ({ id, change, revision })),
      [
        { id: "trip-20260303T070000Z-2", change: "created", revision: 1 },
        { id: "trip-20260303T070000Z", change: "deleted", revision: 3 },
      ],
    );
  });
});
