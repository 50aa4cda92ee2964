import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryNode } from "../../nodes/runtime/registry-node";
import { type HistoryImportReport, IMPORT_BYTES } from "../../src/fleet/history-import";
import { MAX_BYTES } from "../../src/inbox/inbox";
import { Days, dayAfter, systemTimeZone } from "../../src/model/days";
import { helper, NodeFlow, useHelperServer } from "../support/flow";
import { useFolder } from "../support/folder";
import { nodeRedRequire } from "../support/node-red";
import { IMEI, OTHER, position, reading, WRONG } from "../support/registry";

const BASE = "/trackers/registry";

interface Overview {
  readonly registries: {
    id: string;
    ready: boolean;
    kind: string;
    counts: object;
    problem?: { code: string };
    notice?: { code: string; message: string };
  }[];
}

describe("tracker registry node", () => {
  const folder = useFolder("registry");
  useHelperServer();

  const load = (registry: object = { storage: "memory" }) =>
    NodeFlow.load("tracker-device-registry", ["known", "unknown", "changes"], { registry: "registry" }, [
      { id: "registry", type: "tracker-registry", ...registry },
    ]);
  const get = async (path: string) => {
    const { status, body } = await helper.request().get(`${BASE}${path}`);
    return { status, body: body as Record<string, unknown> };
  };
  const post = async (path: string, sent: object | string, type = "application/json") => {
    const { status, body } = await helper
      .request()
      .post(`${BASE}/registry/${path}`)
      .set("Content-Type", type)
      .send(typeof sent === "string" ? sent : JSON.stringify(sent));
    return { status, body: body as Record<string, unknown> };
  };

  it("tells the sidebar what there is, and only what changed", async () => {
    const flow = await load();
    const empty = (await get("/registry/rows")).body as { epoch: string; revision: number; rows: object[] };
    assert.deepEqual(empty.rows, []);
    const registered = await post("request", {
      request: "register",
      payload: { imei: IMEI, state: "active" },
    });
    assert.equal((registered.body.payload as { imei: string }).imei, IMEI);
    await flow.send({ payload: reading(Date.now(), {}, OTHER), topic: "BCE/D" });
    const news = (await get(`/registry/rows?epoch=${empty.epoch}&since=${empty.revision}`)).body;
    assert.equal(news.full, false);
    assert.deepEqual(
      (news.rows as { imei: string; status: string }[]).map(({ imei, status }) => [imei, status]),
      [
        [IMEI, "waiting"],
        [OTHER, "pending"],
      ],
    );
    for (const query of [
      "?epoch=other&since=0",
      `?epoch=${empty.epoch}&since=-1`,
      `?epoch=${empty.epoch}`,
      "?since=1",
    ]) {
      assert.equal((await get(`/registry/rows${query}`)).body.full, true, query);
    }
    const { registries } = (await get("")).body as unknown as Overview;
    assert.deepEqual(registries, [
      {
        id: "registry",
        name: "",
        kind: "memory",
        deviceConfig: "",
        timeZone: systemTimeZone(),
        ready: true,
        counts: { devices: 1, active: 1, online: 0, pending: 1 },
      },
    ]);
    assert.equal((await get(`/registry/devices/${OTHER}`)).body.kind, "pending");
    const csv = await post("query", { request: "export", payload: {} });
    assert.match(String(csv.body.payload), new RegExp(`\\r\\n${IMEI},`));
  });

  it("answers errors as JSON with a code", async () => {
    await load();
    const code = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
      `${status} ${body.code}`;
    assert.equal(code(await get(`/registry/devices/${IMEI}`)), "404 DEVICE_UNKNOWN");
    assert.equal(code(await get("/registry/devices/constructor")), "404 DEVICE_UNKNOWN");
    assert.equal(code(await get("/node/rows")), "404 NOT_FOUND");
    assert.equal(code(await get("/none/rows")), "404 NOT_FOUND");
    const wrong = await post("request", { request: "register", payload: { imei: WRONG } });
    assert.equal(code(wrong), "400 IMEI_CHECK_DIGIT");
    assert.equal(wrong.body.path, "imei");
    await post("request", { request: "register", payload: IMEI });
    assert.equal(code(await post("request", { request: "register", payload: IMEI })), "409 DEVICE_EXISTS");
    assert.equal(code(await post("request", { request: "fly" })), "400 REQUEST_UNKNOWN");
    assert.equal(code(await post("request", {})), "400 REQUEST_UNKNOWN");
    for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
      const form = await post("request", `request=remove&payload=${IMEI}`, type);
      assert.equal(code(form), "415 CONTENT_TYPE");
    }
    for (const command of [
      "register",
      "update",
      "activate",
      "deactivate",
      "remove",
      "removeHistory",
      "importHistory",
      "ignore",
      "import",
      "addFence",
      "changeFence",
      "removeFence",
      "importFences",
    ]) {
      assert.equal(code(await post("query", { request: command, payload: IMEI })), "403 FORBIDDEN", command);
    }
  });

  it("shows the built-in broker the device configs that are deployed, and tells of every deploy", async () => {
    const config = { type: "tracker-device-config", z: "" };
    await NodeFlow.load(
      "tracker-device-registry",
      ["known", "unknown", "changes"],
      { registry: "registry" },
      [
        { id: "registry", type: "tracker-registry", storage: "memory", deviceConfig: "bce" },
        { ...config, id: "bce", name: "vans", topics: { telemetry: "fleet/%IMEI%" } },
        { ...config, id: "cloud-id", name: "cloud", protocol: "globalmatix" },
      ],
      { bce: { password: "shared" }, "cloud-id": { user: "u", password: "p" } },
    );
    const { life } = helper.getNode("registry") as unknown as RegistryNode;
    assert.ok(life);
    await life.ready();
    await post("request", { request: "register", payload: { imei: IMEI, state: "active" } });
    const { directory } = life;
    assert.deepEqual(directory.device(IMEI)?.shared, { user: "bce_device", password: "shared" });
    assert.equal(directory.device(IMEI)?.topics.telemetry, "fleet/%IMEI%");
    assert.deepEqual(
      directory.gateways().map(({ deviceConfig, login }) => [deviceConfig, login]),
      [["cloud-id", { user: "u", password: "p" }]],
    );
    const told: string[] = [];
    directory.onChange((imei) => told.push(imei));
    await post("request", { request: "update", payload: { imei: IMEI, name: "new" } });
    assert.deepEqual(told, [IMEI]);
    nodeRedRequire("node-red").events.emit("flows:started", {});
    assert.deepEqual(told, [IMEI, IMEI]);
    const shown = [await get(""), await get("/registry/rows"), await get(`/registry/devices/${IMEI}`)];
    assert.ok(!JSON.stringify(shown).includes("shared"));
    await helper.unload();
    assert.equal(directory.ready, false);
    nodeRedRequire("node-red").events.emit("flows:started", {});
    assert.equal(told.length, 2);
  });

  it("makes room early where many messages wait to be deleted", async () => {
    await load({ storage: "memory", saveEvery: "3600" });
    const { life } = helper.getNode("registry") as unknown as RegistryNode;
    const registry = await life?.ready();
    const payload = new Uint8Array(MAX_BYTES / 3);
    const message = await registry?.inbox.keep({ client: IMEI, topic: "t", payload, receivedAt: 0 });
    assert.ok(registry && message);
    registry.inbox.deliver(message);
    assert.equal(registry.inbox.isCrowded, true);
    await new Promise<void>((resolve) => {
      const stop = life?.onTick.add(() => {
        if (registry.inbox.isCrowded) return;
        stop?.();
        resolve();
      });
    });
  });

  it("puts a damaged file aside, says so, and starts anew", async () => {
    const file = join(folder(), "damaged.sqlite");
    await writeFile(file, "this is no database at all, although it is long enough".repeat(100));
    const flow = await load({ file });
    assert.deepEqual((await flow.send({ request: "list" })).known[0]?.payload, []);
    const { registries } = (await get("")).body as unknown as Overview;
    assert.equal(registries[0]?.notice?.code, "STORE_DAMAGED");
    assert.match(registries[0]?.notice?.message ?? "", /damaged\.sqlite\.damaged-\d{4}-/);
    assert.equal(
      (await readdir(folder())).filter((name) => name.startsWith("damaged.sqlite.damaged-")).length,
      1,
    );
  });

  it("keeps the history of a device over a restart, and gives it in every format", async () => {
    const file = join(folder(), "kept.sqlite");
    const now = Date.now();
    const flow = await load({ file });
    await flow.send({ request: "register", payload: { imei: IMEI, state: "active" } });
    for (const time of [now - 2000, now - 3000, now - 2000])
      await flow.send({ payload: reading(time, { position: position(54, 25) }), topic: "BCE/D" });
    await helper.unload();
    const again = await load({ file });
    await again.send({ payload: reading(now - 1000), topic: "BCE/D" });
    await again.send({ payload: reading(now - 3000, { position: position(54, 25) }), topic: "BCE/D" });
    const answer = (await again.send({ request: "history", payload: IMEI })).known[0]?.payload as {
      records: { time: number }[];
    };
    const times = [now - 3000, now - 2000, now - 1000];
    assert.deepEqual(
      answer.records.map(({ time }) => time),
      times,
    );
    const path = `/registry/devices/${IMEI}/history`;
    const listed = (await get(path)).body as unknown as { time: number }[];
    assert.deepEqual(
      listed.map(({ time }) => time),
      times,
    );
    const part = (await get(`${path}?from=${now - 2000}&to=${now - 2000}`)).body;
    assert.deepEqual((part as unknown as object[]).length, 1);
    for (const [format, type, content] of [
      ["geojson", "application/geo+json", /"coordinates":\[25,54,100\]/],
      ["gpx", "application/gpx+xml", /<trkpt lat="54" lon="25">/],
      ["kml", "application/vnd.google-earth.kml+xml", /<gx:coord>25 54 100<\/gx:coord>/],
      ["csv", "text/csv; charset=utf-8", /,54,25,/],
    ] as const) {
      const { headers, body } = await helper
        .request()
        .get(`${BASE}${path}?format=${format}`)
        .responseType("blob");
      assert.equal(headers["content-type"], type);
      assert.equal(headers["content-disposition"], `attachment; filename="${IMEI}.${format}"`);
      assert.match(Buffer.from(body).toString(), content);
    }
    const where = encodeURIComponent(JSON.stringify([{ path: "position.speed", is: "=", value: 0 }]));
    const few = (await get(`${path}?where=${where}&paths=position.speed&every=100000000&access_token=x`))
      .body;
    assert.deepEqual(
      (few as unknown as { position: object }[]).map(({ position }) => position),
      [{ speed: 0 }],
    );
    assert.equal((await get(`${path}?constructor=1`)).body.path, "constructor");
    const whole = await post("query", { request: "history", payload: { imei: IMEI, stream: true } });
    assert.deepEqual([whole.status, whole.body.path], [400, "stream"]);
    const wrong = await get(`${path}?format=shp`);
    assert.deepEqual([wrong.status, wrong.body.code, wrong.body.path], [400, "FIELD_VALUE", "format"]);
    assert.equal((await get(`/registry/devices/${OTHER}/history`)).status, 404);
    await again.send({ request: "remove", payload: IMEI });
    assert.equal((await get(path)).status, 404);
  });

  it("keeps history as long as it is set, in days of its time zone", async () => {
    const file = join(folder(), "days.sqlite");
    const timeZone = "Pacific/Auckland";
    const flow = await load({ file, timeZone });
    await flow.send({ request: "register", payload: { imei: IMEI, state: "active" } });
    const days = new Days(timeZone);
    const day = dayAfter(days.of(Date.now()), -4);
    const { from, to } = days.span(day);
    for (const time of [from - 1, from, to, to + 1])
      await flow.send({ payload: reading(time), topic: "BCE/D" });
    const path = `/registry/devices/${IMEI}/history`;
    const timesOf = (body: unknown) => (body as { time: number }[]).map(({ time }) => time);
    assert.deepEqual(timesOf((await get(`${path}?day=${day}`)).body), [from, to]);
    const { known } = await flow.send({ request: "history", payload: { imei: IMEI, day } });
    assert.deepEqual(timesOf((known[0]?.payload as { records: object }).records), [from, to]);
    await flow.send({ payload: reading(Date.now()), topic: "BCE/D" });
    await helper.unload();
    await load({ file, historyDays: "0.5" });
    assert.deepEqual(
      ((await get("")).body as unknown as { registries: { timeZone: string }[] }).registries[0]?.timeZone,
      systemTimeZone(),
    );
    assert.deepEqual(
      timesOf((await get(`${path}?day=${day}`)).body),
      [],
      "what is older is deleted at the start",
    );
    assert.equal(timesOf((await get(path)).body).length, 1);
  });

  it("takes a file of old data for a device, as the sidebar sends it", async () => {
    await load();
    await post("request", { request: "register", payload: { imei: IMEI } });
    const path = `devices/${IMEI}/history`;
    const time = new Date(Date.now() - 60_000).toISOString();
    const file = `Zeit;Breite;L\xe4nge\n${time};54,5;25\n${time};x;25\n`;
    const sent = (type: string, data: Buffer, imei = IMEI) =>
      helper
        .request()
        .post(`${BASE}/registry/devices/${imei}/history`)
        .set("Content-Type", type)
        .send(data as unknown as string);
    const { body, status } = await sent("application/octet-stream", Buffer.from(file, "latin1"));
    const { added, failed, lines } = body as HistoryImportReport;
    assert.deepEqual([status, added, failed, lines[0]?.line], [200, 1, 1, 3]);
    assert.equal(((await get(`/registry/${path}`)).body as unknown as object[]).length, 1);
    assert.equal((await sent("text/plain", Buffer.from(file))).status, 415);
    assert.equal((await sent("application/octet-stream", Buffer.from(file), OTHER)).status, 404);
    assert.equal((await sent("application/octet-stream", Buffer.alloc(IMPORT_BYTES + 1, 32))).status, 413);
  });

  it("gives long answers in messages that a Join node puts together", async () => {
    const flow = await load();
    await flow.send({ request: "register", payload: { imei: IMEI, state: "active" } });
    const now = Date.now();
    for (const n of [3, 2, 1]) await flow.send({ payload: reading(now - n * 1000), topic: "BCE/D" });
    const { known } = await flow.send({
      request: "history",
      payload: { imei: IMEI, stream: true },
      topic: "mine",
    });
    assert.ok(known.length > 0);
    known.forEach((message, index) => {
      const { id, count, ...parts } = message.parts as { id: string; count?: number };
      assert.equal(typeof id, "string");
      assert.deepEqual(parts, { type: "array", index, len: 2 });
      assert.equal(count, index === known.length - 1 ? known.length : undefined);
      assert.equal(message.topic, "mine");
    });
    assert.equal(known.at(-1)?.progress, 1);
    assert.equal((known.flatMap(({ payload }) => payload) as object[]).length, 3);
    const text = await flow.send({
      request: "history",
      payload: { imei: IMEI, stream: true, format: "csv" },
    });
    assert.equal(
      text.known
        .map(({ payload }) => payload)
        .join("")
        .trim()
        .split("\r\n").length,
      4,
    );
    assert.deepEqual(
      text.known.map(({ parts }) => (parts as { ch: string }).ch),
      text.known.map(() => ""),
    );
  });

  it("writes history as often as it is set", async () => {
    await load({ storage: "memory", historyEvery: 0.01 });
    const { life } = helper.getNode("registry") as unknown as RegistryNode;
    const { store } = (await life?.ready())?.history.asked ?? assert.fail();
    await new Promise<void>((resolve) => {
      store.commit = async () => resolve();
    });
  });

  it("says in the status that history is the last hour, where it is kept in memory", async () => {
    const text = (status: { args: [{ text: string }] }) => status.args[0].text;
    const seen = async (registry: object) => {
      const flow = await load(registry);
      const told = new Promise<string>((resolve) => {
        flow.node.on("call:status", (call: { args: [{ text: string }] }) => {
          if (text(call).includes("online")) resolve(text(call));
        });
      });
      const said = await told;
      await helper.unload();
      return said;
    };
    assert.match(await seen({ storage: "memory" }), / · history 1 hour$/);
    assert.doesNotMatch(await seen({ file: join(folder(), "status.sqlite") }), /history/);
  });

  it("refuses settings of history that nobody can mean", async () => {
    for (const [name, value] of [
      ["historyDays", 0],
      ["historySize", "much"],
      ["historyEvery", 601],
      ["historyThinAfter", -1],
      ["timeZone", "Europe/Nowhere"],
    ] as const) {
      await load({ storage: "memory", [name]: value });
      const [registry] = ((await get("")).body as unknown as Overview).registries;
      assert.equal(registry?.problem?.code, "OPTION", name);
      await helper.unload();
    }
  });

  it("works where its history cannot be opened, and says so", async () => {
    const file = join(folder(), "alone.sqlite");
    await mkdir(`${file}-history.sqlite`);
    const flow = await load({ file });
    await flow.send({ request: "register", payload: { imei: IMEI, state: "active" } });
    const { known } = await flow.send({ payload: reading(Date.now()), topic: "BCE/D" });
    assert.equal(known.length, 1);
    const [registry] = ((await get("")).body as unknown as Overview).registries;
    assert.equal(registry?.problem, undefined);
    assert.match(registry?.notice?.message ?? "", /^history cannot be written: /);
  });

  it("says what keeps it from opening", async () => {
    const flow = await load({ file: "/proc/self/none/trackers.sqlite" });
    await flow.send({ request: "list" });
    const { registries } = (await get("")).body as unknown as Overview;
    assert.deepEqual([registries[0]?.ready, registries[0]?.problem?.code], [false, "STORE_READ_ONLY"]);
    const rows = await get("/registry/rows");
    assert.deepEqual([rows.status, rows.body.code], [503, "STORE_READ_ONLY"]);
    await helper.unload();
    await load({ storage: "cloud" });
    const refused = await get("/registry/rows");
    assert.deepEqual([refused.status, refused.body.code], [400, "OPTION"]);
    assert.equal(((await get("")).body as unknown as Overview).registries[0]?.problem?.code, "OPTION");
  });
});
