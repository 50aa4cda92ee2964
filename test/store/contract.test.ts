import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SEEN_CHUNK_LENGTH, SEEN_CHUNKS } from "../../src/dedupe/seen";
import type { Device } from "../../src/devices/device";
import { JOURNAL_LENGTH, type Store } from "../../src/fleet/store";
import { MemoryStore } from "../../src/store/memory";
import { SqliteStore } from "../../src/store/sqlite/store";
import {
  chunk,
  command,
  device,
  entry,
  imeiOf,
  liveState,
  message,
  NOON,
  NOTHING_STORED,
  pending,
  SAMPLE_STORED,
  sample,
} from "./samples";

const KINDS: Readonly<Record<Store["kind"], (folder: string) => Store>> = {
  memory: () => new MemoryStore(),
  sqlite: (folder) => new SqliteStore(join(folder, "registry.db")),
};

for (const [kind, make] of Object.entries(KINDS)) {
  describe(`store: ${kind}`, () => {
    let folder: string;
    let store: Store;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "store-"));
      store = make(folder);
    });
    afterEach(async () => {
      await store.close();
      await rm(folder, { recursive: true });
    });
    const reopened = async () => {
      await store.close();
      return store.open();
    };

    it("says what it is", () => {
      assert.equal(store.kind, kind);
    });

    it("is empty at first", async () => {
      assert.deepEqual(await store.open(), NOTHING_STORED);
      assert.deepEqual(await reopened(), NOTHING_STORED);
      assert.deepEqual(await store.journal(imeiOf(1)), []);
    });

    it("gives back every field", async () => {
      await store.open();
      await store.commit(sample());
      assert.deepEqual(await reopened(), SAMPLE_STORED);
      assert.deepEqual(await store.journal(imeiOf(1)), [entry(1, "online"), entry(1, "registered", "admin")]);
    });

    it("takes changes of nothing", async () => {
      await store.open();
      await store.commit({});
      await store.commit({
        devices: new Map(),
        states: new Map(),
        pending: new Map(),
        seen: [],
        journal: [],
      });
      assert.deepEqual(await reopened(), NOTHING_STORED);
    });

    it("keeps the last of what is written twice, in the order of the first", async () => {
      await store.open();
      await store.commit({
        devices: new Map([1, 2, 3].map((index) => [imeiOf(index), device(index)])),
        states: new Map([1, 2].map((index) => [imeiOf(index), liveState(index)])),
      });
      await store.commit({
        devices: new Map([[imeiOf(1), device(1, { name: "", state: "deactivated", tags: [] })]]),
        states: new Map([[imeiOf(1), { ...liveState(9), position: null, time: null, events: [] }]]),
      });
      assert.deepEqual(await reopened(), {
        ...NOTHING_STORED,
        devices: [device(1, { name: "", state: "deactivated", tags: [] }), device(2), device(3)],
        states: [
          [imeiOf(1), { ...liveState(9), position: null, time: null, events: [] }],
          [imeiOf(2), liveState(2)],
        ],
      });
    });

    it("forgets an unknown sender", async () => {
      await store.open();
      await store.commit({
        pending: new Map([1, 2].map((index) => [imeiOf(index), pending(index, { position: null })])),
      });
      await store.commit({
        pending: new Map([
          [imeiOf(1), null],
          [imeiOf(9), null],
        ]),
      });
      assert.deepEqual((await reopened()).pending, [pending(2, { position: null })]);
    });

    it("forgets all about a removed device, also what the same changes say of it, and nothing else", async () => {
      await store.open();
      const two = sample();
      await store.commit({
        devices: new Map([...two.devices, [imeiOf(2), device(2)]]),
        states: new Map([...two.states, [imeiOf(2), liveState(2)]]),
        pending: two.pending,
        seen: [...two.seen, chunk(2, 0, [5])],
        journal: [...two.journal, entry(2, "registered")],
        commands: new Map([...two.commands, ["c2", command(2, "c2")]]),
        sendings: new Map([...two.sendings, [imeiOf(2), { uniqueId: 1, times: [] }]]),
        inbox: two.inbox,
      });
      const again = sample();
      await store.commit({
        ...again,
        devices: new Map([[imeiOf(1), null]]),
        journal: [entry(1, "removed", "admin")],
      });
      assert.deepEqual(await store.journal(imeiOf(1)), []);
      assert.deepEqual(await store.journal(imeiOf(2)), [entry(2, "registered")]);
      assert.deepEqual(await reopened(), {
        devices: [device(2)],
        states: [[imeiOf(2), liveState(2)]],
        pending: [pending(2)],
        seen: [chunk(2, 0, [5])],
        commands: [command(2, "c2")],
        sendings: [[imeiOf(2), { uniqueId: 1, times: [] }]],
        // What it sent may be on its way to somebody.
        inbox: [message(7)],
      });
    });

    it("keeps messages by number until they are forgotten, whatever their bytes", async () => {
      await store.open();
      const bytes = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
      const given = [message(10), message(2, []), { ...message(3), payload: bytes }];
      for (const one of given) await store.commit({ inbox: new Map([[one.id, one]]) });
      bytes.fill(0);
      await store.commit({
        inbox: new Map([
          [10, null],
          [11, message(11, [255])],
          [99, null],
        ]),
      });
      const kept = (await reopened()).inbox.toSorted((a, b) => a.id - b.id);
      assert.deepEqual(kept, [message(2, []), message(3, [1, 2, 3]), message(11, [255])]);
      kept[1]?.payload.fill(7);
      assert.deepEqual(
        (await reopened()).inbox.find(({ id }) => id === 3),
        message(3, [1, 2, 3]),
      );
    });

    it("keeps commands by id in the order in which they were given, until they are forgotten", async () => {
      await store.open();
      const given = ["c3", "c1", "c2"].map((id, index) => command(index % 2, id));
      for (const one of given) await store.commit({ commands: new Map([[one.id, one]]) });
      const done = command(0, "c3", { status: "confirmed", duration: null, mode: "latching" });
      await store.commit({
        commands: new Map([
          ["c3", done],
          ["c1", null],
          ["c9", null],
        ]),
        sendings: new Map([[imeiOf(0), { uniqueId: 1, times: [NOON] }]]),
      });
      await store.commit({ sendings: new Map([[imeiOf(0), { uniqueId: 2, times: [] }]]) });
      const { commands, sendings } = await reopened();
      assert.deepEqual(commands, [done, given[2]]);
      assert.deepEqual(sendings, [[imeiOf(0), { uniqueId: 2, times: [] }]]);
    });

    it("gives the newest journal first and keeps so much of each device", async () => {
      await store.open();
      const changes = Array.from({ length: JOURNAL_LENGTH + 20 }, (_, index) =>
        entry(1, index % 2 ? "online" : "offline", `${index}`, NOON - (index % 3)),
      );
      await store.commit({ journal: [...changes.slice(0, 60), entry(2, "registered")] });
      for (const change of changes.slice(60)) await store.commit({ journal: [change] });
      await reopened();
      assert.deepEqual(await store.journal(imeiOf(1)), changes.toReversed().slice(0, JOURNAL_LENGTH));
      assert.deepEqual(await store.journal(imeiOf(2)), [entry(2, "registered")]);
      await store.commit({ journal: [...changes, ...changes] });
      assert.deepEqual(await store.journal(imeiOf(1)), changes.toReversed().slice(0, JOURNAL_LENGTH));
    });

    it("replaces a chunk of fingerprints by the one of its slot", async () => {
      await store.open();
      const all = Array.from({ length: SEEN_CHUNKS + 2 }, (_, number) => chunk(1, number, [number]));
      await store.commit({ seen: [...all, chunk(2, 0, [])] });
      const full = Array.from({ length: SEEN_CHUNK_LENGTH }, (_, index) => index / 3);
      await store.commit({ seen: [chunk(1, SEEN_CHUNKS + 1, full)] });
      const { seen } = await reopened();
      assert.deepEqual(
        seen.toSorted((a, b) => a.imei.localeCompare(b.imei) || a.number - b.number),
        [...all.slice(2, -1), chunk(1, SEEN_CHUNKS + 1, full), chunk(2, 0, [])],
      );
    });

    it("takes a part of a longer array as what it is", async () => {
      await store.open();
      const { imei, number, prints } = chunk(1, 3, [1, 2, 3, 4]);
      await store.commit({ seen: [{ imei, number, prints: prints.subarray(1, 3) }] });
      assert.deepEqual((await reopened()).seen, [chunk(1, 3, [2, 3])]);
    });

    it("takes all of the changes or nothing", async () => {
      await store.open();
      await store.commit(sample());
      const impossible = { ...device(4), notes: 1n } as unknown as Device;
      const { pending: senders, ...other } = sample();
      const refused = store.commit({
        ...other,
        devices: new Map([
          [imeiOf(3), device(3)],
          [imeiOf(4), impossible],
          [imeiOf(1), null],
        ]),
        pending: new Map([...senders.keys()].map((imei) => [imei, null])),
      });
      await assert.rejects(refused, { name: "TrackerError", code: "STORE_FAILED" });
      assert.equal((await store.journal(imeiOf(1))).length, 2);
      await store.commit({ journal: [entry(1, "offline")] });
      assert.deepEqual(await reopened(), SAMPLE_STORED);
    });

    it("takes what was said when a commit was asked for, and gives its own away to nobody", async () => {
      await store.open();
      const changes = sample();
      const state = changes.states.get(imeiOf(1));
      const done = store.commit(changes);
      state?.keys.push("later");
      changes.seen[0]?.prints.fill(99);
      (changes.devices as Map<string, Device | null>).clear();
      (changes.journal as object[]).length = 0;
      await done;
      const opened = await reopened();
      assert.deepEqual(opened, SAMPLE_STORED);
      opened.states[0]?.[1].keys.push("mine");
      opened.seen[0]?.prints.fill(98);
      (opened.devices as Device[]).length = 0;
      const [newest] = await store.journal(imeiOf(1));
      Object.assign(newest ?? {}, { by: "mine" });
      assert.equal((await store.journal(imeiOf(1)))[0]?.by, "");
      assert.deepEqual(await reopened(), SAMPLE_STORED);
    });

    it("keeps the order of commits that nobody waited for", async () => {
      await store.open();
      const commits = Array.from({ length: 50 }, (_, index) =>
        store.commit({ states: new Map([[imeiOf(1), liveState(index)]]) }),
      );
      await Promise.all([...commits, store.close()]);
      assert.deepEqual((await store.open()).states, [[imeiOf(1), liveState(49)]]);
    });

    it("takes 10,000 devices in one commit", async () => {
      await store.open();
      const indices = Array.from({ length: 10_000 }, (_, index) => index);
      await store.commit({
        devices: new Map(indices.map((index) => [imeiOf(index), device(index)])),
        states: new Map(indices.map((index) => [imeiOf(index), liveState(index)])),
        pending: new Map([[imeiOf(0), null]]),
        seen: indices.map((index) => chunk(index, 0, [index])),
        journal: indices.map((index) => entry(index, "registered", "import")),
      });
      const { devices, states, seen } = await reopened();
      assert.deepEqual([devices.length, states.length, seen.length], [10_000, 10_000, 10_000]);
      assert.deepEqual(devices[9_999], device(9_999));
      assert.deepEqual(states[9_999], [imeiOf(9_999), liveState(9_999)]);
      assert.deepEqual(await store.journal(imeiOf(5_000)), [entry(5_000, "registered", "import")]);
    });

    it("refuses while it is not open", async () => {
      const refusal = { name: "TrackerError", code: "STORE_FAILED", message: /not open/ };
      await store.close();
      await assert.rejects(store.commit(sample()), refusal);
      await store.open();
      await store.close();
      await store.close();
      await assert.rejects(store.commit(sample()), refusal);
      await assert.rejects(store.journal(imeiOf(1)), refusal);
      assert.deepEqual(await store.open(), NOTHING_STORED);
    });
  });
}
