import assert from "node:assert/strict";
import { helper, NODES } from "./flow";
import { nodeRedRequire } from "./node-red";
import { IMEI, OTHER } from "./registry";

const mqttNodes = nodeRedRequire("@node-red/nodes/core/network/10-mqtt.js");

/** A flow with a tracker broker, to which it is connected itself, and two devices that are registered. */
export async function loadBrokerFlow(port: number, nodes: readonly object[]): Promise<void> {
  await helper.load(
    [...NODES, mqttNodes],
    [
      { id: "tab", type: "tab" },
      { id: "vans-id", type: "tracker-device-config", name: "vans" },
      { id: "registry", type: "tracker-registry", storage: "memory", deviceConfig: "vans-id" },
      {
        id: "client",
        type: "mqtt-broker",
        broker: "127.0.0.1",
        port: String(port),
        protocolVersion: "4",
        clientid: "flow",
      },
      {
        id: "broker",
        z: "tab",
        type: "tracker-broker",
        registry: "registry",
        port: String(port),
        services: [{ user: "flow", role: "full", slot: 2 }],
        wires: [[]],
      },
      ...nodes,
    ],
    {
      "vans-id": { password: "the fleet's" },
      broker: { password2: "its own" },
      client: { user: "flow", password: "its own" },
    },
  );
  for (const imei of [IMEI, OTHER]) {
    const { status } = await helper
      .request()
      .post("/trackers/registry/registry/request")
      .set("Content-Type", "application/json")
      .send(JSON.stringify({ request: "register", payload: { imei, state: "active" } }));
    assert.equal(status, 200);
  }
}

/** What a registered device of the flow connects with. */
export const FLOW_DEVICE = {
  clientId: IMEI,
  username: "bce_device",
  password: "the fleet's",
  reconnectPeriod: 0,
};

/** Hears all that is published, as `datatype`, and gives it to a node. */
export function mqttIn(id: string, datatype: string, to: string): object {
  return {
    id,
    z: "tab",
    type: "mqtt in",
    topic: "#",
    qos: "1",
    datatype,
    broker: "client",
    nl: false,
    rap: true,
    rh: 0,
    inputs: 0,
    wires: [[to]],
  };
}
