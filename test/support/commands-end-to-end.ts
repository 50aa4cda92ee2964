import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import type { Broker } from "../../scripts/broker";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import type { Command } from "../../src/commands/command";
import type { Execution } from "../../src/simulator/outputs";
import { ROUTES } from "../../src/simulator/routes";
import { mqttBrokerNode } from "./mqtt-broker-node";
import { NODE_RED_FROM } from "./node-red";
import { type PackedUserDir, packedUserDir } from "./packed";
import { anyPort } from "./port";
import { CommandedTracker } from "./virtual-tracker";

/** A virtual device with a connection of its own: does what it is told, and reports it in the next second. */
export class ConnectedTracker extends CommandedTracker {
  readonly executions: Execution[] = [];
  readonly frames: Buffer[] = [];
  /** It executes, but does not report. */
  silent = false;
  private client: MqttClient | undefined;

  async connect(url: string): Promise<void> {
    const client = await connectAsync(url, { clientId: this.imei, reconnectPeriod: 100 });
    this.client = client;
    client.on("message", (_, frame, { retain }) => {
      assert.ok(!retain, "commands are never retained");
      this.frames.push(frame);
      this.executions.push(this.execute(frame, Date.now()));
      if (!this.silent) setTimeout(() => void this.report(), 1005 - (Date.now() % 1000));
    });
    await client.subscribeAsync(`${this.imei}/OUTC`, { qos: 1 });
  }

  async report(): Promise<void> {
    if (this.client?.connected) {
      await this.client.publishAsync("BCE/D", Buffer.from(this.telemetry(Date.now())), { qos: 1 });
    }
  }

  async disconnect(): Promise<void> {
    await this.client?.endAsync(true);
    this.client = undefined;
  }
}

