import assert from "node:assert/strict";
import { imeiOf, liveState } from "../samples";
import { eachStore } from "./stores";

eachStore("state", (it_) => {
  it("keeps the last of what is written twice, in the order of the first", async () => {
    await it_.store.open();
    await it_.store.commit({ state: new Map([1, 2].map((index) => [imeiOf(index), liveState(index)])) });
    const empty = { ...liveState(9), position: null, time: null, events: [] };
    await it_.store.commit({ state: new Map([[imeiOf(1), empty]]) });
    assert.deepEqual((await it_.reopened()).state, [
      [imeiOf(1), empty],
      [imeiOf(2), liveState(2)],
    ]);
  });

  it("forgets a state, and nothing else", async () => {
    await it_.store.open();
    await it_.store.commit({ state: new Map([1, 2].map((index) => [imeiOf(index), liveState(index)])) });
    await it_.store.commit({ state: new Map([[imeiOf(1), null]]) });
    assert.deepEqual((await it_.reopened()).state, [[imeiOf(2), liveState(2)]]);
  });

  it("keeps the order of commits that nobody waited for", async () => {
    await it_.store.open();
    const commits = Array.from({ length: 50 }, (_, index) =>
      it_.store.commit({ state: new Map([[imeiOf(1), liveState(index)]]) }),
    );
    await Promise.all([...commits, it_.store.close()]);
    assert.deepEqual((await it_.store.open()).stored.state, [[imeiOf(1), liveState(49)]]);
  });
});
