import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, FleetConnections } from "../../nodes/simulator/connections";
import { listen } from "../../scripts/ports";
import type { Telemetry } from "../../src/model/message";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { encodeCommand } from "../../src/protocols/iotm/output-control";
import { imeiOf } from "../../src/simulator/plan";
import { type FlowNode, helper, type Message, NodeFlow } from "../support/flow";

type SimulatorFlow = NodeFlow<"out">;

const load = (config: object = {}, others: object[] = [], credentials: object = {}): Promise<SimulatorFlow> =>
  NodeFlow.load("tracker-simulator", ["out"], { seed: "test", ...config }, others, credentials);

interface Statuses extends FlowNode {
  status: { readonly args: [{ fill?: string; shape?: string; text?: string }][] };
}
/** The last status that a node has shown. */
const shown = () => (helper.getNode("node") as Statuses).status.args.at(-1)?.[0];
/** Waits until a node shows a status that fits. */
const shows = (wanted: RegExp): Promise<void> =>
  new Promise((resolve) => {
    const node = helper.getNode("node");
    const look = () => {
      if (!wanted.test(shown()?.text ?? "")) return;
      node.off("call:status", look);
      resolve();
    };
    node.on("call:status", look);
    look();
  });
/** The next message out of the simulator that fits. */
const next = (fits: (message: Message) => boolean = () => true): Promise<Message> =>
  new Promise((resolve) => {
    const out = helper.getNode("out");
    const look = (message: Message) => {
      if (!fits(message)) return;
      out.off("input", look);
      resolve(message);
    };
    out.on("input", look);
  });
const decoded = ({ payload }: Message): Telemetry => {
  const { records, error, warnings } = decodePayload(payload as Buffer, { receivedAt: 0 });
  assert.deepEqual([error, warnings], [undefined, []]);
  return records[0] as Telemetry;
};
const codeOf = async (flow: SimulatorFlow, message: object): Promise<unknown> => {
  const { errors } = await flow.send(message);
  return (errors[0]?.error as { code?: unknown } | undefined)?.code;
};

const createAedes = async () => {
  const { Aedes } = await import("aedes");
  return Aedes.createBroker();
};

