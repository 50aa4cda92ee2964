import type { NodeAPI, NodeDef } from "node-red";
import { resolveDeviceConfig, type SavedDeviceConfig } from "../../src/device-config/device-config";
import { upgradeSavedNode } from "../../src/saved-nodes";
import type { DeviceConfigNode } from "../runtime/device-config-node";
import { attempt, describe } from "../runtime/problems";

module.exports = (RED: NodeAPI): void => {
  function DeviceConfigConstructor(this: DeviceConfigNode, config: NodeDef & SavedDeviceConfig): void {
    RED.nodes.createNode(this, config);
    const { value, problem } = attempt(() =>
      resolveDeviceConfig(upgradeSavedNode(config.type, config), this.credentials ?? {}),
    );
    this.settings = value;
    this.problem = problem;
    if (problem !== undefined) this.error(describe(problem));
  }

  RED.nodes.registerType("tracker-device-config", DeviceConfigConstructor, {
    credentials: { user: { type: "text" }, password: { type: "password" } },
  });

  // The editor itself is only told that there is a password. The set-up sheet has to show it, because a
  // person types it into the vendor's tool: on request, and only to those who may change flows.
  // There is no httpAdmin where nodes are loaded without an editor.
  RED.httpAdmin?.get(
    "/trackers/device-config/:id/password",
    RED.auth.needsPermission("flows.write"),
    (request, response) => {
      const node = RED.nodes.getNode(String(request.params.id)) as DeviceConfigNode | null;
      response.set("Cache-Control", "no-store");
      if (node?.type !== "tracker-device-config") {
        response.status(404).json({ code: "NOT_FOUND", message: "this device config is not deployed" });
        return;
      }
      response.json({ password: node.credentials?.password ?? "" });
    },
  );
};
