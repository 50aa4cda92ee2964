import assert from "node:assert/strict";
import { JOURNAL_LENGTH } from "../../../src/journal/port";
import { entry, imeiOf, NOON } from "../samples";
import { eachStore } from "./stores";

eachStore("journal", (it_) => {
  it("gives the newest entry first and keeps so many of each device", async () => {
    const { store } = it_;
    await store.open();
    const changes = Array.from({ length: JOURNAL_LENGTH + 20 }, (_, index) =>
      entry(1, index % 2 ? "online" : "offline", `${index}`, NOON - (index % 3)),
    );
    const add = (...entries: typeof changes) => store.commit({ journal: { entries, forgotten: [] } });
    await add(...changes.slice(0, 60), entry(2, "registered"));
    for (const change of changes.slice(60)) await add(change);
    await it_.reopened();
    assert.deepEqual(await store.journal(imeiOf(1)), changes.toReversed().slice(0, JOURNAL_LENGTH));
    assert.deepEqual(await store.journal(imeiOf(2)), [entry(2, "registered")]);
    await add(...changes, ...changes);
    assert.deepEqual(await store.journal(imeiOf(1)), changes.toReversed().slice(0, JOURNAL_LENGTH));
  });

  it("forgets the entries of a device, also those of the same changes", async () => {
    const { store } = it_;
    await store.open();
    const first = [entry(1, "registered"), entry(2, "registered")];
    await store.commit({ journal: { entries: first, forgotten: [] } });
    await store.commit({ journal: { entries: [entry(1, "removed", "admin")], forgotten: [imeiOf(1)] } });
    assert.deepEqual(await store.journal(imeiOf(1)), []);
    assert.deepEqual(await store.journal(imeiOf(2)), [entry(2, "registered")]);
  });
});
