import assert from "node:assert/strict";
import type { Directory, Uplink } from "../../src/broker/directory";
import { Handover, MAX_WAITING } from "../../src/broker/handover";

const HEARER = { isConnected: true };

/** A hand-over with a directory that remembers what it is told, and subscriptions to some topics. */
function handover(kept: readonly Uplink[] = []) {
  const heard = new Set<string>();
  const published: number[] = [];
  const delivered: number[] = [];
  const gaveUp: string[] = [];
  const directory = {
    kept: () => kept,
    delivered: ({ id }: Uplink) => void delivered.push(id),
  } as unknown as Directory;
  const made = new Handover(directory, {
    hearers: (topic) => (heard.has(topic) ? [HEARER] : []),
    publish: async ({ id }) => void published.push(id),
    gaveUp: (topic) => void gaveUp.push(topic),
  });
  return { made, heard, published, delivered, gaveUp };
}

let lastId = 0;
const uplink = (topic: string, bytes = 1): Uplink => ({
  id: ++lastId,
  client: "869595061374194",
  topic,
  payload: new Uint8Array(bytes),
  receivedAt: 0,
});

describe("the hand-over of kept messages to the flow", () => {
  it("a topic that nobody subscribes to does not take the room of the others, and is told of", async () => {
    const { made, heard, published, delivered, gaveUp } = handover();
    heard.add("BCE/D");
    const files = Array.from({ length: MAX_WAITING + 3 }, () => uplink("BCE/F"));
    for (const file of files) made.add(file);
    assert.equal(made.backlog, MAX_WAITING);
    assert.deepEqual(gaveUp, ["BCE/F", "BCE/F", "BCE/F"]);
    assert.deepEqual(
      delivered,
      files.slice(0, 3).map(({ id }) => id),
      "the oldest, which the registry forgets",
    );
    const reading = uplink("BCE/D");
    made.add(reading);
    assert.deepEqual(published, [reading.id]);
    made.close();
  });

  it("counts bytes as well, and gives up on the longest first", () => {
    const { made, gaveUp } = handover();
    made.add(uplink("BCE/E"));
    for (let count = 0; count < 13; count++) made.add(uplink("BCE/F", 1024 * 1024));
    assert.deepEqual(gaveUp, ["BCE/F", "BCE/F"]);
    assert.equal(made.backlog, 12);
    made.close();
  });

  it("what waited goes out in order when somebody subscribes, also from before the last start", async () => {
    const old = [uplink("BCE/E"), uplink("BCE/D")];
    const { made, heard, published } = handover(old);
    const fresh = uplink("BCE/E");
    made.add(fresh);
    assert.equal(made.backlog, 3);
    heard.add("BCE/D").add("BCE/E");
    made.heard();
    assert.deepEqual(published, [...old.map(({ id }) => id), fresh.id]);
    assert.equal(made.backlog, 0);
    made.close();
  });
});
