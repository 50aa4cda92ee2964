// What has to live on a Raspberry Pi and its SD card: everything that npm start runs, and 25 devices at the built-in
// broker, beside a Node-RED with an empty flow. All run at the same time and for as long, because what counts is what
// they do in so much time.

import { setTimeout } from "node:timers/promises";
import { connectAsync, type MqttClient } from "mqtt";
import { DEFAULT_PROTOCOL } from "../../../src/protocols/index";
import { IOTM_TOPICS } from "../../../src/protocols/iotm/set-up";
import { FAULT_LEVELS } from "../../../src/simulator/faults";
import { VirtualFleet } from "../../../src/simulator/fleet";
import { plannedDevices } from "../../../src/simulator/plan";
import { Route } from "../../../src/simulator/route";
import { ROUTES } from "../../../src/simulator/routes";
import { inboxNodes, mqttBrokerNode } from "../../../test/support/mqtt-broker-node";
import { NpmStart } from "../../../test/support/npm-start";
import { freePort } from "../../ports";
import { area } from "../frame";
import { type BenchNodeRed, type FlowNode, startBenchNodeRed } from "../real/node-red";
import { childOf, usageOf } from "../real/process";

/** Until the second save, from which on all files are there that grow by 1 MB at once. */
const SETTLE_S = 25;
const SECONDS = 45;
const DAY_S = 86_400;
const MB = 1024 * 1024;

const DEVICES = plannedDevices({ car: 25, carWithoutCan: 0, lorry: 0, trailer: 0, light: 0, xtcu: 0 });
const PASSWORD = "of the bench";

/** 25 devices that report every 10 s to the built-in broker of a flow with decoder and registry. */
class OwnBroker {
  acknowledged = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    readonly nodeRed: BenchNodeRed,
    private readonly clients: ReadonlyMap<string, MqttClient>,
  ) {
    const fleet = new VirtualFleet({
      devices: DEVICES,
      routes: Object.values(ROUTES).map((points) => new Route(points)),
      seed: "pi",
      start: Date.now(),
      interval: 10,
      eventsPerHour: 2,
      faults: FAULT_LEVELS.off,
    });
    this.timer = setInterval(() => {
      fleet.advance(Date.now(), ({ imei, role, payload }) => {
        const sent = this.clients
          .get(imei)
          ?.publishAsync(IOTM_TOPICS[role], Buffer.from(payload), { qos: 1 });
        sent?.then(
          () => this.acknowledged++,
          () => undefined,
        );
      });
    }, 100);
  }

  static async start(): Promise<OwnBroker> {
    const port = await freePort(0);
    const nodeRed = await startBenchNodeRed([
      { id: "tab", type: "tab" },
      {
        id: "config",
        type: "tracker-device-config",
        name: "vans",
        protocol: DEFAULT_PROTOCOL.id,
        credentials: { password: PASSWORD },
      },
      { id: "registry", type: "tracker-registry", deviceConfig: "config" },
      {
        id: "own",
        z: "tab",
        type: "tracker-broker",
        registry: "registry",
        port: String(port),
        local: "full",
        wires: [[]],
      },
      mqttBrokerNode(port),
      ...(inboxNodes("broker") as FlowNode[]),
    ]);
    await nodeRed.ask("registry", "import", { data: DEVICES.map(({ imei }) => ({ imei })), state: "active" });
    const clients = await Promise.all(
      DEVICES.map(async ({ imei }) => {
        const login = { clientId: imei, username: "bce_device", password: PASSWORD };
        return [imei, await connectAsync(`mqtt://127.0.0.1:${port}`, login)] as const;
      }),
    );
    return new OwnBroker(nodeRed, new Map(clients));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.clients.values()].map((client) => client.endAsync(true)));
    await this.nodeRed.stop();
  }
}

export const AREA = area("pi", async (report) => {
  const npmStart = await NpmStart.inNewFolder();
  report.atEnd(() => npmStart.remove());
  report.atEnd(() => npmStart.end());
  await npmStart.begin();
  const bare = await startBenchNodeRed([]);
  report.atEnd(() => bare.stop());
  const own = await OwnBroker.start();
  report.atEnd(() => own.stop());
  await setTimeout(SETTLE_S * 1000);

  const before = own.acknowledged;
  const [all, nothing, broker] = await Promise.all([
    usageOf(childOf(npmStart.pid), SECONDS),
    usageOf(bare.pid, SECONDS),
    usageOf(own.nodeRed.pid, SECONDS),
  ]);
  const messages = own.acknowledged - before;

  report.add("memory", [(all.memory - nothing.memory) / MB]);
  report.add("cpu", [all.cpu]);
  report.add("disk", [(all.written * DAY_S) / MB]);
  report.add("flows", [broker.cpu - nothing.cpu]);
  report.add("message", [(broker.written * SECONDS) / messages / 1024]);
});
