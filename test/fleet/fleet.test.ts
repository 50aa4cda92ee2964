import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asked } from "../../src/dedupe/fingerprint";
import { MAX_PENDING } from "../../src/devices/pending";
import { TrackerError } from "../../src/errors";
import type { Changes } from "../../src/fleet/store";
import { detailsOf, rowOf, rowsSince } from "../../src/fleet/views";
import { JOURNAL_LENGTH } from "../../src/journal/port";
import { identityOf } from "../../src/model/identity";
import { MemoryHistory } from "../../src/store/history/memory";
import { MemoryStore } from "../../src/store/memory/store";
import { SqliteStore } from "../../src/store/sqlite/store";
import {
  event,
  IMEI,
  MINUTE,
  OTHER,
  position,
  reading,
  START,
  TestRegistry,
  THIRD,
  VANS,
} from "../support/registry";

const DAY = 24 * 60 * MINUTE;

describe("registry: records", () => {
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, name: "Van 1", state: "active" });
    it_.told();
  });
  const receive = (record: Parameters<TestRegistry["fleet"]["receive"]>[0]) =>
    it_.fleet.receive(record, "BCE/D", true);
  const marksOf = (record: Parameters<TestRegistry["fleet"]["receive"]>[0]) => {
    const verdict = receive(record);
    assert.equal(verdict.kind, "active");
    return verdict.kind === "active" ? verdict.marks : {};
  };
  const attributes = () => {
    const live = it_.fleet.states.get(IMEI);
    return Object.fromEntries((live?.keys ?? []).map((key, index) => [key, live?.values[index]]));
  };

  it("recognises a record that came before, and only that", () => {
    const upload = Array.from({ length: 13 }, (_, n) =>
      reading(START - n * MINUTE, { attributes: { odometer: n } }),
    );
    const oldestFirst = upload.toReversed();
    for (const record of oldestFirst) assert.deepEqual(marksOf(record), {});
    for (const record of oldestFirst) {
      assert.equal(marksOf({ ...record, receivedAt: START + 5 }).duplicate, true);
    }
    const [newest] = upload;
    assert.ok(newest);
    assert.deepEqual(marksOf({ ...newest, attributes: { odometer: 99 } }), {}, "other content");
    assert.deepEqual(it_.fleet.states.get(IMEI)?.counters, {
      records: 27,
      late: 0,
      duplicates: 13,
      future: 0,
    });
  });

  it("lets late records pass without changing the current state", () => {
    marksOf(reading(START, { position: position(54, 25, 40), attributes: { ignition: true } }));
    const yesterday = reading(START - DAY, {
      position: position(10, 10, 5),
      attributes: { ignition: false, fuelLevel: 33 },
    });
    assert.deepEqual(marksOf(yesterday), { late: true });
    assert.deepEqual(attributes(), { ignition: true, fuelLevel: 33 }, "a gap is filled, nothing overwritten");
    assert.equal(it_.fleet.states.get(IMEI)?.position?.latitude, 54);
    assert.equal(rowOf(it_.fleet, IMEI)?.speed, 40);
    marksOf(reading(START - DAY / 2, { attributes: { fuelLevel: 44 } }));
    assert.equal(attributes().fuelLevel, 44, "newer than what filled the gap");
  });

  it("is not poisoned by a clock in the future", () => {
    marksOf(reading(START, { attributes: { ignition: true } }));
    const in2099 = Date.UTC(2099, 0);
    assert.deepEqual(marksOf(reading(in2099, { attributes: { ignition: false } })), { future: true });
    assert.deepEqual(marksOf(reading(START + 9 * MINUTE, { attributes: { motion: true } })), {}, "tolerated");
    assert.deepEqual(attributes(), { ignition: true, motion: true });
    assert.equal(it_.fleet.states.get(IMEI)?.time, START + 9 * MINUTE);
  });

  it("comes right again after a clock was wrong: the computer's, or the device's", async () => {
    const corrected = START - 3 * 365 * DAY;
    marksOf(reading(START, { position: position(1, 1), attributes: { ignition: false } }));
    marksOf(event(START, 7));
    it_.wall = corrected;
    assert.deepEqual(
      marksOf(reading(corrected, { position: position(54, 25), attributes: { ignition: true } })),
      {},
    );
    assert.deepEqual(marksOf(event(corrected, 8)), {});
    assert.deepEqual(attributes(), { ignition: true });
    assert.equal(it_.fleet.states.get(IMEI)?.position?.latitude, 54);
    assert.deepEqual(
      it_.fleet.states.get(IMEI)?.events.map(({ raw }) => raw?.code),
      [8],
    );
    assert.deepEqual(marksOf(reading(corrected - 1)), { late: true });
  });

  it("counts a record that was from the future when it comes again in time", () => {
    const ahead = reading(START + 30 * MINUTE, { attributes: { ignition: true } });
    assert.deepEqual(marksOf(ahead), { future: true });
    assert.deepEqual(marksOf(ahead), { future: true, duplicate: true });
    it_.wait(30 * MINUTE);
    assert.deepEqual(marksOf(ahead), {});
    assert.deepEqual(marksOf(ahead), { duplicate: true });
    assert.deepEqual(attributes(), { ignition: true });
  });

  it("is not poisoned by a clock that is slow by more than any history", () => {
    marksOf(reading(START, { position: position(54, 25), attributes: { ignition: true } }));
    for (const time of [0, Date.UTC(1980, 0, 6), Date.UTC(2000, 0), START - 366 * DAY]) {
      const slow = reading(time, { position: position(1, 1), attributes: { ignition: false, fuelLevel: 5 } });
      assert.deepEqual(marksOf(slow), { slowClock: true });
      assert.deepEqual(marksOf(slow), { slowClock: true, duplicate: true });
      assert.deepEqual(marksOf(event(time, 9)), { slowClock: true });
    }
    assert.deepEqual(attributes(), { ignition: true }, "no gap is filled from a time that nobody knows");
    assert.equal(it_.fleet.states.get(IMEI)?.position?.latitude, 54);
    assert.deepEqual(it_.fleet.states.get(IMEI)?.events, []);
    assert.deepEqual(marksOf(reading(START - 364 * DAY)), { late: true }, "history of less than a year");
  });

  it("does not take the first record of a slow clock for the state", () => {
    assert.deepEqual(marksOf(reading(0, { position: position(54, 25) })), { slowClock: true });
    assert.deepEqual([it_.fleet.states.get(IMEI)?.time, it_.fleet.states.get(IMEI)?.position], [null, null]);
  });

  it("does not take a reading whose time could not be read for the current one", () => {
    marksOf(reading(START, { position: position(54, 25), attributes: { ignition: true } }));
    const unread = reading(START + MINUTE, {
      timeUnknown: true,
      position: position(1, 1),
      attributes: { ignition: false },
    });
    assert.deepEqual(marksOf(unread), { timeUnknown: true });
    assert.deepEqual(attributes(), { ignition: true });
    assert.equal(it_.fleet.states.get(IMEI)?.position?.latitude, 54);
    assert.deepEqual(marksOf(reading(START + 2000)), {}, "what comes then is not late");
  });

  it("does not keep texts of any length", () => {
    marksOf(reading(START, { attributes: { text: "x".repeat(100_000), ["k".repeat(1000)]: 1 } }));
    marksOf(event(START, 1, "y".repeat(100_000)));
    assert.ok(JSON.stringify(it_.fleet.states.get(IMEI)).length < 2000);
  });

  it("keeps positions without a fix out of the state", () => {
    marksOf(reading(START, { position: position(54, 25) }));
    marksOf(reading(START + 1000, { position: position(1, 1, 0, false) }));
    marksOf(reading(START + 2000, { position: { ...position(1, 1), latitude: null } as never }));
    assert.equal(it_.fleet.states.get(IMEI)?.position?.latitude, 54);
  });

  it("takes no alarm for history because of some minutes, but after a day", () => {
    marksOf(reading(START));
    assert.deepEqual(marksOf(event(START - 9 * MINUTE, 2)), {});
    assert.deepEqual(marksOf(event(START, 3, "FT2P")), {});
    assert.deepEqual(marksOf(event(START - DAY, 1)), { late: true });
    const codes = it_.fleet.states.get(IMEI)?.events.map(({ raw }) => raw?.code);
    assert.deepEqual(codes, [3, 2, 1], "newest first, whatever the order they came in");
    assert.deepEqual(marksOf(reading(START)), { duplicate: true }, "an event does not make readings late");
  });

  it("keeps what the catalogue does not name, zeros and falses, but no more names than it has room for", () => {
    const wild = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`0x${n}`, n]));
    marksOf(reading(START, { attributes: { ignition: false, fuelLevel: 0 }, sensors: wild }));
    assert.equal(attributes().ignition, false);
    assert.equal(attributes().fuelLevel, 0);
    assert.equal(attributes()["0x7"], 7);
    assert.equal(it_.fleet.states.get(IMEI)?.keys.length, 250);
  });

  it("only counts what inactive devices say", async () => {
    await it_.ask("deactivate", IMEI);
    assert.equal(receive(reading(START, { attributes: { ignition: true } })).kind, "inactive");
    assert.deepEqual(attributes(), {});
    assert.equal(it_.fleet.states.get(IMEI)?.lastSeen, START);
    await it_.ask("activate", IMEI);
    assert.deepEqual(marksOf(reading(START)), {}, "never passed, so it is no duplicate");
  });

  it("tells files apart by their bytes", () => {
    const file = (bytes: number[]) => ({
      ...reading(START),
      kind: "file" as const,
      data: Uint8Array.from(bytes),
      recordType: null,
    });
    assert.deepEqual(marksOf(file([1, 2])), {});
    assert.deepEqual(marksOf(file([2, 1])), {});
    assert.deepEqual(marksOf(file([1, 2])), { duplicate: true });
  });
});

