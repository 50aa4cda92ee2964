import assert from "node:assert/strict";
import {
  InboxDelivery,
  MAX_WAITING,
  MAX_WAITING_BYTES,
  type Outlet,
  WINDOW,
} from "../../src/broker/delivery";
import type { Directory } from "../../src/fleet/directory";
import type { InboxMessage } from "../../src/inbox/port";

const HEARER = { isConnected: true };

/**
 * A hand-over with a directory that remembers what it is told, and subscriptions to some topics. There is a flow, and what
 * it has not subscribed to at once it never will, unless a test says otherwise.
 */
function delivery(kept: readonly InboxMessage[] = [], patience = 0) {
  const flow: { since: number | undefined; now: number } = { since: 0, now: 0 };
  const heard = new Set<string>();
  const published: number[] = [];
  const delivered: number[] = [];
  const gaveUp: string[] = [];
  const directory = {
    kept: () => kept,
    delivered: ({ id }: InboxMessage) => void delivered.push(id),
  } as unknown as Directory;
  const outlet: Outlet = {
    hearers: (topic) => (heard.has(topic) ? [HEARER] : []),
    flowSince: () => flow.since,
    publish: async ({ id }) => void published.push(id),
    gaveUp: ({ topic }) => void gaveUp.push(topic),
  };
  const made = new InboxDelivery(directory, outlet, patience, () => flow.now);
  return { made, heard, published, delivered, gaveUp, flow };
}

let lastId = 0;
const message = (topic: string, bytes = 1, client = "869595061374194"): InboxMessage => ({
  id: ++lastId,
  client,
  topic,
  payload: new Uint8Array(bytes),
  receivedAt: 0,
});

