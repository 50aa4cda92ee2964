import assert from "node:assert/strict";
import { mock } from "node:test";
import { GROUP_MS, Inbox, SETTLE_MS } from "../../src/inbox/inbox";
import type { InboxMessage, InboxPort } from "../../src/inbox/port";

type Changes = InboxPort["changes"];

/** All that is to be done before the next timer is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("inbox: messages share a write to the disk", () => {
  let inbox: Inbox;
  let now: number;
  let writes: Changes[];
  let fails: boolean;
  let waitingSince: number | undefined;
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    now = 0;
    writes = [];
    fails = false;
    waitingSince = undefined;
    inbox = new Inbox(
      async (changes) => {
        await Promise.resolve();
        const written = new Map(changes());
        if (fails) throw new Error("full");
        writes.push(written);
      },
      () => now,
      GROUP_MS,
      () => waitingSince,
    );
  });
  afterEach(() => mock.timers.reset());

  const keep = (client: string, bytes = 10, taken?: (message: InboxMessage) => void) =>
    inbox.keep({ client, topic: "BCE/D", payload: new Uint8Array(bytes), receivedAt: 0 }, taken);
  const pass = async (ms: number) => {
    now += ms;
    mock.timers.tick(ms);
    await settled();
  };
  const sizes = () => writes.map(({ size }) => size);

  it("what comes within a second is written together", async () => {
    const kept = [keep("a")];
    await pass(GROUP_MS / 2);
    kept.push(keep("b"));
    await pass(GROUP_MS / 2 - 1);
    assert.deepEqual(sizes(), []);
    kept.push(keep("c"));
    await pass(1);
    assert.deepEqual(sizes(), [3]);
    assert.equal((await Promise.all(kept)).length, 3);
    kept.push(keep("d"));
    await pass(GROUP_MS - 1);
    assert.deepEqual(sizes(), [3]);
    await pass(1);
    assert.deepEqual(sizes(), [3, 1]);
  });

  it("what fills a block is written at once, with all that has come meanwhile", async () => {
    void keep("a", 2000);
    await settled();
    assert.deepEqual(sizes(), []);
    void keep("b", 3000);
    void keep("c", 10);
    await settled();
    assert.deepEqual(sizes(), [3]);
  });

  it("who sends as soon as it has an answer need not wait for a second each time", async () => {
    void keep("old");
    const first = keep("a");
    await pass(GROUP_MS);
    await first;
    for (let n = 0; n < 20; n++) {
      await pass(50);
      void keep("a");
      await settled();
      assert.equal(sizes().length, n + 2);
    }
    await pass(600);
    void keep("a");
    await settled();
    assert.equal(sizes().length, 21, "this one had a pause");
  });

  it("are written at once where the registry closes", async () => {
    const kept = keep("a");
    inbox.writeNow();
    await kept;
    assert.deepEqual(sizes(), [1]);
  });

  it("one that the flow has had before it was stored is not handed over again, and is forgotten like others", async () => {
    const kept = keep("a", 10, (message) => inbox.deliver(message));
    await pass(SETTLE_MS - 1);
    await kept;
    assert.deepEqual(inbox.kept(), []);
    const save = () => {
      const share = inbox.share();
      share.committed?.();
      inbox.securing()();
      return share.changes?.size ?? 0;
    };
    assert.equal(save(), 0);
    await pass(1);
    assert.deepEqual([save(), save()], [0, 1]);
  });

  it("is forgotten only where no record waits that came no later than it", async () => {
    const kept = keep("a", 10, (message) => inbox.deliver(message));
    await pass(GROUP_MS);
    await kept;
    waitingSince = now;
    const save = () => {
      const share = inbox.share();
      share.committed?.();
      inbox.securing()();
      return share.changes?.size ?? 0;
    };
    await pass(SETTLE_MS * 3);
    assert.deepEqual([save(), save(), save()], [0, 0, 0]);
    waitingSince = undefined;
    assert.deepEqual([save(), save()], [0, 1]);
  });

  it("one that could not be stored is nobody's, also where the flow has had it", async () => {
    fails = true;
    const kept = keep("a", 10, (message) => inbox.deliver(message));
    const refused = assert.rejects(kept, /full/);
    await pass(GROUP_MS);
    await refused;
    await pass(SETTLE_MS);
    fails = false;
    for (let n = 0; n < 3; n++) {
      const share = inbox.share();
      assert.equal(share.changes, undefined);
      share.committed?.();
      inbox.securing()();
    }
    assert.deepEqual(inbox.kept(), []);
  });
});