describe("tracker simulator node", () => {
  before(() => helper.startServer());
  after(() => helper.stopServer());
  afterEach(() => helper.unload());

  it("starts by itself and sends what mqtt out takes", async () => {
    await load({ car: 2, interval: 1 });
    const message = await next();
    assert.deepEqual([message.topic, message.qos, message.retain], ["BCE/D", 1, false]);
    assert.ok(Buffer.isBuffer(message.payload) && typeof message._msgid === "string");
    assert.ok([imeiOf("car", 1), imeiOf("car", 2)].includes(String(decoded(message).imei)));
    assert.ok(Math.abs(decoded(message).time - Date.now()) < 5000);
    await shows(/^2 devices · \d+\.\d\/s$/);
    assert.equal(shown()?.fill, "green");
  });

  it("uses the topics of its device configs, and JSON for an xTCU", async () => {
    const config = { type: "tracker-device-config", z: "" };
    await load({ car: 1, xtcu: 1, interval: 1, device: "vans", deviceGlobalmatix: "cloud" }, [
      { ...config, id: "vans", topics: { telemetry: "my/%IMEI%/D" } },
      { ...config, id: "cloud", protocol: "globalmatix", topics: { telemetry: "my/cloud" } },
    ]);
    const [car, xtcu] = await Promise.all([
      next(({ topic }) => topic === `my/${imeiOf("car", 1)}/D`),
      next(({ topic }) => topic === "my/cloud"),
    ]);
    assert.equal(decoded(car).imei, imeiOf("car", 1));
    assert.equal(JSON.parse(String(xtcu.payload)).imei, imeiOf("xtcu", 1));
  });

  it("waits for start where it is told so, and stops", async () => {
    const flow = await load({ car: 1, interval: 1, autostart: false });
    await shows(/^stopped$/);
    assert.equal(await codeOf(flow, { payload: "panic" }), "STOPPED");
    await flow.send({ payload: "start" });
    await next();
    await flow.send({ payload: "stop" });
    await shows(/^stopped$/);
    flow.take();
    await flow.send({ payload: "start" });
    await next();
  });

  it("lets events happen on demand", async () => {
    const flow = await load({ car: 1, interval: 3600 });
    const event = next(({ topic }) => topic === "BCE/E");
    await flow.send({ payload: { event: "panic", imei: imeiOf("car", 1) } });
    const { records } = decodePayload((await event).payload as Buffer, { receivedAt: 0 });
    assert.deepEqual(
      records.map((record) => record.kind === "event" && [record.event.type, record.event.raw?.code]),
      [["panic", 201]],
    );
    const jamming = next(({ topic }) => topic === "BCE/E");
    await flow.send({ payload: "jamming" });
    await jamming;
  });

  it("executes a command and shows it in a report of the next second", async () => {
    const flow = await load({ car: 1, interval: 3600 });
    const imei = imeiOf("car", 1);
    const payload = encodeCommand(
      imei,
      { output: 1, state: "on", mode: "latching", duration: null },
      { expires: Date.now() + 60_000, uniqueId: 1, invertTimed: false },
    );
    const given = Math.floor(Date.now() / 1000);
    const report = next(
      (message) => message.topic === "BCE/D" && decoded(message).attributes.output1 === true,
    );
    await flow.send({ topic: `${imei}/OUTC`, payload: Buffer.from(payload) });
    assert.ok(decoded(await report).time > given * 1000);
    assert.deepEqual(
      (await flow.send({ topic: "356307042441013/OUTC", payload: Buffer.from(payload) })).errors,
      [],
    );
  });

  it("says what is wrong with a message", async () => {
    const flow = await load({ car: 1 });
    assert.equal(await codeOf(flow, { payload: "earthquake" }), "EVENT_UNKNOWN");
    assert.equal(await codeOf(flow, { payload: { event: "panic", imei: "1" } }), "DEVICE_UNKNOWN");
    assert.equal(await codeOf(flow, { payload: Buffer.from("00"), topic: "BCE/D" }), "COMMAND_TOPIC");
    assert.equal(await codeOf(flow, { payload: Buffer.from("00") }), "COMMAND_TOPIC");
    for (const payload of [undefined, null, 1, true, {}, []]) {
      assert.equal(await codeOf(flow, { payload }), "PAYLOAD_TYPE");
    }
    assert.deepEqual((await flow.send({ payload: "start" })).errors, [], "it runs already");
  });

  for (const [what, config, message] of [
    ["no device", { car: 0 }, /there are 0 devices/],
    ["too many devices", { car: 3000, lorry: 3000 }, /there are 6000 devices/],
    ["a text for a number", { car: "many" }, /"many" is not a whole number/],
    ["a wrong beginning", { start: "soon" }, /"soon" is not a time such as/],
    ["a time factor of 0", { factor: 0 }, /0 is not a number from 0\.1 to 100/],
    [
      "a route file that is not there",
      { route: "file", routeFile: "nowhere.gpx" },
      /nowhere\.gpx cannot be read/,
    ],
    ["no route file", { route: "file" }, /no route file is given/],
    ["a folder for a file", { route: "file", routeFile: "/" }, /not a file/],
    ["a pasted text that is no route", { route: "text", routeText: "hello" }, /neither GPX/],
    ["a host that is an address with a protocol", { host: "mqtt://broker" }, /not a host name/],
    ["a device config that is not there", { device: "gone" }, /missing or disabled/],
    [
      "a client id that all would share",
      { connection: "own", device: "vans" },
      /the client id of the device config has no %IMEI%/,
    ],
  ] as const) {
    it(`is red with ${what}, and says so to every message`, async () => {
      const flow = await load(config, [{ id: "vans", type: "tracker-device-config", clientId: "van" }]);
      await shows(/./);
      const { errors } = await flow.send({ payload: "start" });
      const said = (errors[0]?.error as { message: string }).message;
      assert.match(said, message);
      assert.deepEqual([shown()?.fill, shown()?.shape], ["red", "ring"]);
      assert.ok(said.includes((shown()?.text ?? "…").replace(/…$/, "")), `${shown()?.text}: ${said}`);
    });
  }

  it("drives a route from a file and from a text", async () => {
    const folder = await mkdtemp(join(tmpdir(), "routes-"));
    try {
      const points = [0, 1, 2, 3].map((n) => `<trkpt lat="${10 + n / 100}" lon="20"/>`).join("");
      const gpx = `<gpx><trk><trkseg>${points}</trkseg></trk></gpx>`;
      const file = join(folder, "tour.gpx");
      await writeFile(file, gpx);
      for (const config of [
        { route: "file", routeFile: file },
        { route: "text", routeText: gpx },
      ]) {
        await load({ car: 1, interval: 1, ...config });
        const { position } = decoded(await next());
        assert.ok(position?.longitude === 20 && (position.latitude ?? 0) >= 10);
        await helper.unload();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("ends with an error, not with Node-RED, where a time does not fit a frame", async () => {
    await load({ car: 1, interval: 1, factor: 100, start: "2106-02-07T06:28:00Z" });
    await shows(/does not fit a u32/);
    assert.equal(shown()?.fill, "red");
  });

  it("makes time run faster, from a beginning that is in the past", async () => {
    await load({ car: 1, interval: 10, factor: 100, start: "2026-01-15T08:00:00Z" });
    const begin = Date.UTC(2026, 0, 15, 8);
    const far = await next((message) => decoded(message).time > begin + 60_000);
    assert.ok(decoded(far).time < begin + 3_600_000);
  });
});

describe("tracker simulator with connections of its own", () => {
  let aedes: Awaited<ReturnType<typeof createAedes>>;
  let server: Server;
  let port: number;
  let logins: { id: string; user: string | undefined; password: string | undefined }[] = [];
  let refused = false;
  before(async () => {
    await helper.startServer();
  });
  after(() => helper.stopServer());
  const startBroker = async (wanted = 0) => {
    aedes = await createAedes();
    aedes.authenticate = (client, user, password, done) => {
      logins.push({ id: client.id, user: user?.toString(), password: password?.toString() });
      if (refused) done(Object.assign(new Error("no"), { returnCode: 5 as const }), false);
      else done(null, true);
    };
    server = createServer(aedes.handle);
    port = await listen(server, wanted);
  };
  const stopBroker = async () => {
    if (!server.listening) return;
    await new Promise<void>((resolve) => aedes.close(resolve));
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const count = (wanted: string) => process.getActiveResourcesInfo().filter((name) => name === wanted).length;
  /** Timers and sockets that this process had before the broker and the devices. */
  let heldBefore: Readonly<Record<"sockets" | "timers", number>>;
  const held = () => ({ sockets: count("TCPSocketWrap"), timers: count("Timeout") });
  const nothingLeft = async () => {
    // A socket that is closed while it connects goes with one of the next turns; one that stays ends the test's time.
    while (held().sockets > heldBefore.sockets) await new Promise(setImmediate);
    assert.equal(held().sockets, heldBefore.sockets);
    // Node-RED itself and mocha have one or two.
    assert.ok(held().timers <= heldBefore.timers + 2, `${held().timers} timers, ${heldBefore.timers} before`);
  };
  beforeEach(async () => {
    logins = [];
    refused = false;
    heldBefore = held();
    await startBroker();
  });
  afterEach(async () => {
    await helper.unload();
    await stopBroker();
  });
  const own = (config: object = {}) => ({
    connection: "own",
    host: "127.0.0.1",
    port,
    interval: 1,
    ...config,
  });
  /** The next message from a device to the broker that fits. */
  const published = (fits: (topic: string, client: string) => boolean) =>
    new Promise<{ topic: string; payload: Buffer; qos: number; client: string }>((resolve) => {
      const listener = (
        { topic, payload, qos }: { topic: string; payload: Buffer | string; qos: number },
        client: { readonly id: string } | null,
      ) => {
        if (client === null || !fits(topic, client.id)) return;
        aedes.off("publish", listener);
        resolve({ topic, payload: Buffer.from(payload), qos, client: client.id });
      };
      aedes.on("publish", listener);
    });

  it("each device connects as itself and publishes at QoS 1; xTCU devices share a connection", async () => {
    const vans = { id: "vans", type: "tracker-device-config" };
    await load(own({ car: 2, xtcu: 2, device: "vans" }), [vans], {
      vans: { user: "fleet", password: "geheim" },
    });
    const imei = imeiOf("car", 2);
    const [car, xtcu] = await Promise.all([
      published((_, client) => client === imei),
      published((topic) => topic === "globalmatix/in"),
    ]);
    assert.deepEqual([car.topic, car.qos, decoded({ payload: car.payload }).imei], ["BCE/D", 1, imei]);
    assert.equal(xtcu.client, "simulator-node");
    await shows(/^4 of 4 connected · \d+\.\d\/s$/);
    assert.deepEqual(
      logins.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      [
        { id: imeiOf("car", 1), user: "fleet", password: "geheim" },
        { id: imei, user: "fleet", password: "geheim" },
        { id: "simulator-node", user: "globalmatix_device", password: undefined },
      ],
    );
  });

  it("obeys commands that come over them", async () => {
    await load(own({ car: 1, interval: 3600 }));
    await shows(/^1 of 1 connected/);
    const imei = imeiOf("car", 1);
    const command = encodeCommand(
      imei,
      { output: 2, state: "on", mode: "latching", duration: null },
      { expires: Date.now() + 60_000, uniqueId: 1, invertTimed: false },
    );
    const on = new Promise<void>((resolve) => {
      aedes.on("publish", ({ payload }, client) => {
        if (client && decoded({ payload: Buffer.from(payload) }).attributes.output2 === true) resolve();
      });
    });
    aedes.publish(
      {
        cmd: "publish",
        topic: `${imei}/OUTC`,
        payload: Buffer.from(command),
        qos: 1,
        retain: false,
        dup: false,
      },
      () => undefined,
    );
    await on;
  });

  it("comes back after the broker was away, and uploads what was stored meanwhile", async () => {
    await load(own({ car: 1, interval: 1 }));
    await published(() => true);
    await stopBroker();
    await shows(/^0 of 1 connected/);
    assert.equal(shown()?.fill, "yellow");
    await startBroker(port);
    const { payload } = await published((topic) => topic === "BCE/D");
    const { records, error } = decodePayload(payload, { receivedAt: 0 });
    assert.equal(error, undefined);
    assert.ok(records.length >= 1);
    await shows(/^1 of 1 connected/);
  });

  it("says why the broker refuses it, and tries again later", async () => {
    refused = true;
    await load(own({ car: 1 }));
    const node = helper.getNode("node");
    const [call] = (await once(node, "call:warn")) as [{ args: [string] }];
    assert.match(call.args[0], /^BROKER: 860000000000017 at 127\.0\.0\.1:\d+: .*Not authorized/);
    refused = false;
    await shows(/^1 of 1 connected/);
    assert.ok(logins.length >= 2);
  });

  it("stops and starts again with all its connections", async () => {
    const flow = await load(own({ car: 3 }));
    await shows(/^3 of 3 connected/);
    const gone = new Promise<void>((resolve) => {
      aedes.on("clientDisconnect", () => aedes.connectedClients === 0 && resolve());
    });
    await flow.send({ payload: "stop" });
    await gone;
    await shows(/^stopped$/);
    await flow.send({ payload: "start" });
    await shows(/^3 of 3 connected/);
  });

  it("leaves no timer and no socket behind: 1,000 connections, closed when all are there", async function () {
    this.timeout(60_000);
    let ready = 0;
    let all: () => void = () => undefined;
    const accounts = Array.from(
      { length: 1000 },
      (_, index): Account => ({
        clientId: imeiOf("car", index + 1),
        user: "",
        password: "",
        topic: `${imeiOf("car", index + 1)}/OUTC`,
        ready: (is) => {
          ready += is ? 1 : -1;
          if (ready === 1000) all();
        },
        heard: () => undefined,
      }),
    );
    const complaints: unknown[] = [];
    const address = { host: "127.0.0.1", port, tls: false, verify: true };
    const connections = new FleetConnections(address, accounts, (problem) => complaints.push(problem), 1000);
    const complete = new Promise<void>((resolve) => {
      all = resolve;
    });
    connections.open();
    await complete;
    await connections.close();
    assert.equal(ready, 0);
    await stopBroker();
    assert.deepEqual(complaints, []);
    await nothingLeft();
  });

  it("leaves nothing behind where it is closed while 1,000 devices are still connecting", async () => {
    await load(own({ car: 1000 }));
    await shows(/^\d\d+ of 1000 connected/);
    await helper.unload();
    await stopBroker();
    await nothingLeft();
    assert.ok(logins.length < 1000);
  });
});
