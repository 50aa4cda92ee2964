import assert from "node:assert/strict";
import { sourceOf } from "../../nodes/map/registry-feed";
import type { RegistryNode } from "../../nodes/runtime/registry-node";
import type { FleetLife } from "../../src/fleet/life";
import { type FlowNode, helper, NODES, useHelperServer } from "../support/flow";
import { IMEI, OTHER, position, reading } from "../support/registry";

interface Spy<T> {
  readonly args: readonly T[][];
  /** All nodes share a spy. */
  readonly thisValues: readonly { readonly id: string }[];
}
interface Spied extends FlowNode {
  status: Spy<{ fill?: string; shape?: string; text?: string }>;
  error: Spy<unknown>;
}
const callsOf = <T>({ args, thisValues }: Spy<T>, id: string): (T | undefined)[] =>
  args.filter((_, index) => thisValues[index]?.id === id).map(([first]) => first);

const map = (rest: object = {}) => ({
  id: "map",
  z: "tab",
  type: "tracker-map",
  registry: "registry",
  ...rest,
});
const load = (...nodes: object[]) =>
  helper.load(NODES, [
    { id: "tab", type: "tab" },
    { id: "registry", type: "tracker-registry", storage: "memory" },
    ...nodes,
  ]);
const said = (id = "map") => callsOf((helper.getNode(id) as Spied).error, id).map(String);
const shown = (id = "map") => callsOf((helper.getNode(id) as Spied).status, id).at(-1);

describe("tracker map node", () => {
  useHelperServer();

  it("says what is wrong with its path or its registry", async () => {
    await load(
      map({ path: "fleet" }),
      map({ id: "other", path: "/a/../b" }),
      map({ id: "none", registry: "" }),
    );
    assert.match(said()[0] ?? "", /^MAP_PATH: a path begins with \/.* \(path\)$/);
    assert.match(said("other")[0] ?? "", /^MAP_PATH: /);
    assert.match(said("none")[0] ?? "", /^REGISTRY: no tracker registry is chosen/);
    assert.deepEqual([shown()?.fill, shown()?.shape], ["red", "ring"]);
  });

  it("has one page at a path; the place is free again when it is gone", async () => {
    await load(map(), map({ id: "second" }), map({ id: "elsewhere", path: "/fleet2" }));
    assert.deepEqual([said(), said("elsewhere")], [[], []]);
    assert.match(said("second")[0] ?? "", /^MAP_PATH: another tracker map is at \/fleet/);
    await helper.unload();
    await load(map({ id: "second" }));
    assert.deepEqual(said("second"), []);
  });

  it("refuses what no dialog makes", async () => {
    await load(map({ language: "fr" }), map({ id: "units", path: "/u", units: "leagues" }));
    assert.match(said()[0] ?? "", /^OPTION: "fr" is not one of/);
    assert.match(said("units")[0] ?? "", /^OPTION: "leagues" is not one of/);
  });
});

describe("the map's look into a registry", () => {
  useHelperServer();
  const NOW = Date.now();

  const open = async (): Promise<FleetLife> => {
    await load();
    const { life } = helper.getNode("registry") as unknown as RegistryNode;
    assert.ok(life);
    await life.ready();
    return life;
  };
  const register = (imei: string, rest: object = {}) =>
    helper
      .request()
      .post("/trackers/registry/registry/request")
      .set("Content-Type", "application/json")
      .send(
        JSON.stringify({ request: "register", payload: { imei, state: "active", name: "van", ...rest } }),
      );

  it("has the active devices alone, and tells what has changed", async () => {
    const life = await open();
    const { feed } = sourceOf(life);
    await register(IMEI);
    await register(OTHER, { state: "registered" });
    const fleet = await life.ready();
    assert.deepEqual(
      feed.since(undefined).devices.map(({ imei }) => imei),
      [IMEI],
    );
    assert.equal(feed.device(OTHER), undefined);
    const seen = feed.revision;
    fleet.receive(reading(NOW, { position: position(54, 25) }), "BCE/D", true);
    const { full, devices, removed } = feed.since(seen);
    assert.deepEqual(
      [full, devices.map(({ imei, online }) => [imei, online]), removed],
      [false, [[IMEI, true]], []],
    );
    const [device] = devices;
    assert.deepEqual([device?.fix?.time, device?.name], [NOW, "van"]);
  });

  it("has a device no more when it is deactivated or removed", async () => {
    const life = await open();
    const { feed } = sourceOf(life);
    await register(IMEI);
    const seen = feed.revision;
    const command = (name: string) =>
      helper
        .request()
        .post("/trackers/registry/registry/request")
        .set("Content-Type", "application/json")
        .send(JSON.stringify({ request: name, payload: IMEI }));
    await command("deactivate");
    assert.deepEqual([feed.since(seen).devices, feed.since(seen).removed], [[], [IMEI]]);
    await command("activate");
    assert.equal(feed.since(seen).devices.length, 1);
    await command("remove");
    assert.deepEqual([feed.since(seen).devices, feed.since(seen).removed], [[], [IMEI]]);
  });

  it("keeps a trail of fixes that can be right: late ones too, but none twice, from the future or nowhere", async () => {
    const life = await open();
    const { trails } = sourceOf(life);
    await register(IMEI);
    const fleet = await life.ready();
    const at = (seconds: number, rest: object = {}) => {
      const record = reading(NOW + seconds * 1000);
      const moved = { ...position(54 + seconds / 1000, 25, 50), ...rest };
      fleet.receive({ ...record, position: moved }, "BCE/D", true);
    };
    for (const seconds of [0, 20, 10, 10]) at(seconds);
    at(30, { valid: false });
    at(40, { latitude: 0, longitude: 0 });
    at(50, { latitude: null });
    at(86_400);
    const all = () => trails.read(IMEI, NOW - 60_000, NOW + 2 * 86_400_000);
    const fixes = await all();
    assert.deepEqual(
      fixes.map(({ time }) => (time - NOW) / 1000),
      [0, 10, 20],
    );
    await helper
      .request()
      .post("/trackers/registry/registry/request")
      .set("Content-Type", "application/json")
      .send(JSON.stringify({ request: "remove", payload: IMEI }));
    assert.deepEqual(await all(), []);
  });

  it("has the last values, with what is wired to inputs and outputs", async () => {
    const life = await open();
    const { feed } = sourceOf(life);
    await register(IMEI);
    (await life.ready()).receive(
      reading(NOW, { attributes: { ignition: false, externalVoltage: 12.5 } }),
      "BCE/D",
      true,
    );
    assert.deepEqual(
      feed.values(IMEI).map(({ key, value, time, wired }) => [key, value, time, wired]),
      [
        ["ignition", false, NOW, ""],
        ["externalVoltage", 12.5, NOW, ""],
      ],
    );
    assert.deepEqual(feed.values(OTHER), []);
  });
});
