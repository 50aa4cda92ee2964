import assert from "node:assert/strict";
import { InboxDelivery, MAX_WAITING, MAX_WAITING_BYTES } from "../../src/broker/delivery";
import type { Directory } from "../../src/fleet/directory";
import type { InboxMessage } from "../../src/inbox/port";

const HEARER = { isConnected: true };

/** A hand-over with a directory that remembers what it is told, and subscriptions to some topics. */
function delivery(kept: readonly InboxMessage[] = []) {
  const heard = new Set<string>();
  const published: number[] = [];
  const delivered: number[] = [];
  const gaveUp: string[] = [];
  const directory = {
    kept: () => kept,
    delivered: ({ id }: InboxMessage) => void delivered.push(id),
  } as unknown as Directory;
  const made = new InboxDelivery(directory, {
    hearers: (topic) => (heard.has(topic) ? [HEARER] : []),
    publish: async ({ id }) => void published.push(id),
    gaveUp: ({ topic }) => void gaveUp.push(topic),
  });
  return { made, heard, published, delivered, gaveUp };
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
});