/** Commands in a real Node-RED, over a real broker, to virtual devices. `again` starts the broker on the same port. */
export function commandsSuite(startBroker: (port?: number) => Promise<Broker>): void {
  let broker: Broker;
  let packed: PackedUserDir;
  let nodeRed: NodeRed | undefined;
  let client: MqttClient;
  let url = "";
  const trackers: ConnectedTracker[] = [];
  before(async function () {
    this.timeout(120_000);
    broker = await startBroker(await anyPort());
    packed = await packedUserDir();
    await writeFile(join(packed.userDir, "flows.json"), JSON.stringify(commandsFlow(broker.port)));
    client = await connectAsync(broker.url, { reconnectPeriod: 100 });
    await start();
  });
  after(async () => {
    for (const tracker of trackers) await tracker.disconnect();
    await nodeRed?.stop();
    await client?.endAsync(true);
    await broker?.stop();
    await packed?.remove();
  });

  const start = async (): Promise<void> => {
    // Node-RED has subscribed when it passes on what is retained.
    await client.subscribeAsync("ready");
    const ready = heard("ready");
    nodeRed = await startNodeRed({
      from: NODE_RED_FROM,
      userDir: packed.userDir,
      port: await anyPort(),
    });
    url = `${nodeRed.url}/trackers/registry/registry`;
    await client.publishAsync("test/ready", "x", { qos: 1, retain: true });
    await ready;
  };
  const heard = (wanted: string): Promise<void> =>
    new Promise((resolve) => {
      const listener = (topic: string) => {
        if (topic !== wanted) return;
        client.off("message", listener);
        resolve();
      };
      client.on("message", listener);
    });
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, unknown>;
  };
  const tracker = async (index: number): Promise<ConnectedTracker> => {
    const made = new ConnectedTracker(index, ROUTES.varna);
    trackers.push(made);
    await ask("request", { request: "register", payload: { imei: made.imei, state: "active" } });
    await client.subscribeAsync(`trackers/${made.imei}/command`);
    return made;
  };
  /** Reports of what became of a device's commands, as they come out of the node. */
  const follow = (imei: string): ((wanted: string) => Promise<Command>) => {
    const reports: Command[] = [];
    let check: () => void = () => undefined;
    client.on("message", (topic, payload) => {
      if (topic !== `trackers/${imei}/command`) return;
      reports.push(JSON.parse(payload.toString()));
      check();
    });
    return (wanted) =>
      new Promise((resolve) => {
        check = () => {
          const at = reports.findIndex(({ status }) => status === wanted);
          if (at < 0) return;
          resolve(reports[at] as Command);
          reports.splice(0, at + 1);
        };
        check();
      });
  };
  const give = (command: object) => client.publishAsync("test/command", JSON.stringify(command), { qos: 1 });

  it("on, off, and for a time: each is confirmed by what the device reports", async () => {
    const device = await tracker(1);
    await device.connect(broker.url);
    const became = follow(device.imei);
    for (const [state, on] of [
      ["on", true],
      ["off", false],
    ] as const) {
      await give({ imei: device.imei, output: "beacon", state });
      await became("confirmed");
      assert.equal(device.isOn(1, Date.now()), on);
    }
    await give({ imei: device.imei, output: "horn", state: "on", mode: "timed", duration: 5 });
    const pulse = await became("confirmed");
    assert.equal(pulse.sendings.length, 1);
    assert.deepEqual(
      device.executions.map(({ done }) => done),
      [true, true, true],
    );
    const [first, second] = device.frames;
    assert.ok(first && second && !first.equals(second));
  });

  it("runs what is delivered twice only once", async () => {
    const device = await tracker(2);
    await device.connect(broker.url);
    const became = follow(device.imei);
    await give({ imei: device.imei, output: 1, state: "on" });
    await became("confirmed");
    const [frame] = device.frames;
    await client.publishAsync(`${device.imei}/OUTC`, frame as Buffer, { qos: 1 });
    await give({ imei: device.imei, output: 1, state: "off" });
    await became("confirmed");
    assert.deepEqual(
      device.executions.map((execution) => (execution.done ? "done" : execution.why)),
      ["done", "repeated", "done"],
    );
  });

  it("waits for a device that is offline, also over a kill of Node-RED, and sends once when it is heard", async () => {
    const device = await tracker(3);
    const became = follow(device.imei);
    await give({ imei: device.imei, output: 1, state: "on", delivery: "wait", expires: 120 });
    const waiting = await became("waiting");
    assert.equal(waiting.history.at(-1)?.code, "OFFLINE");
    const killed = once((nodeRed as NodeRed).process, "exit");
    (nodeRed as NodeRed).process.kill("SIGKILL");
    await killed;
    await start();
    await device.connect(broker.url);
    await device.report();
    const confirmed = await became("confirmed");
    assert.equal(confirmed.id, waiting.id);
    assert.equal(confirmed.sendings.length, 1);
    assert.equal(device.frames.length, 1);
  });

  it("lets a command expire that could not be sent", async () => {
    const device = await tracker(4);
    const became = follow(device.imei);
    await give({ imei: device.imei, output: 1, state: "on", delivery: "wait", expires: 2 });
    await became("expired");
    await device.connect(broker.url);
    await device.report();
    assert.equal(device.frames.length, 0);
  });

  it("sends it anew with a new unique id when the device is heard after the frame's end", async () => {
    const device = await tracker(5);
    const became = follow(device.imei);
    await give({ imei: device.imei, output: 2, state: "on", override: true });
    await became("sent");
    await device.connect(broker.url);
    const reports = setInterval(() => void device.report(), 1000);
    const { sendings } = await became("confirmed").finally(() => clearInterval(reports));
    assert.equal(new Set(sendings.map(({ uniqueId }) => uniqueId)).size, 2);
    assert.deepEqual(
      device.executions.map(({ done }) => done),
      [true],
    );
  });

  it("says where nothing confirms it", async () => {
    const device = await tracker(9);
    device.silent = true;
    await device.connect(broker.url);
    const became = follow(device.imei);
    await give({ imei: device.imei, output: 1, state: "on", mode: "timed", duration: 1 });
    const { sendings } = await became("unconfirmed");
    assert.equal(sendings.length, 1);
    assert.deepEqual(
      device.executions.map(({ done }) => done),
      [true],
    );
  });

  it("works on after the broker was restarted", async () => {
    const device = await tracker(6);
    await device.connect(broker.url);
    const { port } = broker;
    await broker.stop();
    broker = await startBroker(port);
    const ready = heard("ready");
    await once(client as unknown as NodeJS.EventEmitter, "connect");
    await client.subscribeAsync(["ready", `trackers/${device.imei}/command`]);
    await client.publishAsync("test/ready", "x", { qos: 1, retain: true });
    await ready;
    await device.disconnect();
    await device.connect(broker.url);
    const became = follow(device.imei);
    await give({ imei: device.imei, output: 1, state: "on" });
    await became("confirmed");
  });

  it("the sidebar's commands go out at the node, and a waiting one can be cancelled", async () => {
    const device = await tracker(7);
    await device.connect(broker.url);
    const became = follow(device.imei);
    const given = await ask("request", {
      request: "switch",
      payload: { imei: device.imei, output: 1, state: "on", mode: "latching" },
    });
    assert.equal((given.payload as Command).status, "sent");
    await became("confirmed");
    await device.disconnect();
    const other = await tracker(8);
    const waits = { imei: other.imei, output: 1, state: "on", mode: "latching", delivery: "wait" };
    const waiting = (await ask("request", { request: "switch", payload: waits })).payload as Command;
    assert.equal(waiting.status, "waiting");
    const cancelled = await ask("request", {
      request: "cancel",
      payload: { imei: other.imei, id: waiting.id },
    });
    assert.equal((cancelled.payload as Command).status, "cancelled");
    const again = await ask("request", { request: "cancel", payload: { imei: other.imei, id: waiting.id } });
    assert.equal(again.code, "COMMAND_FINISHED");
    const details = (await (await fetch(`${url}/devices/${device.imei}`)).json()) as {
      canSwitch: boolean;
      commands: Command[];
    };
    assert.equal(details.canSwitch, true);
    assert.deepEqual(
      details.commands.map(({ status, by }) => [status, by]),
      [["confirmed", "editor"]],
    );
  });
}