describe("the hand-over of kept messages to the flow", () => {
  it("a topic that nobody subscribes to does not take the room of the others, and is told of", async () => {
    const { made, heard, published, delivered, gaveUp } = delivery();
    heard.add("BCE/D");
    const files = Array.from({ length: MAX_WAITING + 3 }, () => message("BCE/F"));
    for (const file of files) made.add(file);
    assert.equal(made.backlog, MAX_WAITING);
    assert.deepEqual(gaveUp, ["BCE/F", "BCE/F", "BCE/F"]);
    assert.deepEqual(
      delivered,
      files.slice(0, 3).map(({ id }) => id),
      "the oldest, which the registry forgets",
    );
    const reading = message("BCE/D");
    made.add(reading);
    assert.deepEqual(published, [reading.id]);
    made.close();
  });

  it("counts bytes as well, and gives up the oldest of who has sent most", () => {
    const { made, gaveUp } = delivery();
    made.add(message("BCE/E", 1, "a small one"));
    for (let count = 0; count < 13; count++) made.add(message("BCE/F", 1024 * 1024));
    assert.deepEqual(gaveUp, ["BCE/F", "BCE/F"]);
    assert.equal(made.backlog, 12);
    made.close();
  });

  for (const [what, bytes, count] of [
    ["few large messages", 250 * 1024, 200],
    ["very many small ones", 10, 2 * MAX_WAITING],
  ] as const) {
    it(`what one client sends costs no other's: ${what}, to the same topic and to others`, () => {
      const { made, heard, published, delivered } = delivery();
      const small = Array.from({ length: 20 }, (_, n) => message("BCE/D", 300, `small ${n % 4}`));
      // Large ones, but still within the share of who has sent them.
      const files = Array.from({ length: 4 }, () => message("BCE/F", 250 * 1024, "files"));
      const garbage = Array.from({ length: count }, (_, n) =>
        message(n % 3 === 0 ? "BCE/D" : "BCE/X", bytes, "garbage"),
      );
      const wanted = [...small.slice(0, 10), ...files, ...small.slice(10)];
      for (const one of [...wanted.slice(0, 14), ...garbage, ...wanted.slice(14)]) made.add(one);
      assert.ok(delivered.length > 0);
      const ids = wanted.map(({ id }) => id);
      assert.deepEqual(
        delivered.filter((id) => ids.includes(id)),
        [],
      );
      heard.add("BCE/D").add("BCE/F");
      made.heard();
      assert.deepEqual(
        published.slice(0, ids.length),
        ids.toSorted((a, b) => a - b),
      );
      made.close();
    });
  }

  it("everybody who sends too much keeps about the same", () => {
    const { made, delivered } = delivery();
    const clients = ["a", "b", "c"];
    const sent = new Map<number, string>();
    for (let n = 0; n < 300; n++) {
      const one = message("BCE/F", 100_000, clients[n % 3]);
      sent.set(one.id, one.client);
      made.add(one);
    }
    for (const id of delivered) sent.delete(id);
    const left = clients.map((client) => [...sent.values()].filter((one) => one === client).length);
    assert.ok(Math.max(...left) - Math.min(...left) <= 1, String(left));
    assert.ok((left[0] as number) * 3 * 100_000 > 0.9 * MAX_WAITING_BYTES);
    made.close();
  });

  it("what waited goes out in order when somebody subscribes, also from before the last start", async () => {
    const old = [message("BCE/E"), message("BCE/D")];
    const { made, heard, published } = delivery(old);
    const fresh = message("BCE/E");
    made.add(fresh);
    assert.equal(made.backlog, 3);
    heard.add("BCE/D").add("BCE/E");
    made.heard();
    assert.deepEqual(published, [...old.map(({ id }) => id), fresh.id]);
    assert.equal(made.backlog, 0);
    made.close();
  });

  describe("gives up nothing that the flow may still ask for", () => {
    const MANY = MAX_WAITING + 5000;
    /** Lets the hand-over go on until all of it is published. */
    const all = async (published: readonly number[], count: number) => {
      while (published.length < count) await new Promise((resolve) => setImmediate(resolve));
    };

    it("what was kept at the start waits, however much it is", async () => {
      const kept = Array.from({ length: MANY }, () => message("BCE/D"));
      const { made, heard, published, delivered, gaveUp } = delivery(kept, 1);
      assert.equal(made.backlog, MANY);
      heard.add("BCE/D");
      made.heard();
      await all(published, MANY);
      assert.deepEqual(
        published,
        kept.map(({ id }) => id),
      );
      assert.deepEqual([delivered, gaveUp], [[], []]);
      made.close();
    });

    it("what comes while there is no flow at all waits, as long as that may last", () => {
      const { made, delivered, gaveUp, flow } = delivery([], 60_000);
      flow.since = undefined;
      for (let n = 0; n < MANY; n++, flow.now += 1000) made.add(message("BCE/D"));
      flow.since = flow.now - 59_999;
      made.add(message("BCE/D"));
      assert.equal(made.backlog, MANY + 1, "the flow has come a moment ago");
      assert.deepEqual([delivered, gaveUp], [[], []]);
      made.close();
    });

    it("what comes to a topic that it has not subscribed to yet waits until it has had the time to", () => {
      const { made, heard, gaveUp, flow } = delivery([], 60_000);
      heard.add("BCE/E");
      for (let n = 0; n < MANY; n++) made.add(message("BCE/D"));
      flow.now = 59_999;
      made.add(message("BCE/D"));
      assert.deepEqual(gaveUp, []);
      flow.now = 60_000;
      made.add(message("BCE/D"));
      assert.equal(gaveUp.length, MANY + 2 - MAX_WAITING);
      assert.equal(made.backlog, MAX_WAITING);
      made.close();
    });

    it("a topic that was heard in between has its time anew", async () => {
      const { made, heard, published, gaveUp, flow } = delivery([], 60_000);
      made.add(message("BCE/D"));
      flow.now = 50_000;
      heard.add("BCE/D");
      made.heard();
      await all(published, 1);
      heard.delete("BCE/D");
      for (let n = 0; n < MANY; n++) made.add(message("BCE/D"));
      flow.now = 100_000;
      made.add(message("BCE/D"));
      assert.deepEqual(gaveUp, []);
      made.close();
    });
  });

  it("tells that a message is on its way only while few are, so that no more is acknowledged than is handed over", async () => {
    const written: (() => void)[] = [];
    const directory = { kept: () => [], delivered: () => undefined } as unknown as Directory;
    const made = new InboxDelivery(directory, {
      hearers: () => [HEARER],
      flowSince: () => 0,
      publish: () => new Promise((resolve) => written.push(resolve)),
      gaveUp: () => undefined,
    });
    let onTheirWay = 0;
    const count = WINDOW * 2;
    const told = Array.from({ length: count }, async () => {
      await made.add(message("BCE/D"));
      onTheirWay++;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(onTheirWay, WINDOW);
    for (let done = 0; done < count; done++) {
      (written[done] as () => void)();
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(onTheirWay, Math.min(count, WINDOW + done + 1));
    }
    await Promise.all(told);
    made.close();
  });
});
