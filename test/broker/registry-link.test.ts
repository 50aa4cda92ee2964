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
});
