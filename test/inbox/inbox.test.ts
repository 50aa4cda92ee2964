import assert from "node:assert/strict";
import { join } from "node:path";
import { TrackerError } from "../../src/errors";
import type { Changes } from "../../src/fleet/store";
import { MAX_BYTES, MAX_MESSAGES, SETTLE_MS } from "../../src/inbox/inbox";
import type { InboxMessage } from "../../src/inbox/port";
import { SqliteHistory } from "../../src/store/history/sqlite";
import { MemoryStore } from "../../src/store/memory/store";
import { useFolder } from "../support/folder";
import { IMEI, reading, START, TestRegistry } from "../support/registry";

/** What comes in over the broker. */
function message(text: string): Omit<InboxMessage, "id"> {
  return { client: IMEI, topic: "BCE/D", payload: Buffer.from(text), receivedAt: START };
}

const textOf = ({ payload }: InboxMessage): string => Buffer.from(payload).toString();

/** A store that says what is written, can be held up, and can fail. */
class WatchedStore extends MemoryStore {
  readonly commits: Changes[] = [];
  fails: string | undefined;
  gate: Promise<void> = Promise.resolve();
  override async commit(changes: Changes): Promise<void> {
    await this.gate;
    const { fails } = this;
    if (fails === "STORE_LOST") this.fails = undefined;
    if (fails !== undefined) throw new TrackerError({ code: fails, message: fails });
    this.commits.push({ ...changes, inbox: new Map(changes.inbox) });
    await super.commit(changes);
  }
  /** Lets nothing through until the returned function is called. */
  hold(): () => void {
    let release = () => {};
    this.gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }
  async texts(): Promise<string[]> {
    return (await this.open()).stored.inbox.map(textOf);
  }
}

/** Time goes by, and then the registry saves. */
async function saved(it_: TestRegistry, after: number): Promise<void> {
  it_.wait(after);
  await it_.fleet.commitHistory();
  await it_.fleet.flush();
}

