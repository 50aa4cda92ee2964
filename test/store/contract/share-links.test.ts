import assert from "node:assert/strict";
import { shareLink } from "../samples";
import { eachStore } from "./stores";

eachStore("share links", (it_) => {
  it("keeps the last of what is written twice, in the order of the first, until it is removed", async () => {
    await it_.store.open();
    const ids = ["s3", "s1", "s2"];
    await it_.store.commit({ shareLinks: new Map(ids.map((id) => [id, shareLink(id)])) });
    const changed = shareLink("s3", { name: "", imeis: [], groups: ["a\nb"], ends: 2 ** 50 });
    await it_.store.commit({
      shareLinks: new Map([
        ["s3", changed],
        ["s1", null],
        ["s9", null],
      ]),
    });
    assert.deepEqual((await it_.reopened()).shareLinks, [changed, shareLink("s2")]);
  });
});
