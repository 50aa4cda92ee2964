import assert from "node:assert/strict";
import type { Fence } from "../../src/fences/fence";
import type { FenceImportReport } from "../../src/fleet/fence-requests";
import { readRequest } from "../../src/fleet/requests";
import { MemoryStore } from "../../src/store/memory/store";
import { IMEI, OTHER, START, TestRegistry } from "../support/registry";

const CIRCLE = { name: "Yard", kind: "circle", center: { latitude: 54, longitude: 25 }, radius: 100 };
const SQUARE = [
  [25, 54],
  [26, 54],
  [26, 55],
  [25, 55],
  [25, 54],
];
const feature = (id: string | undefined, geometry: object, properties: object = {}) => ({
  type: "Feature",
  ...(id === undefined ? {} : { id }),
  geometry,
  properties,
});
const collection = (...features: object[]) => ({ type: "FeatureCollection", features });

describe("registry: fences", () => {
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open();
  });
  const add = async (given: object = {}) => (await it_.ask("addFence", { ...CIRCLE, ...given })) as Fence;
  const ids = async (query?: unknown) => ((await it_.ask("fences", query)) as Fence[]).map(({ id }) => id);
  const rejects = (asked: Promise<unknown>, code: string, path: string) =>
    assert.rejects(asked, (error: { code?: string; path?: string }) => {
      assert.deepEqual([error.code, error.path], [code, path]);
      return true;
    });

  it("are added, changed, listed and removed, and kept", async () => {
    const fence = await add();
    assert.deepEqual([fence.createdAt, fence.changedAt, fence.outerEdge], [START, START, 25]);
    it_.wait(1000);
    const changed = (await it_.ask("changeFence", { id: fence.id, radius: 50, dwell: "30" })) as Fence;
    assert.deepEqual(changed, { ...fence, radius: 50, dwell: 30, changedAt: START + 1000 });
    assert.deepEqual(await it_.ask("fences"), [changed]);
    assert.deepEqual(await it_.ask("changeFence", { ...changed }), changed, "an answer can be sent back");
    for (const answer of [fence, changed, await it_.ask("fences", fence.id)])
      Object.assign([answer].flat()[0] as object, { name: "mine", radius: 1 });
    Object.assign(changed, { name: "Yard", radius: 50 });
    assert.deepEqual(await it_.ask("fences"), [changed], "what a flow does to an answer is its own business");
    const store = it_.store;
    await it_.fleet.close();
    it_ = await TestRegistry.open(store);
    assert.deepEqual(await it_.ask("fences", fence.id), [changed]);
    assert.deepEqual(await it_.ask("removeFence", fence.id), { id: fence.id });
    assert.deepEqual(await ids(), []);
    assert.deepEqual((await store.open()).stored.fences, []);
  });

  it("have an id of their own, or the one that is given", async () => {
    const [one, other, named] = [await add(), await add(), await add({ id: "yard" })];
    assert.notEqual(one.id, other.id);
    assert.equal(named.id, "yard");
    await rejects(add({ id: "yard" }), "FENCE_EXISTS", "id");
    for (const id of ["", 5, "x".repeat(65), null]) await rejects(add({ id }), "FIELD_VALUE", "id");
    await it_.ask("removeFence", [{ id: one.id }, other.id]);
    assert.deepEqual(await ids(), ["yard"]);
  });

  it("say what is wrong, and nothing is changed", async () => {
    const { id } = await add();
    await rejects(add({ radius: 0 }), "FIELD_VALUE", "radius");
    await rejects(it_.ask("addFence", "yard"), "PAYLOAD_TYPE", "msg.payload");
    await rejects(it_.ask("changeFence", { id: "none", radius: 5 }), "FENCE_UNKNOWN", "id");
    await rejects(it_.ask("changeFence", { radius: 5 }), "FIELD_VALUE", "id");
    await rejects(it_.ask("removeFence", [id, "none"]), "FENCE_UNKNOWN", "id");
    await rejects(it_.ask("fences", "none"), "FENCE_UNKNOWN", "id");
    await rejects(it_.ask("fences", { name: "Yard" }), "FIELD_UNKNOWN", "name");
    assert.deepEqual(await ids(), [id]);
  });

  it("are not more than 5,000, all with 200,000 points", async () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      feature(`f${index}`, { type: "Point", coordinates: [index / 100, 1] }, { radius: 10 }),
    );
    const report = (await it_.ask("importFences", collection(...many))) as FenceImportReport;
    assert.equal(report.added, 5000);
    await rejects(add(), "FENCE_LIMIT", "fences");
    await it_.ask("changeFence", { id: "f1", radius: 20 });
    assert.equal(it_.fleet.fences.index.at({ latitude: 1, longitude: 0.2 }).length, 1);
  });

  it("are found by id, and by the group and the device that they are for", async () => {
    await it_.ask("register", { imei: IMEI, group: "vans" });
    await it_.ask("register", { imei: OTHER });
    await add({ id: "all" });
    await add({ id: "vans", groups: "vans" });
    await add({ id: "one", devices: OTHER });
    assert.deepEqual(await ids({ group: "vans" }), ["all", "vans"]);
    assert.deepEqual(await ids({ imei: IMEI }), ["all", "vans"]);
    assert.deepEqual(await ids({ imei: OTHER }), ["all", "one"]);
    await it_.ask("remove", OTHER);
    assert.deepEqual(
      await ids(),
      ["all", "vans", "one"],
      "a fence is not for all because its device is gone",
    );
  });

  it("go out as GeoJSON and come in again", async () => {
    await add({ id: "circle", schedule: { days: [1], from: "08:00", to: "17:00", timeZone: "UTC" } });
    const points = [
      { latitude: 0, longitude: 179 },
      { latitude: 0, longitude: -179 },
      { latitude: 1, longitude: 180 },
    ];
    await add({ id: "polygon", kind: "polygon", points, center: undefined, radius: undefined, maxStay: 60 });
    await add({ id: "corridor", kind: "corridor", points, width: 50, center: undefined, radius: undefined });
    const before = await it_.ask("fences");
    const geoJson = await it_.ask("fences", { format: "geojson" });
    const { features } = geoJson as { features: { geometry: { type: string } }[] };
    assert.deepEqual(
      features.map(({ geometry }) => geometry.type),
      ["Point", "Polygon", "LineString"],
    );
    const other = await TestRegistry.open(new MemoryStore());
    const { added, failed } = (await other.ask("importFences", JSON.stringify(geoJson))) as FenceImportReport;
    assert.deepEqual([added, failed], [3, 0]);
    assert.deepEqual(await other.ask("fences"), before);
  });

  it("come from GeoJSON of other programs: what is wrong is said, what is right is taken", async () => {
    const report = (await it_.ask(
      "importFences",
      collection(
        feature(undefined, { type: "Polygon", coordinates: [SQUARE] }, { title: "Depot", fill: "#AA0000" }),
        feature("a", { type: "MultiPolygon", coordinates: [[SQUARE], [SQUARE]] }, { name: "Two" }),
        feature(undefined, { type: "LineString", coordinates: SQUARE.slice(0, 3) }, { color: "red" }),
        feature("holes", { type: "Polygon", coordinates: [SQUARE, SQUARE] }),
        feature("point", { type: "Point", coordinates: [25, 54] }),
        feature("tie", { type: "Polygon", coordinates: [[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]] }),
        feature("none", { type: "Blob" }),
        { type: "Feature", id: "nothing", geometry: null },
        feature("text", { type: "Point", coordinates: "25,54" }, { radius: 5 }),
      ),
    )) as FenceImportReport;
    assert.deepEqual(
      report.lines.map(({ name, result, code, path }) => [name, result, code, path].join(" ").trim()),
      [
        "Depot added",
        "Two 1 added",
        "Two 2 added",
        "Fence 3 added",
        "Fence 4 error FENCE_HOLES features[3].geometry.coordinates[1]",
        "Fence 5 error FIELD_VALUE radius",
        "Fence 6 error FENCE_CROSSING points[2]",
        "Fence 7 error GEOJSON features[6].geometry",
        "Fence 8 error GEOJSON features[7].geometry",
        "Fence 9 error GEOJSON features[8].geometry.coordinates",
      ],
    );
    const [depot, , , line] = (await it_.ask("fences")) as Fence[];
    assert.deepEqual([depot?.colour, depot?.kind], ["#aa0000", "polygon"]);
    assert.deepEqual([line?.kind, line?.kind === "corridor" && line.width], ["corridor", 100]);
    for (const data of ["{", "[1]", "5", '{"type":"FeatureCollection"}'])
      await assert.rejects(it_.ask("importFences", data), { code: "GEOJSON" });
    await rejects(it_.ask("importFences", { data: "{}", onExisting: "maybe" }), "FIELD_VALUE", "onExisting");
  });

  it("that are there already are an error, brought up to date or left, and a check changes nothing", async () => {
    await add({ id: "a" });
    const data = collection(
      feature("a", { type: "Point", coordinates: [1, 2] }, { radius: 5, name: "New" }),
      feature("b", { type: "Point", coordinates: [1, 2] }, { radius: 5 }),
      feature("b", { type: "Point", coordinates: [1, 2] }, { radius: 6 }),
    );
    const results = async (more: object) => {
      const { lines } = (await it_.ask("importFences", { data, ...more })) as FenceImportReport;
      return lines.map(({ result, code = "" }) => `${result} ${code}`.trim());
    };
    assert.deepEqual(await results({ check: true }), ["error FENCE_EXISTS", "added", "error FENCE_EXISTS"]);
    assert.deepEqual(await ids(), ["a"]);
    assert.deepEqual(await results({ onExisting: "skip" }), ["skipped", "added", "skipped"]);
    assert.deepEqual(await results({ onExisting: "update" }), ["updated", "updated", "updated"]);
    const [a, b] = (await it_.ask("fences")) as Fence[];
    assert.deepEqual([a?.name, b?.kind === "circle" && b.radius], ["New", 6]);
  });

  it("of two that are added with one id at once, one is told that it exists", async () => {
    const both = await Promise.allSettled([add({ id: "a" }), add({ id: "a" })]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
  });

  it("are read by a question, and changed by nothing that only reads", () => {
    assert.equal(readRequest("fences").reads, true);
    for (const name of ["addFence", "changeFence", "removeFence", "importFences"])
      assert.equal(readRequest(name).reads, false, name);
  });
});
