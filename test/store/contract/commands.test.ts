import assert from "node:assert/strict";
import { command, imeiOf, NOON } from "../samples";
import { eachStore } from "./stores";

eachStore("commands", (it_) => {
  it("keeps commands by id in the order in which they were given, until they are forgotten", async () => {
    await it_.store.open();
    const given = ["c3", "c1", "c2"].map((id, index) => command(index % 2, id));
    for (const one of given) await it_.store.commit({ commands: { commands: new Map([[one.id, one]]) } });
    const done = command(0, "c3", { status: "confirmed", duration: null, mode: "latching" });
    await it_.store.commit({
      commands: {
        commands: new Map([
          ["c3", done],
          ["c1", null],
          ["c9", null],
        ]),
        sendings: new Map([[imeiOf(0), { uniqueId: 1, times: [NOON] }]]),
      },
    });
    const later = { uniqueId: 2, times: [] };
    await it_.store.commit({ commands: { sendings: new Map([[imeiOf(0), later]]) } });
    const { commands, sendings } = (await it_.reopened()).commands;
    assert.deepEqual(commands, [done, given[2]]);
    assert.deepEqual(sendings, [[imeiOf(0), later]]);
  });

  it("forgets all of a device, also what the same changes say of it, and nothing else", async () => {
    await it_.store.open();
    const sendings = { uniqueId: 1, times: [] };
    await it_.store.commit({
      commands: {
        commands: new Map([
          ["c1", command(1, "c1")],
          ["c2", command(2, "c2")],
        ]),
        sendings: new Map([1, 2].map((index) => [imeiOf(index), sendings])),
      },
    });
    await it_.store.commit({
      commands: { commands: new Map([["c3", command(1, "c3")]]), forgotten: [imeiOf(1)] },
    });
    assert.deepEqual((await it_.reopened()).commands, {
      commands: [command(2, "c2")],
      sendings: [[imeiOf(2), sendings]],
    });
  });
});
