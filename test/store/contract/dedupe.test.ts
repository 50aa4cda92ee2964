import assert from "node:assert/strict";
import { SEEN_CHUNK_LENGTH, SEEN_CHUNKS } from "../../../src/dedupe/seen";
import { chunk, imeiOf } from "../samples";
import { eachStore } from "./stores";

eachStore("dedupe", (it_) => {
  it("replaces a chunk of fingerprints by the one of its slot", async () => {
    await it_.store.open();
    const all = Array.from({ length: SEEN_CHUNKS + 2 }, (_, number) => chunk(1, number, [number]));
    await it_.store.commit({ dedupe: { chunks: [...all, chunk(2, 0, [])], forgotten: [] } });
    const full = Array.from({ length: SEEN_CHUNK_LENGTH }, (_, index) => index / 3);
    await it_.store.commit({ dedupe: { chunks: [chunk(1, SEEN_CHUNKS + 1, full)], forgotten: [] } });
    const { dedupe } = await it_.reopened();
    assert.deepEqual(
      dedupe.toSorted((a, b) => a.imei.localeCompare(b.imei) || a.number - b.number),
      [...all.slice(2, -1), chunk(1, SEEN_CHUNKS + 1, full), chunk(2, 0, [])],
    );
  });

  it("takes a part of a longer array as what it is", async () => {
    await it_.store.open();
    const { imei, number, prints } = chunk(1, 3, [1, 2, 3, 4]);
    const part = { imei, number, prints: prints.subarray(1, 3) };
    await it_.store.commit({ dedupe: { chunks: [part], forgotten: [] } });
    assert.deepEqual((await it_.reopened()).dedupe, [chunk(1, 3, [2, 3])]);
  });

  it("forgets the chunks of a device, also those of the same changes", async () => {
    await it_.store.open();
    await it_.store.commit({ dedupe: { chunks: [chunk(1, 0, [1]), chunk(2, 0, [5])], forgotten: [] } });
    await it_.store.commit({ dedupe: { chunks: [chunk(1, 1, [2])], forgotten: [imeiOf(1)] } });
    assert.deepEqual((await it_.reopened()).dedupe, [chunk(2, 0, [5])]);
  });
});
