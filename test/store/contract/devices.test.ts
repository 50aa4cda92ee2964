import assert from "node:assert/strict";
import { device, imeiOf, pending } from "../samples";
import { eachStore } from "./stores";

eachStore("devices", (it_) => {
  it("keeps the last of what is written twice, in the order of the first", async () => {
    await it_.store.open();
    await it_.store.commit({
      devices: { devices: new Map([1, 2, 3].map((index) => [imeiOf(index), device(index)])) },
    });
    const changed = device(1, { name: "", state: "deactivated", tags: [] });
    await it_.store.commit({ devices: { devices: new Map([[imeiOf(1), changed]]) } });
    assert.deepEqual((await it_.reopened()).devices.devices, [changed, device(2), device(3)]);
  });

  it("forgets a removed device", async () => {
    await it_.store.open();
    await it_.store.commit({
      devices: { devices: new Map([1, 2].map((index) => [imeiOf(index), device(index)])) },
    });
    await it_.store.commit({
      devices: {
        devices: new Map([
          [imeiOf(1), null],
          [imeiOf(9), null],
        ]),
      },
    });
    assert.deepEqual((await it_.reopened()).devices.devices, [device(2)]);
  });

  it("forgets an unknown sender", async () => {
    await it_.store.open();
    await it_.store.commit({
      devices: {
        pending: new Map([1, 2].map((index) => [imeiOf(index), pending(index, { position: null })])),
      },
    });
    await it_.store.commit({
      devices: {
        pending: new Map([
          [imeiOf(1), null],
          [imeiOf(9), null],
        ]),
      },
    });
    assert.deepEqual((await it_.reopened()).devices.pending, [pending(2, { position: null })]);
  });
});
