import assert from "node:assert/strict";
import { IMEI, MINUTE, OTHER, START, TestRegistry } from "../support/registry";

describe("links to share", () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await TestRegistry.open();
    await registry.ask("register", { imei: IMEI, name: "van" });
    await registry.ask("register", { imei: OTHER });
  });
  afterEach(() => registry.fleet.close());
  const add = (rest: object = {}) =>
    registry.ask("addShare", { imeis: [IMEI], ends: START + MINUTE, ...rest }) as Promise<{
      id: string;
      secret: string;
      begins: number;
    }>;
  const rejects = (rest: object, code: string, path?: string) =>
    assert.rejects(add(rest), (error: { code: string; path?: string }) => {
      assert.deepEqual([error.code, error.path], [code, path ?? error.path]);
      return true;
    });

  it("begin now, and are listed without what their secret is known by, newest first", async () => {
    const first = await add({ name: "customer" });
    const second = await add({ imeis: [], groups: ["Nord"], begins: "2026-01-15T12:00:30Z" });
    assert.deepEqual([first.begins, second.begins], [START, START + 30_000]);
    assert.notEqual(first.secret, second.secret);
    const listed = (await registry.ask("shares", {})) as { id: string; name: string }[];
    assert.deepEqual(
      listed.map(({ id, name }) => [id, name]),
      [
        [second.id, ""],
        [first.id, "customer"],
      ],
    );
    for (const { secret } of [first, second]) assert.equal(JSON.stringify(listed).includes(secret), false);
    assert.equal(JSON.stringify(listed).includes("digest"), false);
  });

  it("are taken back by their id", async () => {
    const { id } = await add();
    let told = 0;
    registry.fleet.shareLinks.onChange.add(() => told++);
    assert.deepEqual(await registry.ask("removeShare", { id }), { id });
    assert.equal(told, 1);
    assert.deepEqual(await registry.ask("shares", {}), []);
    await assert.rejects(registry.ask("removeShare", id), /SHARE_UNKNOWN|there is no link/);
  });

  it("need somebody to show, and an end that is still to come", async () => {
    await rejects({ imeis: [] }, "FIELD_VALUE", "imeis");
    await rejects({ imeis: IMEI }, "FIELD_VALUE", "imeis");
    await rejects({ groups: [""] }, "FIELD_VALUE", "groups");
    await rejects({ imeis: ["490154203237518"] }, "DEVICE_UNKNOWN");
    await rejects({ imeis: ["no IMEI"] }, "IMEI_DIGITS");
    for (const ends of [undefined, START, "tomorrow", Number.NaN, "2026-01-15T13:00:00"])
      await rejects({ ends }, "FIELD_VALUE", "ends");
    await rejects({ begins: START + 2 * MINUTE }, "FIELD_VALUE", "ends");
    await rejects({ name: "x".repeat(101) }, "FIELD_VALUE", "name");
    await rejects({ secret: "chosen" }, "FIELD_UNKNOWN", "secret");
  });

  it("lose a device that is removed, and go with the last one", async () => {
    await add();
    const both = await add({ imeis: [IMEI, OTHER] });
    const group = await add({ groups: ["Nord"] });
    await registry.ask("remove", IMEI);
    const listed = (await registry.ask("shares", {})) as { id: string; imeis: string[] }[];
    assert.deepEqual(
      listed.map(({ id, imeis }) => [id, imeis]),
      [
        [group.id, []],
        [both.id, [OTHER]],
      ],
    );
  });
});
