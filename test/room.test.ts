import assert from "node:assert/strict";
import { Room } from "../src/room";

describe("room that clients share", () => {
  it("leaves some for others, however much one takes", () => {
    const room = new Room(1000, 1000);
    let taken = 0;
    for (; room.admits("greedy", 10); taken += 10) room.take("greedy", 10);
    assert.equal(taken, 750);
    for (const client of ["a", "b", "c", "d"]) assert.ok(room.admits(client, 50), client);
    assert.ok(!room.admits("greedy", 1));
    room.release("greedy", 10);
    assert.ok(room.admits("greedy", 1));
  });

  it("is shared about equally among those who take all they can", () => {
    const room = new Room(100_000, 100_000);
    const clients = Array.from({ length: 20 }, (_, n) => `client ${n}`);
    const held = new Map(clients.map((client) => [client, 0]));
    for (let took = true; took; ) {
      took = false;
      for (const client of clients) {
        if (!room.admits(client, 7)) continue;
        room.take(client, 7);
        held.set(client, (held.get(client) ?? 0) + 7);
        took = true;
      }
    }
    const share = 100_000 / clients.length;
    for (const part of held.values()) assert.ok(part <= share && part > share * 0.9, `${part} of ${share}`);
  });

  it("counts something for what is small", () => {
    const room = new Room(100, 10);
    for (let n = 0; n < 10; n++) room.take(`client ${n}`, 0);
    assert.equal(room.isFuller(0.99), true);
    assert.equal(room.isFuller(1), false);
    assert.equal(room.admits("another", 0), false);
    room.release("client 3", 0);
    assert.equal(room.isFuller(0.99), false);
  });

  it("knows who holds most, which is never one within its share", () => {
    // A fixed sequence (a linear congruential generator), so that a failure comes again.
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const room = new Room(50_000, 2500);
    const held = new Map<string, number[]>();
    for (let step = 0; step < 20_000; step++) {
      const client = `client ${random(1 + random(30))}`;
      const size = random(10) === 0 ? 5000 : random(300);
      held.set(client, [...(held.get(client) ?? []), size]);
      room.take(client, size);
      while (room.isFuller(1)) {
        const largest = room.largest as string;
        const sizes = held.get(largest) as number[];
        const sum = sizes.reduce((total, one) => total + Math.max(one, 20), 0);
        assert.ok(sum > 50_000 / held.size, `${largest} holds ${sum} of ${held.size}`);
        room.release(largest, sizes.shift() as number);
        if (sizes.length === 0) held.delete(largest);
      }
    }
    assert.equal(new Room(1, 1).largest, undefined);
  });
});
