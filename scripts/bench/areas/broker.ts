// What the built-in broker takes in, and how soon devices and flows are connected to it.
import { EditorClient } from "../../../test/support/editor-client";
import { mqttBrokerNode } from "../../../test/support/mqtt-broker-node";
import { freePort } from "../../ports";
import { brokerLogins } from "../broker-logins";
import { brokerThroughput } from "../broker-throughput";
import { area } from "../frame";
import { type FlowNode, startBenchNodeRed } from "../real/node-red";

const ROUNDS = 3;

export const AREA = area("broker", async (report) => {
  const { ratio, behind } = await brokerThroughput();
  report.add("acknowledged", ratio);
  report.add(
    "delivered",
    behind.map((part) => 1 - part),
  );
  const { made, chosen } = await brokerLogins();
  report.add("logins", [made]);
  report.add("loginsAgain", [chosen]);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await firstDeploy());
  report.add("firstDeploy", times);
});

/** Seconds until the node is connected, in a Node-RED that has loaded nothing of a broker yet. */
async function firstDeploy(): Promise<number> {
  const nodeRed = await startBenchNodeRed([]);
  try {
    const editor = await EditorClient.connect(nodeRed.url);
    const start = performance.now();
    await editor.deploy(flowOf(await freePort(0)));
    await editor.connected("in");
    const seconds = (performance.now() - start) / 1000;
    editor.close();
    return seconds;
  } finally {
    await nodeRed.stop();
  }
}

/** A broker, and a node that connects to it as everything does that is deployed with it. */
function flowOf(port: number): FlowNode[] {
  const flow = { id: "flow", type: "tab", label: "flow" };
  const registry = { id: "registry", type: "tracker-registry", storage: "memory" };
  const broker = {
    id: "broker",
    type: "tracker-broker",
    z: "flow",
    registry: "registry",
    port: String(port),
    // A login that is refused would be tried again and again.
    local: "full",
    wires: [[]],
  };
  const input = {
    id: "in",
    type: "mqtt in",
    z: "flow",
    topic: "BCE/D",
    qos: "1",
    broker: "config",
    wires: [[]],
  };
  return [flow, registry, mqttBrokerNode(port, "config"), input, broker];
}
