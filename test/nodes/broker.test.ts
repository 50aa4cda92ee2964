import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { listen } from "../../scripts/ports";
import type { ConnectionEvent } from "../../src/broker/events";
import { type FlowNode, helper, type Message, NODES } from "../support/flow";
import { nodeRedRequire } from "../support/node-red";
import { anyPort } from "../support/port";
import { IMEI, OTHER } from "../support/registry";
import { CAPTURES } from "../support/vectors";

const MQTT_NODES = nodeRedRequire("@node-red/nodes/core/network/10-mqtt.js");
const FRAME = Buffer.from(CAPTURES.find(({ normalized }) => normalized[0]?.imei === IMEI)?.hex ?? "", "hex");
const DEVICE: IClientOptions = { clientId: IMEI, username: "bce_device", password: "the fleet's" };
const FLOW: IClientOptions = { username: "flow", password: "its own" };

interface Status {
  readonly fill: string;
  readonly text: string;
}

describe("tracker broker node", () => {
  let port = 0;
  const clients: MqttClient[] = [];
  beforeEach(async () => {
    await helper.startServer();
    port = await anyPort();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
    await helper.unload();
    await helper.stopServer();
  });

  const flow = (broker: object = {}, others: object[] = []) => [
    { id: "tab", type: "tab" },
    { id: "vans-id", type: "tracker-device-config", name: "vans" },
    { id: "registry", type: "tracker-registry", storage: "memory", deviceConfig: "vans-id" },
    {
      id: "broker",
      z: "tab",
      type: "tracker-broker",
      registry: "registry",
      port: String(port),
      services: [{ user: "flow", role: "full", slot: 2 }],
      wires: [["events"]],
      ...broker,
    },
    { id: "events", z: "tab", type: "helper" },
    ...others,
  ];
  const CREDENTIALS = { "vans-id": { password: "the fleet's" }, broker: { password2: "its own" } };

  const events: ConnectionEvent[] = [];
  const waiting = new Set<() => void>();
  const load = async (
    broker?: object,
    credentials: object = CREDENTIALS,
    others?: object[],
  ): Promise<FlowNode> => {
    events.length = 0;
    await helper.load(NODES, flow(broker, others), credentials);
    helper.getNode("events").on("input", (message: Message) => {
      events.push(message.payload as ConnectionEvent);
      for (const check of [...waiting]) check();
    });
    return helper.getNode("broker");
  };
  const event = (wanted: (event: ConnectionEvent) => boolean): Promise<ConnectionEvent> =>
    new Promise((resolve) => {
      const check = () => {
        const found = events.find(wanted);
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  /** Waits until the node shows a status that fits. */
  const shows = (node: FlowNode, wanted: RegExp): Promise<Status> =>
    new Promise((resolve) => {
      const calls = (node as unknown as { status: { args: [Status][] } }).status;
      const check = ({ args }: { args: [Status] }) => {
        const status = args[0];
        if (!wanted.test(status.text)) return;
        node.off("call:status", check);
        resolve(status);
      };
      node.on("call:status", check);
      for (const [status] of calls.args) check({ args: [status] });
    });
  /** Waits until the node tells of a connection, with this code. */
  const sends = (node: FlowNode, code: string): Promise<void> =>
    new Promise((resolve) => {
      const calls = (node as unknown as { send: { args: [Message][] } }).send;
      const check = ({ args }: { args: [Message] }) => {
        if ((args[0].payload as ConnectionEvent).code === code) resolve();
      };
      node.on("call:send", check);
      for (const args of calls.args) check({ args });
    });
  const client = async (options: IClientOptions): Promise<MqttClient> => {
    const made = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options }, false);
    made.on("error", () => undefined);
    clients.push(made);
    return made;
  };
  const listens = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
  const command = async (name: string, payload: object | string): Promise<void> => {
    const { status } = await helper
      .request()
      .post("/trackers/registry/registry/request")
      .set("Content-Type", "application/json")
      .send(JSON.stringify({ request: name, payload }));
    assert.equal(status, 200);
  };

  it("listens before a client in an earlier tab tries to connect, which else would try again much later", async () => {
    const { env } = process;
    env.TEST_BROKER_PORT = String(port);
    const others = [
      { id: "earlier", type: "tab" },
      {
        id: "connection",
        type: "mqtt-broker",
        broker: "127.0.0.1",
        port: "${TEST_BROKER_PORT}",
        clientid: "",
      },
      {
        id: "in",
        z: "earlier",
        type: "mqtt in",
        topic: "BCE/D",
        qos: "1",
        broker: "connection",
        wires: [[]],
      },
    ];
    const saved = flow({ port: "${TEST_BROKER_PORT}" });
    const credentials = { ...CREDENTIALS, connection: { user: "flow", password: "its own" } };
    await helper.load([...NODES, MQTT_NODES], [...others, ...saved], credentials);
    delete env.TEST_BROKER_PORT;
    const node = helper.getNode("in");
    await shows(node, /\bconnected$/);
    const { args } = (node as unknown as { status: { args: [Status][] } }).status;
    const attempts = args.filter(([{ text }]) => /\bconnecting$/.test(text));
    // Once as the node comes up, once as its client connects.
    assert.equal(attempts.length, 2);
  });

  for (const [what, change] of [
    ["is disabled", { d: true }],
    ["is on a disabled tab", { z: "off" }],
  ] as const) {
    it(`does not listen where it ${what}`, async () => {
      await helper.load(NODES, [{ id: "off", type: "tab", disabled: true }, ...flow(change)], CREDENTIALS);
      assert.equal(await listens(), false);
    });
  }

  it("lets registered devices in, and tells the flow", async () => {
    const node = await load();
    await shows(node, /^listening on \d+ · 0 clients · 0\/s$/);
    await command("register", { imei: IMEI, state: "active" });
    const service = await client(FLOW);
    await service.subscribeAsync("BCE/D", { qos: 1 });
    const heard = once(service as unknown as EventEmitter, "message");
    const device = await client(DEVICE);
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    assert.deepEqual((await heard)[1], FRAME);
    const connected = await event(({ imei }) => imei === IMEI);
    assert.deepEqual(
      [connected.event, connected.address, connected.user],
      ["connected", "127.0.0.1", "bce_device"],
    );
    const status = await shows(node, /· 2 clients · /);
    assert.equal(status.fill, "green");
    await assert.rejects(client({ ...DEVICE, clientId: OTHER }), { code: 5 });
    assert.equal((await event(({ event }) => event === "refused")).code, "DEVICE_UNKNOWN");
  });

  it("takes a device's own password, and disconnects it when that changes", async () => {
    await load();
    await command("register", { imei: IMEI, state: "active", password: "only mine" });
    await assert.rejects(client(DEVICE), { code: 5 });
    const device = await client({ ...DEVICE, password: "only mine" });
    const closed = once(device as unknown as EventEmitter, "close");
    await command("update", { imei: IMEI, password: "another" });
    await closed;
    assert.equal((await event(({ event }) => event === "disconnected")).code, "LOGIN_CHANGED");
    await client({ ...DEVICE, password: "another" });
  });

  it("disconnects a device that is deactivated", async () => {
    await load();
    await command("register", { imei: IMEI, state: "active" });
    const device = await client(DEVICE);
    const closed = once(device as unknown as EventEmitter, "close");
    await command("deactivate", IMEI);
    await closed;
    assert.equal((await event(({ event }) => event === "disconnected")).code, "DEVICE_INACTIVE");
  });

  it("warns of a password that everybody knows", async () => {
    const node = await load({}, { broker: CREDENTIALS.broker }, [
      { id: "known-id", type: "tracker-device-config", name: "known", platform: "navixy-eu" },
    ]);
    assert.equal((await shows(node, /^listening/)).fill, "yellow");
  });

  it("says that the port is taken, and tries again", async () => {
    const rival: Server = createServer();
    await listen(rival, port);
    try {
      const node = await load();
      const status = await shows(node, /another program/);
      assert.equal(status.fill, "red");
      rival.close();
      await shows(node, /^listening/);
    } finally {
      rival.close();
    }
  }).timeout(15_000);

  for (const [what, config, credentials, wanted] of [
    ["no registry", { registry: "" }, CREDENTIALS, /no tracker registry/],
    ["a service user without a password", {}, {}, /flow has no password/],
    ["TLS without a key", { tls: "only" }, CREDENTIALS, /needs a private key/],
    [
      "a key that is none",
      { tls: "only", secrets: "pasted" },
      { broker: { password2: "x", key: "x", cert: "x" } },
      /PEM|start line|no start/i,
    ],
    ["a port that is none", { port: "99999" }, CREDENTIALS, /whole number from 1 to 65535/],
    ["an address without one", { bind: "address" }, CREDENTIALS, /address to listen on is missing/],
  ] as const) {
    it(`says what is wrong: ${what}`, async () => {
      const node = await load(config, credentials);
      assert.equal((await shows(node, wanted)).fill, "red");
    });
  }

  /** What a full deploy does: all nodes are closed and made anew. */
  const deploy = (nodes: object[]) => helper.setFlows(nodes, "full", CREDENTIALS);

  it("keeps clients over a deploy that does not change it, and closes when it is changed or removed", async () => {
    await shows(await load(), /^listening/);
    const service = await client(FLOW);
    const kept = flow();
    await deploy(kept);
    await service.publishAsync("anything", "x", { qos: 1 });
    assert.ok(service.connected);

    const closed = once(service as unknown as EventEmitter, "close");
    await deploy(flow({ messagesPerSecond: "20" }));
    await closed;
    await sends(helper.getNode("broker"), "STOPPED");
    // The new one listens a moment later.
    while (!(await listens()));
    const again = await client(FLOW);
    const gone = once(again as unknown as EventEmitter, "close");
    await deploy([{ id: "tab", type: "tab" }]);
    await gone;
    assert.equal(await listens(), false);
  });
});
