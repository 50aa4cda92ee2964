import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { RegistryInfo } from "../../nodes/editor/sidebar/api";
import { Feed } from "../../nodes/editor/sidebar/feed";
import type { Problem } from "../../src/errors";
import type { RowsAnswer } from "../../src/fleet/views";

const registry = (id: string, more: Partial<RegistryInfo> = {}): RegistryInfo => ({
  id,
  name: id,
  kind: "memory",
  ready: true,
  timeZone: "UTC",
  deviceConfig: "",
  counts: { devices: 0, active: 0, online: 0, pending: 0 },
  ...more,
});

/** A Node-RED that notes what it is asked for. */
class Server {
  readonly asked: string[] = [];
  registries: RegistryInfo[] = [registry("a"), registry("b")];
  failure: Problem | undefined;
  revision = 0;
  now = 0;
  /** Registries that the editor has. */
  inEditor: readonly string[] = [];
  readonly feed = new Feed(
    {
      registries: async () => {
        this.asked.push("registries");
        await turn();
        return this.registries;
      },
      exists: (id) => this.inEditor.includes(id),
      rows: async (id, known): Promise<RowsAnswer> => {
        this.asked.push(`${id} ${known?.revision ?? "all"}`);
        await turn();
        if (this.failure !== undefined) throw this.failure;
        return { epoch: "e", revision: ++this.revision, full: known === undefined, rows: [], removed: [] };
      },
    },
    (error) => error as Problem,
    "en-US",
    () => this.now,
  );

  /** What it was asked for since the last time, once all is quiet. */
  async quiet(): Promise<string[]> {
    for (let n = 0; n < 20; n++) await turn();
    return this.asked.splice(0);
  }
}

describe("feed of the sidebar", () => {
  it("asks once for what is new although nobody looks, and not for what is not new", async () => {
    const server = new Server();
    server.now = 10_000;
    server.feed.glance();
    assert.deepEqual(await server.quiet(), ["registries", "a all"]);
    server.now += 6000;
    server.feed.announced("a", 1);
    assert.deepEqual(await server.quiet(), ["a 1"]);
    server.now += 6000;
    server.feed.announced("a", 1);
    assert.deepEqual(await server.quiet(), []);
  });

  it("asks for nothing until somebody looks, then for the first registry's rows", async () => {
    const server = new Server();
    server.feed.announced("a");
    assert.deepEqual(await server.quiet(), []);
    const stop = server.feed.watch();
    assert.deepEqual(await server.quiet(), ["registries", "a all"]);
    assert.ok(server.feed.loaded);
    server.feed.announced("a");
    server.feed.announced("b");
    assert.deepEqual(await server.quiet(), ["a 1"], "only what is shown, and only what changed");
    stop();
    server.feed.announced("a");
    assert.deepEqual(await server.quiet(), [], "nobody looks");
    server.feed.watch();
    assert.deepEqual(await server.quiet(), ["a 2"], "what was missed");
  });

  it("asks one question at a time, however often it is told of changes", async () => {
    const server = new Server();
    server.feed.watch();
    await server.quiet();
    for (let n = 0; n < 50; n++) server.feed.announced("a");
    assert.deepEqual(await server.quiet(), ["a 1", "a 2"]);
  });

  it("looks at the registries again now and then, after a deploy and after a lost connection", async () => {
    const server = new Server();
    server.feed.watch();
    await server.quiet();
    server.now += 10_000;
    server.feed.announced("a");
    assert.deepEqual(await server.quiet(), ["registries", "a 1"]);
    server.feed.everythingOutdated();
    assert.deepEqual(await server.quiet(), ["registries", "a 2"]);
  });

  it("begins anew with another registry, also where the chosen one is gone", async () => {
    const server = new Server();
    server.feed.watch();
    await server.quiet();
    server.feed.choose("b");
    assert.equal(server.feed.loaded, false);
    assert.deepEqual(await server.quiet(), ["b all"]);
    server.registries = [registry("a")];
    server.failure = { code: "NOT_FOUND", message: "" };
    server.feed.announced("b");
    server.failure = undefined;
    server.feed.everythingOutdated();
    assert.equal((await server.quiet()).at(-1), "a all");
    assert.equal(server.feed.registry?.id, "a");
  });

  it("shows what keeps a registry from working, and asks again when it says something", async () => {
    const server = new Server();
    const problem = { code: "STORE_LOCKED", message: "x" };
    server.registries = [registry("a", { ready: false, problem })];
    server.feed.watch();
    assert.deepEqual(await server.quiet(), ["registries"]);
    assert.equal(server.feed.problem?.code, "STORE_LOCKED");
    server.registries = [registry("a")];
    server.feed.announced("a");
    assert.deepEqual(await server.quiet(), ["registries", "a all"]);
    assert.equal(server.feed.problem, undefined);
  });

  it("keeps what it has where a question fails, and stops for it", async () => {
    const server = new Server();
    server.feed.watch();
    await server.quiet();
    server.failure = { code: "NETWORK", message: "" };
    server.feed.announced("a");
    assert.deepEqual(await server.quiet(), ["a 1"]);
    assert.deepEqual([server.feed.problem?.code, server.feed.loaded], ["NETWORK", true]);
    server.failure = undefined;
    server.feed.everythingOutdated();
    assert.deepEqual(await server.quiet(), ["registries", "a 1"]);
    assert.equal(server.feed.problem, undefined);
  });

  it("keeps what it shows while flows are being deployed, until the registry is gone from the editor too", async () => {
    const server = new Server();
    server.inEditor = ["a"];
    server.feed.watch();
    await server.quiet();
    server.registries = [];
    server.feed.everythingOutdated();
    await server.quiet();
    assert.ok(server.feed.loaded && server.feed.registry);
    server.inEditor = [];
    server.feed.everythingOutdated();
    await server.quiet();
    assert.equal(server.feed.loaded, false);
  });
});
