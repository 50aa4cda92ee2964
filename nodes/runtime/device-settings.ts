import type { NodeAPI } from "node-red";
import { type DeviceConfig, resolveDeviceConfig } from "../../src/device-config/device-config";
import { TrackerError } from "../../src/errors";
import type { Protocol } from "../../src/protocols/protocol";
import type { DeviceConfigNode } from "./device-config-node";

/**
 * The device config that a node has chosen, or the defaults of the protocol where it has none.
 * Throws `DEVICE_CONFIG`; `path` is the node's field.
 */
export function deviceSettings(
  RED: NodeAPI,
  id: string | undefined,
  protocol: Protocol,
  path = "device",
): DeviceConfig {
  if (!id) return resolveDeviceConfig({ protocol: protocol.id });
  const node = RED.nodes.getNode(id) as DeviceConfigNode | null;
  const refuse = (message: string) => new TrackerError({ code: "DEVICE_CONFIG", path, message });
  if (!node) throw refuse("the device config is missing or disabled");
  if (!node.settings) throw refuse(`the device config is wrong: ${node.problem?.message}`);
  if (node.settings.protocol !== protocol.id) {
    throw refuse(`the device config is not for ${protocol.label} devices`);
  }
  return node.settings;
}
