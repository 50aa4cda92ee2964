import assert from "node:assert/strict";
import { message } from "../samples";
import { eachStore } from "./stores";

eachStore("inbox", (it_) => {
  it("keeps messages by number until they are forgotten, whatever their bytes", async () => {
    await it_.store.open();
    const bytes = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
    const given = [message(10), message(2, []), { ...message(3), payload: bytes }];
    for (const one of given) await it_.store.commit({ inbox: new Map([[one.id, one]]) });
    bytes.fill(0);
    await it_.store.commit({
      inbox: new Map([
        [10, null],
        [11, message(11, [255])],
        [99, null],
      ]),
    });
    const kept = (await it_.reopened()).inbox.toSorted((a, b) => a.id - b.id);
    assert.deepEqual(kept, [message(2, []), message(3, [1, 2, 3]), message(11, [255])]);
    kept[1]?.payload.fill(7);
    assert.deepEqual(
      (await it_.reopened()).inbox.find(({ id }) => id === 3),
      message(3, [1, 2, 3]),
    );
  });
});