describe("registry: online and offline", () => {
  it("tells each once, by the time of the device config or else its own", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active", deviceConfig: "vans" });
    await it_.ask("register", { imei: OTHER, state: "active" });
    assert.deepEqual(it_.told(), [
      `${IMEI} registered`,
      `${IMEI} activated`,
      `${OTHER} registered`,
      `${OTHER} activated`,
    ]);
    it_.fleet.receive(reading(START), "", true);
    it_.fleet.receive(reading(START, {}, OTHER), "", true);
    it_.fleet.receive(reading(START + 1, {}, OTHER), "", true);
    assert.deepEqual(it_.told(), [`${IMEI} online`, `${OTHER} online`]);
    it_.wait(2 * MINUTE);
    assert.deepEqual(it_.told(), []);
    it_.wait(1);
    assert.deepEqual(it_.told(), [`${IMEI} offline`], VANS.name);
    it_.wait(8 * MINUTE);
    assert.deepEqual(it_.told(), [`${OTHER} offline`]);
    it_.wait(60 * MINUTE);
    assert.deepEqual(it_.told(), []);
    it_.fleet.receive(reading(it_.wall), "", true);
    assert.deepEqual(it_.told(), [`${IMEI} online`]);
  });

  it("a duplicate is a sign of life too, and a late record", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
    it_.fleet.receive(reading(START), "", true);
    it_.wait(9 * MINUTE);
    it_.fleet.receive(reading(START), "", true);
    it_.wait(9 * MINUTE);
    it_.fleet.receive(reading(START - DAY), "", true);
    it_.told();
    it_.wait(9 * MINUTE);
    assert.deepEqual(it_.told(), []);
  });

  it("after a restart, silent devices go offline once, after the whole time", async () => {
    const before = await TestRegistry.open();
    await before.ask("register", { imei: IMEI, state: "active" });
    before.fleet.receive(reading(START), "", true);
    await before.fleet.close();
    const after = await TestRegistry.open(before.store);
    after.wall = START + DAY;
    after.wait(10 * MINUTE);
    assert.deepEqual(after.told(), []);
    after.wait(1);
    assert.deepEqual(after.told(), [`${IMEI} offline`]);
    await after.fleet.close();
    const third = await TestRegistry.open(before.store);
    third.wait(DAY);
    assert.deepEqual(third.told(), []);
  });

  it("does not mind that the wall clock is set", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
    it_.fleet.receive(reading(START), "", true);
    it_.told();
    it_.wall += 365 * DAY;
    it_.fleet.tick();
    it_.wall -= 700 * DAY;
    it_.fleet.tick();
    assert.deepEqual(it_.told(), []);
  });

  it("a device that was deactivated just before a kill is not online after it", async () => {
    const before = await TestRegistry.open();
    await before.ask("register", { imei: IMEI, state: "active" });
    before.fleet.receive(reading(START), "", true);
    await before.fleet.flush();
    await before.ask("deactivate", IMEI);
    const after = await TestRegistry.open(before.store);
    assert.equal(after.fleet.counts().online, 0);
    after.wait(DAY);
    assert.deepEqual(after.told(), []);
  });

  it("a device that has only sent files was heard, too", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
    const file = { ...reading(START), kind: "file" as const, data: Uint8Array.of(1), recordType: null };
    it_.fleet.receive(file, "", true);
    it_.wait(DAY);
    assert.equal(rowOf(it_.fleet, IMEI)?.status, "offline");
  });

  it("a device that is deactivated or removed is not told to go offline as well", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
    await it_.ask("register", { imei: OTHER, state: "active" });
    it_.fleet.receive(reading(START), "", true);
    it_.fleet.receive(reading(START, {}, OTHER), "", true);
    it_.told();
    await it_.ask("deactivate", IMEI);
    await it_.ask("remove", OTHER);
    it_.wait(DAY);
    assert.deepEqual(it_.told(), [`${IMEI} deactivated`, `${OTHER} removed`]);
    assert.equal(it_.fleet.counts().online, 0);
  });
});