describe("registry: kept inbox", () => {
  const folder = useFolder("inbox");
  let store: WatchedStore;
  let it_: TestRegistry;
  beforeEach(async () => {
    store = new WatchedStore();
    it_ = await TestRegistry.open(store);
  });
  const keep = (text: string) => it_.fleet.inbox.keep(message(text));
  const kept = () => it_.fleet.inbox.kept().map(textOf);

  it("are in the store when they are acknowledged, as they came", async () => {
    const buffer = Buffer.from("..one..");
    const payload = buffer.subarray(2, 5);
    const done = it_.fleet.inbox.keep({ ...message(""), payload });
    buffer.fill(0);
    const taken = await done;
    assert.deepEqual({ ...taken, id: 0, payload: textOf(taken) }, { ...message(""), id: 0, payload: "one" });
    assert.deepEqual((await store.open()).stored.inbox, [taken]);
    assert.equal(taken.payload.buffer.byteLength, 3, "holds no larger buffer");
  });

  it("that come while others are written are written together, in order", async () => {
    const release = store.hold();
    const first = keep("first");
    const others = Array.from({ length: 500 }, (_, n) => keep(String(n)));
    await Promise.resolve();
    release();
    const inbox = await Promise.all([first, ...others]);
    assert.ok(store.commits.length <= 2, `${store.commits.length} commits`);
    assert.deepEqual(
      inbox.map(({ id }) => id),
      inbox.map((_, index) => (inbox[0] as InboxMessage).id + index),
    );
    assert.deepEqual(kept(), ["first", ...others.map((_, n) => String(n))]);
  });

  it("wait for their turn, so that a save is not disturbed", async () => {
    const steps: string[] = [];
    const turn = it_.fleet.exclusively(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      steps.push("turn");
    });
    await Promise.all([turn, keep("one").then(() => steps.push("kept"))]);
    assert.deepEqual(steps, ["turn", "kept"]);
  });

  it("are rejected together where the store fails, and forgotten", async () => {
    store.fails = "STORE_FULL";
    const results = await Promise.allSettled([keep("one"), keep("two")]);
    assert.deepEqual(
      results.map((result) => result.status === "rejected" && result.reason.code),
      ["STORE_FULL", "STORE_FULL"],
    );
    store.fails = undefined;
    assert.deepEqual(kept(), []);
    await keep("three");
    assert.deepEqual(kept(), ["three"]);
  });

  it("are written again where the store is lost", async () => {
    await keep("one");
    store.fails = "STORE_LOST";
    await keep("two");
    assert.ok(store.commits.some(({ devices, inbox }) => devices !== undefined && inbox?.size === 1));
    assert.deepEqual(await store.texts(), ["one", "two"]);
  });

  it("go only with the save after one that began long enough after the flow had them", async () => {
    const message = await keep("one");
    await saved(it_, SETTLE_MS * 2);
    it_.fleet.inbox.deliver(message);
    assert.deepEqual(kept(), []);
    await saved(it_, SETTLE_MS - 1);
    await saved(it_, 0);
    assert.deepEqual(await store.texts(), ["one"], "too early");
    await saved(it_, 1);
    assert.deepEqual(await store.texts(), ["one"], "what came of it is saved with this");
    await saved(it_, 0);
    assert.deepEqual(await store.texts(), []);
  });

  it("stay as long as saving fails", async () => {
    it_.fleet.inbox.deliver(await keep("one"));
    await it_.ask("register", { imei: IMEI, state: "active" });
    for (let n = 0; n < 3; n++) {
      it_.fleet.receive(reading(START + n), "BCE/D", true);
      store.fails = "STORE_FULL";
      it_.wait(SETTLE_MS);
      await assert.rejects(it_.fleet.flush());
      store.fails = undefined;
      assert.deepEqual(await store.texts(), ["one"]);
    }
    await saved(it_, 0);
    assert.deepEqual(await store.texts(), ["one"]);
    await saved(it_, 0);
    assert.deepEqual(await store.texts(), []);
  });

  it("come back after a restart, oldest first, also those that the flow may have had; numbers go on", async () => {
    const last = (await Promise.all(["one", "two", "three"].map(keep))).at(-1) as InboxMessage;
    it_.fleet.inbox.deliver(last);
    await it_.fleet.close();
    it_ = await TestRegistry.open(store);
    assert.deepEqual(kept(), ["one", "two", "three"]);
    assert.ok((await keep("four")).id > last.id);
  });

  it("what came of them before a restart is recognised", async () => {
    const open = () =>
      TestRegistry.open(store, {}, undefined, new SqliteHistory(join(folder(), "history.sqlite")));
    it_ = await open();
    await it_.ask("register", { imei: IMEI, state: "active" });
    const record = reading(START, { attributes: { odometer: 7 } });
    it_.fleet.inbox.deliver(await keep("reading"));
    it_.fleet.receive(record, "BCE/D", true);
    await it_.fleet.close();
    it_ = await open();
    assert.deepEqual(kept(), ["reading"]);
    assert.deepEqual(await it_.marksOf(record), { duplicate: true });
    await it_.fleet.close();
  });

  it("a delivery of what is not there is nothing", async () => {
    const message = await keep("one");
    it_.fleet.inbox.deliver({ ...message, id: 99 });
    assert.deepEqual(kept(), ["one"]);
  });

  describe("have limits", () => {
    const refusal = { name: "TrackerError", code: "INBOX_FULL" };

    const from = (client: string, text: string) => it_.fleet.inbox.keep({ ...message(text), client });

    it("of bytes, and room again when some are gone", async () => {
      const third = "x".repeat(MAX_BYTES / 3 - 100);
      const first = await keep(third);
      await keep(third);
      assert.equal(it_.fleet.inbox.isCrowded, false, "a save would not help");
      await assert.rejects(keep(third), refusal);
      await keep("small");
      it_.fleet.inbox.deliver(first);
      assert.equal(it_.fleet.inbox.isCrowded, true);
      await saved(it_, SETTLE_MS);
      await saved(it_, 0);
      await keep(third);
    });

    it("of number, those on their way among them", async () => {
      const count = MAX_MESSAGES * 0.75;
      const many = Array.from({ length: count }, () => keep("x"));
      await assert.rejects(keep("y"), refusal);
      await Promise.all(many);
      assert.equal(kept().length, count);
    });

    it("that one client reaches for itself alone: others are still taken, and what is kept stays", async () => {
      const garbage = "x".repeat(250 * 1024);
      const before = await from("a", "before");
      let refused = 0;
      for (let n = 0; n < 200; n++) await from("garbage", garbage).catch(() => refused++);
      assert.ok(refused > 100);
      for (const client of ["a", "b", "c"]) for (let n = 0; n < 20; n++) await from(client, `${client} ${n}`);
      const readings = kept().filter((text) => text.length < 20);
      assert.equal(readings.length, 61);
      assert.equal(readings[0], textOf(before));
      await assert.rejects(from("garbage", garbage), /no more are taken of garbage/);
    });
  });
});
