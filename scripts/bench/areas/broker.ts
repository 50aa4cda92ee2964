// What the built-in broker takes in, and how soon devices and flows are connected to it.
import { EditorClient } from "../../../test/support/editor-client";
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
  const nodeRed = await startBenchNodeRed([]);
  report.atEnd(() => nodeRed.stop());
  const editor = await EditorClient.connect(nodeRed.url);
  report.atEnd(() => editor.close());
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await editor.deploy([{ id: "empty", type: "tab", label: "empty" }]);
    const start = performance.now();
    await editor.deploy(flowOf(await freePort(0)));
    await editor.connected("in");
    times.push((performance.now() - start) / 1000);
  }
  report.add("firstDeploy", times);
});

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
    wires: [[]],
  };
  const config = {
    id: "config",
    type: "mqtt-broker",
    broker: "127.0.0.1",
    port: String(port),
    autoConnect: true,
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
  return [flow, registry, config, input, broker];
}