describe("registry: unknown senders", () => {
  it("lists them with what helps to tell who they are", async () => {
    const it_ = await TestRegistry.open();
    assert.equal(
      it_.fleet.receive(reading(START, { position: position(54, 25) }), "BCE/D", true).kind,
      "unknown",
    );
    it_.wait(1000);
    it_.fleet.receive(event(START, 1), "BCE/E", true);
    assert.deepEqual(it_.fleet.devices.pending.get(IMEI), {
      imei: IMEI,
      firstSeen: START,
      lastSeen: START + 1000,
      count: 2,
      topic: "BCE/E",
      protocol: "iotm",
      position: { latitude: 54, longitude: 25, time: START },
      ignored: false,
    });
    assert.equal(it_.fleet.receive(reading(START, {}, OTHER), "", false).kind, "unknown");
    assert.equal(it_.fleet.devices.pending.get(OTHER), undefined, "not listed where they are dropped");
  });

  it("keeps the list short, ignored ones longest, in the store as well", async () => {
    const it_ = await TestRegistry.open();
    const imei = (n: number) => String(100_000_000_000_000 + n);
    it_.fleet.receive(reading(START, {}, imei(0)), "", true);
    await it_.ask("ignore", imei(0));
    for (let n = 1; n <= MAX_PENDING + 50; n++) {
      it_.wait(1);
      it_.fleet.receive(reading(START, {}, imei(n)), "", true);
    }
    await it_.fleet.close();
    const { pending } = (await it_.store.open()).stored.devices;
    assert.equal(pending.length, MAX_PENDING);
    assert.ok(pending.some((one) => one.imei === imei(0) && one.ignored));
    assert.ok(!pending.some((one) => one.imei === imei(51)));
    assert.ok(pending.some((one) => one.imei === imei(52)));
  });
});

