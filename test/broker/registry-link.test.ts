import assert from "node:assert/strict";
import { mock } from "node:test";
import { RegistryLink } from "../../src/broker/registry-link";
import { TestDirectory } from "../support/directory";

describe("the broker's link to the registry", () => {
  let link: RegistryLink;
  const directory = new TestDirectory();
  const keep = (topic: string) => link.keep(undefined, { client: "any", topic, payload: new Uint8Array() });
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    directory.all.length = 0;
    directory.ready = false;
    link = new RegistryLink({
      flow: { hearers: () => [], flowSince: () => undefined },
      publish: () => Promise.resolve(),
      opened: () => undefined,
      left: () => undefined,
      changed: () => undefined,
      problem: assert.fail,
    });
    link.use(directory);
  });
  afterEach(() => {
    link.close();
    mock.timers.reset();
  });

  it("keeps messages in the order in which they came, also while the registry is opening", async () => {
    const kept = [keep("first")];
    mock.timers.tick(60);
    kept.push(keep("second"));
    mock.timers.tick(60);
    directory.ready = true;
    kept.push(keep("third"));
    mock.timers.tick(100);
    await Promise.all(kept);
    assert.deepEqual(
      directory.all.map(({ topic }) => topic),
      ["first", "second", "third"],
    );
  });

  it("refuses what waits when it is closed", async () => {
    const waiting = keep("too late");
    link.close();
    mock.timers.tick(100);
    await assert.rejects(waiting, { code: "NOT_READY" });
  });

  describe("and the flow", () => {
    let published: string[];
    let flowing: RegistryLink;
    const message = (topic: string) => ({ client: "any", topic, payload: new Uint8Array() });
    /** Holds messages up on their way into the registry. */
    const held = () => {
      let settle: (error?: Error) => void = () => undefined;
      directory.beforeKeep = () =>
        new Promise((resolve, reject) => {
          settle = (error) => (error === undefined ? resolve() : reject(error));
        });
      return (error?: Error) => settle(error);
    };
    beforeEach(async () => {
      published = [];
      directory.ready = true;
      flowing = new RegistryLink({
        flow: { hearers: (topic) => (topic === "heard" ? [{ isConnected: true }] : []), flowSince: () => 0 },
        publish: async ({ topic }) => void published.push(topic),
        opened: () => undefined,
        left: () => undefined,
        changed: () => undefined,
        problem: assert.fail,
      });
      flowing.use(directory);
      await new Promise((resolve) => setImmediate(resolve));
    });
    afterEach(() => {
      flowing.close();
      directory.beforeKeep = () => Promise.resolve();
    });

    it("has a message while it is being stored, its sender the answer afterwards", async () => {
      const stored = held();
      let isAnswered = false;
      const kept = flowing.keep(undefined, message("heard")).then(() => {
        isAnswered = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual([published, isAnswered], [["heard"], false]);
      stored();
      await kept;
      assert.deepEqual(published, ["heard"]);
    });

    it("has it only once it is stored where storing has failed lately", async () => {
      const stored = held();
      const kept = flowing.keep(undefined, message("heard"), true);
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(published, []);
      stored();
      await kept;
      assert.deepEqual(published, ["heard"]);
    });

    it("does not wait for what could not be stored", async () => {
      const stored = held();
      const kept = flowing.keep(undefined, message("unheard"));
      await new Promise((resolve) => setImmediate(resolve));
      stored(new Error("full"));
      await assert.rejects(kept, /full/);
      assert.equal(flowing.backlog, 0);
    });
  });
});
