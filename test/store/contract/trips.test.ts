import assert from "node:assert/strict";
import { imeiOf, savedTrips } from "../samples";
import { eachStore } from "./stores";

eachStore("trips", (it_) => {
  it("keeps what each node knows of a device, and what was written last", async () => {
    await it_.store.open();
    await it_.store.commit({ trips: new Map([[imeiOf(1), { n1: savedTrips() }]]) });
    const both = { n1: savedTrips(3), n2: savedTrips(1) };
    await it_.store.commit({ trips: new Map([[imeiOf(1), both]]) });
    assert.deepEqual((await it_.reopened()).trips, [[imeiOf(1), both]]);
  });

  it("forgets what is known of a device, and nothing else", async () => {
    await it_.store.open();
    const all = new Map([1, 2].map((index) => [imeiOf(index), { n1: savedTrips() }]));
    await it_.store.commit({ trips: all });
    await it_.store.commit({ trips: new Map([[imeiOf(1), null]]) });
    assert.deepEqual((await it_.reopened()).trips, [[imeiOf(2), { n1: savedTrips() }]]);
  });
});