describe("registry: two at once", () => {
  it("of activate and remove the second one sees what the first one did", async () => {
    const it_ = await TestRegistry.open();
    it_.fleet.receive(reading(START), "", true);
    await Promise.all([it_.ask("activate", IMEI), it_.ask("remove", IMEI)]);
    assert.equal(it_.fleet.devices.get(IMEI), undefined);
    assert.equal(it_.fleet.devices.pending.get(IMEI), undefined);
    assert.deepEqual(it_.told(), [`${IMEI} registered`, `${IMEI} activated`, `${IMEI} removed`]);
    assert.deepEqual(rowsSince(it_.fleet, "e", 0).removed, [IMEI]);
  });
});

describe("registry: saving", () => {
  /** A store whose disk is full for a while. */
  class FullStore extends MemoryStore {
    full = false;
    commits = 0;

    override async commit(changes: Changes): Promise<void> {
      if (this.full) throw new TrackerError({ code: "STORE_FULL", message: "there is no space left" });
      this.commits++;
      return super.commit(changes);
    }
  }

  it("keeps what could not be saved for the next time, and refuses what it cannot promise", async () => {
    const store = new FullStore();
    const history = new MemoryHistory();
    const it_ = await TestRegistry.open(store, {}, undefined, history);
    await it_.ask("register", { imei: IMEI, state: "active" });
    it_.told();
    store.full = true;
    it_.fleet.receive(reading(START, { attributes: { ignition: true } }), "", true);
    it_.fleet.receive(reading(START, {}, OTHER), "BCE/D", true);
    await assert.rejects(it_.fleet.flush(), { code: "STORE_FULL" });
    await assert.rejects(it_.ask("activate", OTHER), { code: "STORE_FULL" });
    assert.deepEqual(it_.told(), [`${IMEI} online`], "nothing is told that did not happen");
    assert.equal(it_.fleet.devices.get(OTHER), undefined);
    store.full = false;
    await it_.fleet.close();

    const again = await TestRegistry.open(store, {}, undefined, history);
    assert.equal(again.fleet.states.get(IMEI)?.values[0], true);
    assert.equal(again.fleet.devices.pending.get(OTHER)?.topic, "BCE/D");
    const repeated = await again.take(reading(START, { attributes: { ignition: true } }));
    assert.ok(repeated.kind === "active" && repeated.marks.duplicate, "history has it");
    const details = await detailsOf(again.fleet, IMEI);
    assert.ok(details.kind === "device");
    assert.deepEqual(
      details.journal.map(({ change }) => change),
      ["online", "activated", "registered"],
    );
  });

  it("does not grow while nothing can be saved", async () => {
    const store = new FullStore();
    const it_ = await TestRegistry.open(store);
    await it_.ask("register", { imei: IMEI, state: "active" });
    store.full = true;
    const imei = (n: number) => String(100_000_000_000_000 + n);
    for (let n = 0; n < 5000; n++) it_.fleet.receive(reading(START, {}, imei(n)), "", true);
    for (let n = 0; n < 300; n++) {
      it_.fleet.receive(reading(START + n), "", true);
      it_.wait(11 * MINUTE);
    }
    await assert.rejects(it_.fleet.flush(), { code: "STORE_FULL" });
    store.full = false;
    await it_.fleet.flush();
    const details = await detailsOf(it_.fleet, IMEI);
    assert.ok(details.kind === "device" && details.journal.length === JOURNAL_LENGTH);
    assert.equal((await store.open()).stored.devices.pending.length, MAX_PENDING);
  });

  for (const [name, lose] of [
    ["its file is removed", (path: string) => rm(path)],
    [
      "its file is replaced by a damaged one",
      (path: string) => rm(path).then(() => writeFile(path, "noise")),
    ],
  ] as const) {
    it(`writes everything anew where ${name}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "lost-"));
      const path = join(folder, "trackers.sqlite");
      try {
        const history = new MemoryHistory();
        const it_ = await TestRegistry.open(new SqliteStore(path), {}, undefined, history);
        await it_.ask("register", { imei: IMEI, name: "Van 1", state: "active" });
        it_.fleet.receive(reading(START, { attributes: { ignition: true } }), "", true);
        it_.fleet.receive(reading(START, {}, THIRD), "BCE/D", true);
        await it_.fleet.flush();
        await lose(path);
        await it_.ask("register", { imei: OTHER });
        await it_.fleet.close();
        assert.equal(it_.setAside.length, name.includes("damaged") ? 1 : 0);
        const again = await TestRegistry.open(new SqliteStore(path), {}, undefined, history);
        assert.equal(again.fleet.devices.get(IMEI)?.name, "Van 1");
        assert.equal(again.fleet.states.get(IMEI)?.values[0], true);
        assert.ok(again.fleet.devices.get(OTHER) && again.fleet.devices.pending.get(THIRD));
        const verdict = await again.take(reading(START, { attributes: { ignition: true } }));
        assert.ok(verdict.kind === "active" && verdict.marks.duplicate);
        await again.fleet.close();
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  it("keeps trying while the place of its file is taken", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lost-"));
    const path = join(folder, "trackers.sqlite");
    try {
      const it_ = await TestRegistry.open(new SqliteStore(path));
      await it_.ask("register", IMEI);
      await rm(path);
      await mkdir(path);
      await assert.rejects(it_.ask("register", OTHER), { code: "STORE_FAILED" });
      await assert.rejects(it_.ask("register", OTHER), { code: "STORE_FAILED" });
      await rm(path, { recursive: true });
      await it_.ask("register", OTHER);
      await it_.fleet.close();
      const again = await TestRegistry.open(new SqliteStore(path));
      assert.equal(again.fleet.counts().devices, 2);
      await again.fleet.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("writes nothing when nothing came", async () => {
    const store = new FullStore();
    const it_ = await TestRegistry.open(store);
    await it_.fleet.flush();
    it_.fleet.receive(reading(START), "", false);
    await it_.fleet.flush();
    assert.equal(store.commits, 0);
    it_.fleet.receive(reading(START), "", true);
    await it_.fleet.flush();
    await it_.fleet.flush();
    assert.equal(store.commits, 1);
  });

  it("does not bring a device back that was removed while it was sending", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
    const removing = it_.ask("remove", IMEI);
    it_.fleet.receive(reading(START), "", true);
    await removing;
    await it_.fleet.close();
    const { stored } = await it_.store.open();
    assert.deepEqual([stored.devices.devices, stored.state], [[], []]);
    const record = reading(START);
    assert.deepEqual(await it_.store.wasSeen([asked(record, identityOf(record))]), [false]);
  });
});

describe("registry: what a list is told", () => {
  it("gives what changed after a revision, and everything to who is too far behind", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, name: "Van 1", state: "active" });
    const first = rowsSince(it_.fleet, "e", undefined);
    assert.equal(first.full, true);
    assert.deepEqual(
      first.rows.map(({ imei, status, name }) => [imei, status, name]),
      [[IMEI, "waiting", "Van 1"]],
    );
    assert.deepEqual(rowsSince(it_.fleet, "e", first.revision).rows, []);
    it_.fleet.receive(reading(START, {}, OTHER), "BCE/D", true);
    const second = rowsSince(it_.fleet, "e", first.revision);
    assert.deepEqual(
      second.rows.map(({ imei, status, topic, count }) => [imei, status, topic, count]),
      [[OTHER, "pending", "BCE/D", 1]],
    );
    await it_.ask("remove", OTHER);
    const third = rowsSince(it_.fleet, "e", second.revision);
    assert.deepEqual([third.full, third.rows, third.removed], [false, [], [OTHER]]);
    assert.equal(rowsSince(it_.fleet, "e", 1_000_000).full, true, "a revision that never was");
    const { revisions } = it_.fleet;
    for (let n = 0; n < 10_001; n++) revisions.remove(String(n));
    assert.equal(rowsSince(it_.fleet, "e", third.revision).full, true, "too many went since then");
  });

  it("shows all that is known of a device, but no password", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active", password: "secret" });
    it_.fleet.receive(
      reading(START, { attributes: { ignition: true }, position: position(54, 25, 3) }),
      "",
      true,
    );
    const details = await detailsOf(it_.fleet, IMEI);
    assert.ok(details.kind === "device" && details.live);
    assert.equal(details.device.hasLogin, true);
    assert.ok(!JSON.stringify(details).includes("scrypt"));
    assert.deepEqual(details.live.attributes, [{ key: "ignition", value: true, time: START }]);
    assert.deepEqual(
      details.journal.map(({ change, by }) => [change, by]),
      [
        ["online", ""],
        ["activated", "test"],
        ["registered", "test"],
      ],
    );
    assert.equal(details.status, "online");
  });
});
