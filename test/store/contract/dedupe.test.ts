import assert from "node:assert/strict";
import { SEEN_LENGTH } from "../../../src/dedupe/dedupe";
import { added, asked, imeiOf } from "../samples";
import { eachStore } from "./stores";

eachStore("dedupe", (it_) => {
  const add = (...prints: ReturnType<typeof added>[]) =>
    it_.store.commit({ dedupe: { added: new Map(prints), forgotten: [] } });
  const seen = async (index: number, numbers: readonly number[]) =>
    it_.store.wasSeen(numbers.map((number) => asked(index, number)));

  it("knows the records of each device that it was given, one by one or many at once", async () => {
    await it_.store.open();
    await add(added(1, [1]), added(2, []));
    await add(added(1, [2, 3]), added(3, [9]));
    const check = async () => {
      assert.deepEqual(await seen(1, [3, 0, 1, 2, 9]), [true, false, true, true, false]);
      assert.deepEqual(await it_.store.wasSeen([asked(2, 1), asked(3, 9)]), [false, true]);
      assert.deepEqual(await seen(1, []), []);
    };
    await check();
    await it_.reopened();
    await check();
    await add(added(1, [4]));
    assert.deepEqual(await seen(1, [1, 2, 3, 4]), [true, true, true, true]);
  });

  it("tells records apart by kind, time and digest", async () => {
    await it_.store.open();
    await add(added(1, [1]));
    const record = asked(1, 1);
    const others = [{ kind: "event" as const }, { time: 1 }, { time: undefined }, { digest: "" }];
    const asks = others.map((other) => ({ ...record, ...other }));
    assert.deepEqual(await it_.store.wasSeen([record, ...asks]), [true, false, false, false, false]);
  });

  it(`remembers at least the last ${SEEN_LENGTH} records of a device, but not all`, async () => {
    await it_.store.open();
    const all = Array.from({ length: 3 * SEEN_LENGTH }, (_, number) => number);
    const parts = [0, 1, 130, SEEN_LENGTH, SEEN_LENGTH + 1000, all.length];
    for (const [at, end] of parts.slice(1).entries()) await add(added(1, all.slice(parts[at], end)));
    await it_.reopened();
    assert.ok((await seen(1, all.slice(-SEEN_LENGTH))).every(Boolean));
    assert.deepEqual(await seen(1, [0]), [false]);
  });

  it("takes a part of a longer array as what it is", async () => {
    await it_.store.open();
    const [imei, prints] = added(1, [1, 2, 3, 4]);
    await add([imei, prints.subarray(1, 3)]);
    assert.deepEqual(await seen(1, [1, 2, 3, 4]), [false, true, true, false]);
  });

  it("forgets the records of a device, also those of the same changes", async () => {
    await it_.store.open();
    await add(added(1, [1]), added(2, [5]));
    await it_.store.commit({ dedupe: { added: new Map([added(1, [2])]), forgotten: [imeiOf(1)] } });
    assert.deepEqual(await seen(1, [1, 2]), [false, false]);
    await add(added(1, [3]));
    await it_.reopened();
    assert.deepEqual(await seen(1, [1, 2, 3]), [false, false, true]);
    assert.deepEqual(await seen(2, [5]), [true]);
  });
});