export function commandsFlow(mqttPort: number): object[] {
  const at = { z: "tab", x: 1, y: 1 };
  const mqtt = { ...at, broker: "broker", qos: "1" };
  return [
    { id: "tab", type: "tab" },
    mqttBrokerNode(mqttPort),
    {
      id: "vans",
      type: "tracker-device-config",
      name: "vans-config",
      outputNames: ["beacon", "starter relay", "horn", ""],
      outputStops: ["", "on"],
      interlock: { frameLife: "5" },
      offlineAfter: "0.05",
    },
    { id: "registry", type: "tracker-registry", deviceConfig: "vans" },
    { ...mqtt, id: "in", type: "mqtt in", topic: "BCE/#", datatype: "buffer", wires: [["decoder"]] },
    { ...at, id: "decoder", type: "tracker-bce-decoder", wires: [["devices"], [], []] },
    { ...at, id: "devices", type: "tracker-device-registry", registry: "registry", wires: [[], [], []] },
    { ...mqtt, id: "given", type: "mqtt in", topic: "test/command", datatype: "json", wires: [["switch"]] },
    {
      ...at,
      id: "switch",
      type: "tracker-output-command",
      registry: "registry",
      confirmWithin: "3",
      allowOverride: true,
      wires: [["out"], ["out"]],
    },
    {
      ...mqtt,
      id: "ready-in",
      type: "mqtt in",
      topic: "test/ready",
      datatype: "utf8",
      wires: [["ready-out"]],
    },
    { ...mqtt, id: "ready-out", type: "mqtt out", topic: "ready", wires: [] },
    { ...at, id: "out", type: "mqtt out", broker: "broker", topic: "", qos: "", retain: "", wires: [] },
  ];
}
