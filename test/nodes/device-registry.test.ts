import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import type { ImportReport } from "../../src/fleet/transfer";
import { imeiCheckDigit } from "../../src/model/imei";
import { helper, type Message, NodeFlow, useHelperServer } from "../support/flow";
import { useFolder } from "../support/folder";
import { decodeBytes } from "../support/globalmatix";
import { event, IMEI, OTHER, position, reading, WRONG } from "../support/registry";

const OUTPUTS = ["known", "unknown", "changes"] as const;
type Flow = NodeFlow<(typeof OUTPUTS)[number]>;

const DEVICE_CONFIG = {
  id: "vans-config",
  type: "tracker-device-config",
  name: "vans",
  inputNames: ["panic button"],
  outputNames: ["starter relay"],
};
const REGISTRY = { id: "registry", type: "tracker-registry", storage: "memory", deviceConfig: "vans-config" };

const errorOf = (messages: readonly Message[]) =>
  messages[0]?.error as { message: string; code: string; cause: { path?: string } };
const payloads = (messages: readonly Message[]) =>
  messages.map(({ payload }) => payload as Record<string, unknown>);
const changes = (messages: readonly Message[]) =>
  payloads(messages).map(({ imei, change }) => `${imei} ${change}`);

describe("device registry node", () => {
  const folder = useFolder("registry");
  useHelperServer();

  const load = (node: object = {}, registry: object = {}, others: object[] = []): Promise<Flow> =>
    NodeFlow.load("tracker-device-registry", OUTPUTS, { registry: "registry", ...node }, [
      DEVICE_CONFIG,
      { ...REGISTRY, ...registry },
      ...others,
    ]);
  const loadActive = async (node: object = {}, registry: object = {}): Promise<Flow> => {
    const flow = await load(node, registry);
    await flow.send({
      request: "register",
      payload: { imei: IMEI, name: "Van 1", plate: "B-1", state: "active" },
    });
    return flow;
  };

  it("holds unknown senders until they are activated, then lets them pass with what is known of them", async () => {
    const flow = await load();
    const now = Date.now();
    const record = reading(now, { attributes: { input1: true, output1: false }, position: position(54, 25) });
    const message = { topic: "BCE/D", location: { lat: 54, lon: 25 }, mine: { a: 1 }, _msgid: "m1" };
    assert.deepEqual(await flow.send({ ...message, payload: record }), {
      known: [],
      unknown: [],
      changes: [],
      errors: [],
    });
    const pending = payloads((await flow.send({ request: "pending" })).unknown)[0] as unknown as object[];
    assert.equal((pending[0] as { topic: string }).topic, "BCE/D");
    const activated = await flow.send({ request: "activate", payload: IMEI });
    assert.deepEqual(changes(activated.changes), [
      `${IMEI} registered`,
      `${IMEI} activated`,
      `${IMEI} undefined`,
    ]);
    const { known, changes: told } = await flow.send({ ...message, payload: record });
    assert.deepEqual(changes(told), [`${IMEI} online`]);
    assert.equal(told[0]?.topic, `trackers/${IMEI}/status`);
    assert.deepEqual(known, [
      {
        ...message,
        payload: { ...record, inputs: { "panic button": true }, outputs: { "starter relay": false } },
        device: {
          imei: IMEI,
          name: "",
          vehicle: { plate: "", vin: "" },
          group: "",
          tags: [],
          driver: "",
          deviceConfig: { name: "vans", inputs: { "1": "panic button" }, outputs: { "1": "starter relay" } },
        },
      },
    ]);
  });

  it("routes unknown and inactive devices to the second output", async () => {
    const flow = await load({ unknown: "route" });
    const record = reading(Date.now());
    const unknown = await flow.send({ payload: record, topic: "BCE/D" });
    assert.deepEqual(payloads(unknown.unknown), [record]);
    assert.equal(unknown.unknown[0]?.device, undefined);
    await flow.send({ request: "register", payload: { imei: IMEI, name: "Van 1" } });
    const inactive = await flow.send({ payload: record, topic: "BCE/D" });
    assert.equal((inactive.unknown[0]?.device as { name: string }).name, "Van 1");
    const nobody = await flow.send({ payload: { ...record, imei: null } });
    assert.equal(nobody.unknown.length, 1);
  });

  it("drops unknown devices without listing them, or activates them, where that was chosen", async () => {
    const flow = await load({ unknown: "drop" });
    assert.deepEqual((await flow.send({ payload: reading(Date.now()) })).known, []);
    assert.deepEqual((await flow.send({ payload: { ...reading(1), imei: null } })).errors, []);
    assert.deepEqual(payloads((await flow.send({ request: "pending" })).unknown), [[]]);
    const all = { registry: { unknown: "activate" } };
    const both = await flow.send({ ...all, payload: [reading(Date.now()), reading(Date.now(), {}, OTHER)] });
    assert.deepEqual(changes(both.changes).sort(), [
      `${OTHER} activated`,
      `${OTHER} online`,
      `${OTHER} registered`,
      `${IMEI} activated`,
      `${IMEI} online`,
      `${IMEI} registered`,
    ]);
    assert.equal(both.known.length, 2, "one message a device");
    const wrong = await flow.send({ ...all, payload: reading(Date.now(), {}, WRONG) });
    assert.deepEqual([wrong.known, wrong.changes], [[], []], "a wrong IMEI is for a person to decide");
    assert.equal(payloads((await flow.send({ request: "pending" })).unknown).flat().length, 1);
  });

  it("activates thousands of unknown devices at once, each once and with its records in order", async () => {
    const flow = await load({ unknown: "activate" });
    const start = Date.now() - 3_600_000;
    const devices = Array.from({ length: 2000 }, (_, n) => {
      const first14 = `35${String(n).padStart(12, "0")}`;
      return `${first14}${imeiCheckDigit(first14)}`;
    });
    const done = new Promise<void>((resolve) => {
      let left = 2 * devices.length;
      helper.getNode("completed").on("input", () => {
        if (--left === 0) resolve();
      });
    });
    for (const second of [0, 1]) {
      for (const imei of devices) flow.node.receive({ payload: reading(start + second * 1000, {}, imei) });
    }
    await done;
    const { known, changes: told, errors } = flow.take();
    assert.deepEqual(errors, []);
    assert.equal(known.length, 2 * devices.length);
    assert.ok(payloads(known).every(({ late, duplicate }) => !late && !duplicate));
    assert.equal(told.length, 3 * devices.length, "registered, activated, online");
  });

  it("leaves a device alone that somebody has deactivated meanwhile", async () => {
    const flow = await load({ unknown: "activate" });
    await flow.send({ request: "register", payload: { imei: IMEI, state: "deactivated" } });
    assert.deepEqual((await flow.send({ payload: reading(Date.now()) })).known, []);
    const { known } = await flow.send({ request: "get", payload: IMEI });
    assert.equal((payloads(known)[0]?.device as { state: string }).state, "deactivated");
  });

  it("gives each of two nodes on one registry every record, and each only once", async () => {
    const second = {
      id: "second",
      z: "tab",
      type: "tracker-device-registry",
      registry: "registry",
      wires: [["second-known"], [], []],
    };
    const flow = await load({}, {}, [second, { id: "second-known", z: "tab", type: "helper" }]);
    await flow.send({ request: "register", payload: { imei: IMEI, state: "active" } });
    const got: Message[] = [];
    helper.getNode("second-known").on("input", (message: Message) => got.push(message));
    const upload = Array.from({ length: 13 }, (_, n) => reading(Date.now() - (13 - n) * 1000));
    const old = reading(Date.now() - 86_400_000);
    const answered = () =>
      new Promise<void>((resolve) => helper.getNode("completed").once("input", () => resolve()));
    for (const turn of [1, 2]) {
      const first: Message[] = [];
      for (const payload of [...upload, old]) first.push(...(await flow.send({ payload })).known);
      const last = answered();
      for (const payload of [...upload, old]) helper.getNode("second").receive({ payload });
      flow.node.receive({ request: "list" });
      await last;
      const marks = (messages: Message[]) => payloads(messages).map(({ late }) => late === true);
      const expected = turn === 1 ? [...upload.map(() => false), true] : [];
      assert.deepEqual([marks(first), marks(got.splice(0))], [expected, expected]);
    }
    const { live } = payloads((await flow.send({ request: "get", payload: IMEI })).known)[0] as {
      live: { counters: object };
    };
    assert.deepEqual(live.counters, { records: 42, late: 1, duplicates: 28, future: 0 });
  });

  it("answers with copies: what a flow does with them changes nothing here", async () => {
    const flow = await loadActive();
    await flow.send({ payload: reading(Date.now(), { position: position(54, 25) }) });
    await flow.send({ payload: event(Date.now(), 1, "FT2P") });
    await flow.send({ payload: reading(Date.now(), { position: position(54, 25) }, OTHER) });
    const spoil = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        spoil(inner);
        (value as Record<string, unknown>)[key] = "spoiled";
      }
    };
    for (const [command, payload] of [
      ["get", IMEI],
      ["get", OTHER],
      ["list", undefined],
      ["pending", undefined],
      ["update", { imei: IMEI, tags: ["a"] }],
      ["ignore", OTHER],
    ] as const) {
      for (const messages of Object.values(await flow.send({ request: command, payload }))) {
        for (const message of messages) spoil(message.payload);
      }
    }
    const { known } = await flow.send({ payload: reading(Date.now() + 1) });
    spoil(known[0]?.device);
    const after = [
      await flow.send({ request: "get", payload: IMEI }),
      await flow.send({ request: "get", payload: OTHER }),
    ];
    assert.ok(!JSON.stringify(after.map((got) => payloads(got.known))).includes("spoiled"));
  });

  it("finds a device config by its name, unless two have it", async () => {
    const lorries = { ...DEVICE_CONFIG, id: "lorries-config", name: "lorries", inputNames: ["tail lift"] };
    const twins = ["a-config", "b-config"].map((id) => ({ ...DEVICE_CONFIG, id, name: "twins" }));
    const flow = await load({}, {}, [lorries, ...twins]);
    await flow.send({
      request: "register",
      payload: { imei: IMEI, state: "active", deviceConfig: "lorries" },
    });
    const { known } = await flow.send({ payload: reading(Date.now(), { attributes: { input1: true } }) });
    assert.deepEqual(payloads(known)[0]?.inputs, { "tail lift": true });
    const { errors } = await flow.send({ request: "update", payload: { imei: IMEI, deviceConfig: "twins" } });
    assert.equal(errorOf(errors).code, "DEVICE_CONFIG_UNKNOWN");
    const csv = await flow.send({ request: "export" });
    assert.match(String(csv.known[0]?.payload), /,active,lorries,/);
  });

  it("takes no harm from records that no decoder makes", async () => {
    const flow = await loadActive();
    const code = async (payload: unknown) => {
      const { errors } = await flow.send({ payload });
      return errors.length === 0 ? "passed" : errorOf(errors).code;
    };
    const now = Date.now();
    assert.equal(
      await code({ ...reading(now), attributes: { a: () => 1, b: Symbol("x"), c: Number.NaN } }),
      "passed",
    );
    assert.equal(await code({ ...reading(now), attributes: { a: 1n } }), "NOT_A_RECORD");
    assert.equal(await code({ ...event(now, 1), event: { code: () => 1, text: {} } }), "passed");
    assert.equal(await code({ ...reading(now, {}, OTHER), protocol: () => 1 }), "passed");
    assert.equal(await code({ ...reading(now), kind: "file", data: new Uint16Array([1]) }), "passed");
    await helper.unload();
    const file = join(folder(), "harmless.sqlite");
    const again = await loadActive({}, { storage: "file", file });
    await again.send({ payload: { ...reading(now), attributes: { a: () => 1, ignition: true } } });
    await again.send({ payload: { ...event(now, 1), event: { code: () => 1, text: {} } } });
    await again.send({ payload: { ...reading(now, {}, OTHER), protocol: () => 1 } });
    await helper.unload();
    const third = await load({}, { storage: "file", file });
    const { live } = payloads((await third.send({ request: "get", payload: IMEI })).known)[0] as {
      live: { attributes: { key: string }[] };
    };
    assert.deepEqual(
      live.attributes.map(({ key }) => key),
      ["ignition"],
    );
  });

  it("passes each record once when an upload comes twice, and marks it where asked to", async () => {
    const flow = await loadActive();
    const upload = Array.from({ length: 13 }, (_, n) => reading(Date.now() - (13 - n) * 60_000));
    assert.equal(
      (payloads((await flow.send({ payload: upload })).known)[0] as unknown as object[]).length,
      13,
    );
    assert.deepEqual((await flow.send({ payload: upload })).known, []);
    const marked = await flow.send({ payload: upload, registry: { duplicates: "mark" } });
    const records = payloads(marked.known)[0] as unknown as { duplicate?: boolean }[];
    assert.ok(records.length === 13 && records.every(({ duplicate }) => duplicate));
  });

  it("knows a reading again by another field map, and lets nobody's identity count for another device", async () => {
    const flow = await loadActive({}, { deviceConfig: "" });
    await flow.send({ request: "register", payload: { imei: OTHER, name: "Van 2", state: "active" } });
    const sent = Buffer.from(JSON.stringify({ imei: IMEI, ts: Math.floor(Date.now() / 1000), tank: 71 }));
    const [first] = decodeBytes(sent).records;
    const [renamed] = decodeBytes(sent, { rules: [{ from: "tank", to: "fuelLevel" }] }).records;
    assert.ok(first !== undefined && renamed !== undefined);
    assert.notDeepEqual(first, renamed);
    const marksOf = async (payload: object) => {
      const { known, errors } = await flow.send({ payload, registry: { duplicates: "mark" } });
      assert.deepEqual(errors, []);
      return payloads(known).map(({ duplicate }) => duplicate);
    };
    assert.deepEqual(await marksOf(first), [undefined]);
    assert.deepEqual(await marksOf(JSON.parse(JSON.stringify(renamed))), [true]);
    const forged = { ...first, imei: OTHER };
    assert.deepEqual(await marksOf(forged), [undefined], "of another device");
    const { identity: _, ...own } = forged;
    assert.deepEqual(await marksOf({ ...own, identity: { odd: 1 } }), [undefined], "by all that it has");
    assert.deepEqual(await marksOf({ ...own, identity: 7 }), [true]);
  });

  it("yesterday's history after today's passes as late and leaves the state right", async () => {
    const flow = await loadActive();
    const today = Date.now();
    const yesterday = today - 86_400_000;
    await flow.send({
      payload: reading(today, { position: position(54, 25, 40), attributes: { fuelLevel: 50 } }),
    });
    for (let n = 0; n < 20; n++) {
      const history = reading(yesterday + n * 1000, {
        position: position(1, 1),
        attributes: { fuelLevel: 80 },
      });
      const { known } = await flow.send({ payload: history });
      assert.equal(payloads(known)[0]?.late, true);
    }
    const { known } = await flow.send({ request: "get", payload: IMEI });
    const { live } = payloads(known)[0] as { live: { position: { latitude: number }; attributes: object[] } };
    assert.equal(live.position.latitude, 54);
    assert.deepEqual(live.attributes, [{ key: "fuelLevel", value: 50, time: today }]);
  });

  it("gives a location only to news: history behind it makes no geofence see a crossing", async () => {
    const flow = await loadActive();
    const now = Date.now();
    const frames = [
      [55.0, 60],
      [50.1, 7200],
      [50.2, 7100],
      [55.1, 30],
      [50.3, 7000],
      [55.2, 0],
      [50.4, 6900],
    ] as const;
    const seen = async (options: object) => {
      const latitudes: unknown[] = [];
      for (const [lat, ago] of frames) {
        const record = reading(now - ago * 1000, { position: position(lat, 25) });
        const { known } = await flow.send({ payload: record, location: { lat, lon: 25 }, ...options });
        latitudes.push((known[0] as { location?: { lat: number } }).location?.lat);
      }
      return latitudes;
    };
    const { known } = await flow.send({ payload: reading(now - 90_000), location: { lat: 1, lon: 2 } });
    assert.deepEqual((known[0] as { location?: object }).location, { lat: 1, lon: 2 });
    const none = undefined;
    assert.deepEqual(await seen({}), [55, none, none, 55.1, none, 55.2, none]);
    const repeated = { registry: { duplicates: "mark" } };
    assert.deepEqual(
      await seen(repeated),
      frames.map(() => none),
    );
    const all = { registry: { duplicates: "mark", locations: "all" } };
    assert.deepEqual(
      await seen(all),
      frames.map(([lat]) => lat),
    );
    const overtaken = { ...event(now - 5000, 1), position: position(55.1, 25) };
    const late = (await flow.send({ payload: overtaken, location: { lat: 55.1, lon: 25 } })).known[0];
    assert.equal((late as { location?: object }).location, none);
  });

  it("takes records of several devices in one list, and what is wrong among them costs nothing else", async () => {
    const flow = await loadActive();
    await flow.send({ request: "activate", payload: IMEI });
    await flow.send({ request: "register", payload: { imei: OTHER, state: "active" } });
    const now = Date.now();
    const list = [reading(now), { kind: "nonsense" }, reading(now, {}, OTHER), event(now, 1)];
    const { known, errors } = await flow.send({ payload: list, keep: {} });
    assert.deepEqual(
      known.map(({ payload }) => (payload as { imei: string }[]).map(({ imei }) => imei)),
      [[IMEI, IMEI], [OTHER]],
    );
    assert.notEqual(known[0]?.keep, known[1]?.keep, "each message has its own copy");
    assert.equal(errorOf(errors).code, "NOT_A_RECORD");
  });

  it("sends every refused request and every wrong message to a Catch node", async () => {
    const flow = await loadActive();
    const refused = async (message: object) => {
      const { known, unknown, changes: told, errors } = await flow.send(message);
      assert.deepEqual([known, unknown, told], [[], [], []]);
      return `${errorOf(errors).code} ${errorOf(errors).cause.path}`;
    };
    assert.equal(await refused({ request: "register", payload: WRONG }), "IMEI_CHECK_DIGIT imei");
    assert.equal(await refused({ request: "register", payload: IMEI }), "DEVICE_EXISTS imei");
    assert.equal(await refused({ request: "fly", payload: IMEI }), "REQUEST_UNKNOWN msg.request");
    assert.equal(await refused({ request: { toString: null } }), "REQUEST_UNKNOWN msg.request");
    assert.equal(await refused({ payload: "hello" }), "NOT_A_RECORD msg.payload");
    assert.equal(await refused({}), "NOT_A_RECORD msg.payload");
    assert.equal(await refused({ payload: { ...reading(1), time: "now" } }), "NOT_A_RECORD msg.payload");
    for (const imei of ["", "a/b", "+", " 1", 7]) {
      assert.equal(await refused({ payload: { ...reading(1), imei } }), "NOT_A_RECORD msg.payload");
    }
    assert.equal(await refused({ payload: { ...reading(1), imei: null } }), "IMEI_MISSING msg.payload.imei");
    assert.equal(await refused({ payload: reading(1), registry: 7 }), "OPTION msg.registry");
    assert.equal(
      await refused({ payload: reading(1), registry: { unknown: 1 } }),
      "OPTION msg.registry.unknown",
    );
    assert.equal(await refused({ payload: reading(1), registry: { x: 1 } }), "OPTION msg.registry.x");
  });

  it("imports a list, answers with a report and tells what became of each", async () => {
    const flow = await load();
    const { changes: told } = await flow.send({
      request: "import",
      payload: `imei;name\n${IMEI};a\n${WRONG};b`,
    });
    const [registered, report] = told;
    assert.equal((registered?.device as { name: string }).name, "a");
    assert.deepEqual((report?.payload as ImportReport).failed, 1);
    assert.equal(report?.request, "import");
  });

  it("tells offline once, after the time that the device config gives", async () => {
    const flow = await NodeFlow.load("tracker-device-registry", OUTPUTS, { registry: "registry" }, [
      { ...REGISTRY, offlineAfter: "600" },
      { ...DEVICE_CONFIG, offlineAfter: "0.001" },
    ]);
    await flow.send({ request: "register", payload: { imei: IMEI, state: "active" } });
    const offline = new Promise<void>((resolve) =>
      helper.getNode("changes").on("input", (message: Message) => {
        if (changes([message])[0] === `${IMEI} offline`) resolve();
      }),
    );
    const { changes: online } = await flow.send({ payload: reading(Date.now()) });
    assert.deepEqual(changes(online), [`${IMEI} online`]);
    await offline;
  });

  it("keeps devices over a redeploy, in a file", async () => {
    const file = join(folder(), "kept.sqlite");
    const flow = await loadActive({}, { storage: "file", file });
    await flow.send({ payload: reading(Date.now(), { attributes: { ignition: true } }) });
    await helper.unload();
    const again = await load({}, { storage: "file", file });
    const { known } = await again.send({ request: "get", payload: IMEI });
    const details = payloads(known)[0] as { device: { name: string }; live: { attributes: object[] } };
    assert.equal(details.device.name, "Van 1");
    assert.equal(details.live.attributes.length, 1);
    assert.deepEqual((await again.send({ payload: reading(1) })).known.length, 1);
  });

  it("two registries on one file: the second says so, and the first works on", async () => {
    const file = join(folder(), "shared.sqlite");
    const flow = await load({}, { storage: "file", file });
    await flow.send({ request: "register", payload: IMEI });
    await helper.unload();
    const second = { id: "second", z: "tab", type: "tracker-device-registry", registry: "rival", wires: [] };
    const both = await load({}, { storage: "file", file }, [
      { ...REGISTRY, id: "rival", storage: "file", file },
      second,
    ]);
    const mine = await both.send({ request: "list" });
    assert.deepEqual(mine.errors, []);
    assert.equal(payloads(mine.known).flat().length, 1);
    const caught = once(helper.getNode("errors"), "input");
    helper.getNode("second").receive({ request: "list" });
    const [error] = (await caught) as [Message];
    assert.equal(errorOf([error]).code, "STORE_LOCKED");
    assert.match(errorOf([error]).message, /shared\.sqlite/);
  });

  it("a folder that cannot be written: Catch and status say so", async () => {
    const flow = await load({}, { storage: "file", file: "/proc/self/none/trackers.sqlite" });
    const { errors } = await flow.send({ payload: reading(Date.now()) });
    assert.equal(errorOf(errors).code, "STORE_READ_ONLY");
    const status = await new Promise<{ fill: string; text: string }>((resolve) =>
      flow.node.once("call:status", (call: { args: [{ fill: string; text: string }] }) =>
        resolve(call.args[0]),
      ),
    );
    assert.equal(status.fill, "red");
  });

  it("without a registry, or with a wrong one, messages go to Catch", async () => {
    const refused = async (node: object, registry: object = {}) => {
      const flow = await load(node, registry);
      const { errors } = await flow.send({ payload: reading(1) });
      await helper.unload();
      return errorOf(errors).message;
    };
    assert.match(await refused({ registry: "" }), /^REGISTRY: no tracker registry is chosen/);
    assert.match(await refused({ registry: "vans-config" }), /^REGISTRY: the tracker registry is missing/);
    assert.match(
      await refused({}, { offlineAfter: "soon" }),
      /^REGISTRY: the tracker registry is wrong: "soon" is not/,
    );
    assert.match(await refused({ unknown: "eat" }), /^OPTION: "eat" is not one of/);
  });
});
