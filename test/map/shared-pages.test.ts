import assert from "node:assert/strict";
import { SharedPages } from "../../nodes/map/shared-pages";
import type { Fleet } from "../../src/fleet/fleet";
import { IMEI, MINUTE, START, TestRegistry } from "../support/registry";

describe("pages of links to share", () => {
  let registry: TestRegistry;
  let fleet: Fleet | undefined;
  let closed: string[];
  const pages = () =>
    new SharedPages(
      () => fleet,
      ({ name }) => ({ name, tick: () => undefined, close: () => void closed.push(name) }),
      () => registry.wall,
    );
  const add = async (name: string, rest: object = {}) =>
    (await registry.ask("addShare", { name, imeis: [IMEI], ends: START + MINUTE, ...rest })) as {
      id: string;
      secret: string;
    };
  beforeEach(async () => {
    registry = await TestRegistry.open();
    await registry.ask("register", { imei: IMEI });
    fleet = registry.fleet;
    closed = [];
  });
  afterEach(() => registry.fleet.close());

  it("are one for each link, made when it is used", async () => {
    const shared = pages();
    const [one, other] = [await add("one"), await add("other")];
    const page = shared.open(one.secret, "::1");
    assert.equal(shared.open(one.secret, "::1"), page);
    assert.notEqual(shared.open(other.secret, "::1"), page);
    assert.equal(shared.open(`${one.secret}x`, "::1"), "unknown");
    assert.equal(shared.open("", "::1"), "unknown");
    shared.close();
    assert.deepEqual(closed, ["one", "other"]);
  });

  it("are closed at once when the link is taken back, and when its time is over", async () => {
    const shared = pages();
    const [one, other] = [await add("one"), await add("other")];
    for (const { secret } of [one, other]) shared.open(secret, "::1");
    await registry.ask("removeShare", one.id);
    assert.deepEqual(closed, ["one"]);
    assert.equal(shared.open(one.secret, "::1"), "unknown");
    registry.wall += MINUTE;
    assert.equal(shared.open(other.secret, "::1"), "unknown");
    shared.tick();
    assert.deepEqual(closed, ["one", "other"]);
  });

  it("are made anew where a device has left the link", async () => {
    const shared = pages();
    const { secret } = await add("one", { groups: ["Nord"] });
    const page = shared.open(secret, "::1");
    await registry.ask("remove", IMEI);
    assert.deepEqual(closed, ["one"]);
    assert.notEqual(shared.open(secret, "::1"), page);
  });

  it("wait while the registry is not open, which is no wrong link", async () => {
    const shared = pages();
    const { secret } = await add("one");
    fleet = undefined;
    for (let count = 0; count < 30; count++) assert.equal(shared.open(secret, "::1"), "opening");
    fleet = registry.fleet;
    assert.notEqual(shared.open(secret, "::1"), "limited");
  });

  it("are opened to nobody after too many wrong secrets from an address, for a minute; others have theirs", async () => {
    const shared = pages();
    const { secret } = await add("one", { ends: START + 10 * MINUTE });
    for (let count = 0; count < 20; count++) assert.equal(shared.open(`wrong${count}`, "::1"), "unknown");
    assert.equal(shared.open(secret, "::1"), "limited");
    assert.equal(typeof shared.open(secret, "::2"), "object");
    registry.wall += MINUTE;
    assert.equal(typeof shared.open(secret, "::1"), "object");
  });
});
