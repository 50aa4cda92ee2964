import assert from "node:assert/strict";
import { fence } from "../samples";
import { eachStore } from "./stores";

eachStore("fences", (it_) => {
  it("keeps the last of what is written twice, in the order of the first, until it is removed", async () => {
    await it_.store.open();
    const ids = ["f3", "f1", "f2"];
    await it_.store.commit({ fences: new Map(ids.map((id) => [id, fence(id)])) });
    const changed = fence("f3", { name: "Harbour", groups: [], devices: [], schedule: null });
    await it_.store.commit({
      fences: new Map([
        ["f3", changed],
        ["f1", null],
        ["f9", null],
      ]),
    });
    assert.deepEqual((await it_.reopened()).fences, [changed, fence("f2")]);
  });

  it("keeps every kind", async () => {
    await it_.store.open();
    const points = [
      { latitude: -18.5, longitude: 179.99 },
      { latitude: -18.5, longitude: -179.99 },
      { latitude: -18.4, longitude: 180 },
    ];
    const {
      kind: _,
      center: __,
      radius: ___,
      ...rules
    } = fence("f1") as ReturnType<typeof fence> & {
      center: unknown;
      radius: unknown;
    };
    const all = [
      { ...rules, id: "f2", kind: "polygon" as const, points },
      { ...rules, id: "f3", kind: "corridor" as const, points, width: 80 },
    ];
    await it_.store.commit({ fences: new Map(all.map((one) => [one.id, one])) });
    assert.deepEqual((await it_.reopened()).fences, all);
  });
});
