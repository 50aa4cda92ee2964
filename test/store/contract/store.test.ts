import assert from "node:assert/strict";
import type { Device } from "../../../src/devices/device";
import { asked, device, entry, imeiOf, liveState, NOTHING_STORED, SAMPLE_STORED, sample } from "../samples";
import { eachStore } from "./stores";

eachStore("as a whole", (it_, kind) => {
  const { reopened } = it_;

  it("says what it is", () => {
    assert.equal(it_.store.kind, kind);
  });

  it("is empty at first", async () => {
    const { store } = it_;
    assert.deepEqual((await store.open()).stored, NOTHING_STORED);
    assert.deepEqual(await reopened(), NOTHING_STORED);
    assert.deepEqual(await store.journal(imeiOf(1)), []);
  });

  it("gives back every field", async () => {
    const { store } = it_;
    await store.open();
    await store.commit(sample());
    assert.deepEqual(await reopened(), SAMPLE_STORED);
    assert.deepEqual(await store.journal(imeiOf(1)), [entry(1, "online"), entry(1, "registered", "admin")]);
  });

  it("takes changes of nothing", async () => {
    const { store } = it_;
    await store.open();
    await store.commit({});
    await store.commit({
      devices: { devices: new Map(), pending: new Map() },
      state: new Map(),
      dedupe: { forgotten: [] },
      inbox: new Map(),
      commands: {},
      journal: { entries: [], forgotten: [] },
      fences: new Map(),
      shareLinks: new Map(),
      alarms: new Map(),
    });
    assert.deepEqual(await reopened(), NOTHING_STORED);
  });

  it("takes all of the changes or nothing", async () => {
    const { store } = it_;
    await store.open();
    await store.commit(sample());
    const impossible = { ...device(4), notes: 1n } as unknown as Device;
    const refused = store.commit({
      ...sample(),
      devices: {
        devices: new Map([
          [imeiOf(3), device(3)],
          [imeiOf(4), impossible],
          [imeiOf(1), null],
        ]),
        pending: new Map([...sample().devices.pending.keys()].map((imei) => [imei, null])),
      },
    });
    await assert.rejects(refused, { name: "TrackerError", code: "STORE_FAILED" });
    assert.equal((await store.journal(imeiOf(1))).length, 2);
    await store.commit({ journal: { entries: [entry(1, "offline")], forgotten: [] } });
    assert.deepEqual(await reopened(), SAMPLE_STORED);
  });

  it("takes what was said when a commit was asked for, and gives its own away to nobody", async () => {
    const { store } = it_;
    await store.open();
    const changes = sample();
    const state = changes.state.get(imeiOf(1));
    const done = store.commit(changes);
    state?.values.push("later");
    changes.devices.devices.clear();
    (changes.journal.entries as object[]).length = 0;
    await done;
    const opened = await reopened();
    assert.deepEqual(opened, SAMPLE_STORED);
    opened.state[0]?.[1].values.push("mine");
    (opened.devices.devices as Device[]).length = 0;
    const [newest] = await store.journal(imeiOf(1));
    Object.assign(newest ?? {}, { by: "mine" });
    assert.equal((await store.journal(imeiOf(1)))[0]?.by, "");
    assert.deepEqual(await reopened(), SAMPLE_STORED);
  });

  it("takes 10,000 devices in one commit", async () => {
    const { store } = it_;
    await store.open();
    const indices = Array.from({ length: 10_000 }, (_, index) => index);
    await store.commit({
      devices: {
        devices: new Map(indices.map((index) => [imeiOf(index), device(index)])),
        pending: new Map([[imeiOf(0), null]]),
      },
      state: new Map(indices.map((index) => [imeiOf(index), liveState(index)])),
      journal: { entries: indices.map((index) => entry(index, "registered", "import")), forgotten: [] },
    });
    const { devices, state } = await reopened();
    assert.deepEqual([devices.devices.length, state.length], [10_000, 10_000]);
    assert.deepEqual(devices.devices[9_999], device(9_999));
    assert.deepEqual(state[9_999], [imeiOf(9_999), liveState(9_999)]);
    assert.deepEqual(await store.journal(imeiOf(5_000)), [entry(5_000, "registered", "import")]);
  });

  it("refuses while it is not open", async () => {
    const { store } = it_;
    const refusal = { name: "TrackerError", code: "STORE_FAILED", message: /not open/ };
    await store.close();
    await assert.rejects(store.commit(sample()), refusal);
    await store.open();
    await store.close();
    await store.close();
    await assert.rejects(store.commit(sample()), refusal);
    await assert.rejects(store.journal(imeiOf(1)), refusal);
    await assert.rejects(store.wasSeen([asked(1, 0)]), refusal);
    assert.deepEqual((await store.open()).stored, NOTHING_STORED);
  });
});
