import assert from "node:assert/strict";
import type { Aedes } from "../../src/broker/aedes";
import { boundSessions, type SessionMemory } from "../../src/broker/bounded-sessions";
import { createAedes } from "../../src/broker/wiring";

/** A message of some size, of which only the size is looked at. */
const message = (length: number, id: number) => ({
  payload: { length },
  brokerId: "b",
  brokerCounter: id,
  qos: 1,
});

describe("what is kept for clients that are away", () => {
  let aedes: Aedes;
  let memory: SessionMemory;
  let sessions: ReturnType<typeof boundSessions>;
  beforeEach(async () => {
    aedes = await createAedes(1000);
    memory = (aedes as unknown as { persistence: SessionMemory }).persistence;
    sessions = boundSessions(memory, (client) => !client.startsWith("device"));
  });
  afterEach(() => new Promise<void>((resolve) => aedes.close(() => resolve())));
  const kept = async (client: string): Promise<object[]> => {
    const found: object[] = [];
    for await (const one of memory.outgoingStream({ id: client })) found.push(one);
    return found;
  };
  let id = 0;
  const send = (length: number, ...clients: string[]) =>
    memory.outgoingEnqueueCombi(
      clients.map((clientId) => ({ clientId })),
      message(length, ++id),
    );

  it("is bounded in bytes, and what is sent to one takes no other's room", async () => {
    for (let n = 0; n < 900; n++) await send(250_000, "large");
    const large = (await kept("large")).length;
    assert.ok(large * 250_000 < 64 * 1024 * 1024, `${large}`);
    for (let n = 0; n < 50; n++) await send(1000, "small", "another");
    assert.deepEqual([(await kept("small")).length, (await kept("another")).length], [50, 50]);
    await sessions.forget("large");
    for (let n = 0; n < 150; n++) await send(250_000, "another");
    assert.equal((await kept("another")).length, 200);
  });

  it("has room again for what was acknowledged, also with QoS 2", async () => {
    const fill = async () => {
      for (let n = 0; n < 900; n++) await send(250_000, "one");
      return (await kept("one")).length;
    };
    const before = await fill();
    for (let number = 1; number <= before; number++) {
      const [first] = (await kept("one")) as { brokerId: string; brokerCounter: number }[];
      await memory.outgoingUpdate({ id: "one" }, { ...first, messageId: number });
      await memory.outgoingUpdate({ id: "one" }, { cmd: "pubrel", messageId: number });
      await memory.outgoingClearMessageId({ id: "one" }, { messageId: number });
    }
    assert.deepEqual(await kept("one"), []);
    assert.equal(await fill(), before);
  });

  it("is nothing for devices, and nothing is remembered of them", async () => {
    await send(10, "device", "one");
    await memory.outgoingUpdate({ id: "device" }, { ...message(10, id), messageId: 7 });
    assert.equal(await memory.outgoingClearMessageId({ id: "device" }, { messageId: 7 }), undefined);
    assert.deepEqual(await kept("device"), []);
    assert.equal((await kept("one")).length, 1);
  });

  it("are no wills of clients that live, however the clock was set", async () => {
    await memory.putWill({ id: "flow" }, { topic: "x", payload: Buffer.from("x"), qos: 0, retain: false });
    const { streamWill } = memory as unknown as { streamWill(brokers: object): AsyncIterable<object> };
    for await (const will of streamWill.call(memory, {})) assert.fail(JSON.stringify(will));
  });

  it("are the subscriptions that were granted", async () => {
    await memory.addSubscriptions({ id: "one" }, [{ topic: "asked", qos: 1 }]);
    await sessions.remember("one", [{ topic: "granted", qos: 1 }]);
    const { subscriptionsByClient } = memory as unknown as {
      subscriptionsByClient(client: object): Promise<{ topic: string }[]>;
    };
    const stored = await subscriptionsByClient.call(memory, { id: "one" });
    assert.deepEqual(
      stored.map(({ topic }) => topic),
      ["granted"],
    );
  });
});
