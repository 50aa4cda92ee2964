import assert from "node:assert/strict";
import { alarmsKey } from "../../../src/alarms/port";
import { deviceAlarms } from "../samples";
import { eachStore } from "./stores";

eachStore("alarms", (it_) => {
  it("keeps the last of what is written twice, for each device and node, until it is removed", async () => {
    await it_.store.open();
    const all = [deviceAlarms(3), deviceAlarms(1), deviceAlarms(1, { node: "n2" })];
    await it_.store.commit({ alarms: new Map(all.map((one) => [alarmsKey(one), one])) });
    const changed = deviceAlarms(3, { alarms: {}, rules: {} });
    await it_.store.commit({
      alarms: new Map([
        [alarmsKey(changed), changed],
        [alarmsKey(deviceAlarms(1)), null],
        ["nobody", null],
      ]),
    });
    assert.deepEqual((await it_.reopened()).alarms, [changed, deviceAlarms(1, { node: "n2" })]);
  });
});
