import assert from "node:assert/strict";
import { asked, imeiOf } from "../samples";
import { eachStore } from "./stores";

eachStore("dedupe", (it_) => {
  it("knows of nothing before history, and forgets it", async () => {
    await it_.store.open();
    await it_.store.commit({ dedupe: { forgotten: [imeiOf(1)] } });
    assert.deepEqual(await it_.store.wasSeen([asked(1, 0), asked(2, 0)]), [false, false]);
    assert.deepEqual(await it_.store.wasSeen([]), []);
    await it_.reopened();
    assert.deepEqual(await it_.store.wasSeen([asked(1, 0)]), [false]);
  });
});
