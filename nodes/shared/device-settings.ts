import type { NodeAPI } from "node-red";
import { type DeviceConfig, type Protocol, resolveDeviceConfig } from "../../src/device/device-config";
import { TrackerError } from "../../src/errors";
import type { DeviceConfigNode } from "../device-config";

/** Names of protocols as people write them. */
const DEVICES: Readonly<Record<Protocol, string>> = { iotm: "IOTM", globalmatix: "GlobalmatiX" };

/** The device config that a node has chosen, or the default one. Throws `DEVICE_CONFIG` where it cannot be used. */
export function deviceSettings(RED: NodeAPI, id: string | undefined, protocol: Protocol): DeviceConfig {
  if (!id) return resolveDeviceConfig({ protocol });
  const node = RED.nodes.getNode(id) as DeviceConfigNode | null;
  const refuse = (message: string) => new TrackerError({ code: "DEVICE_CONFIG", path: "device", message });
  if (!node) throw refuse("the device config is missing or disabled");
  if (!node.settings) throw refuse(`the device config is wrong: ${node.problem?.message}`);
  if (node.settings.protocol !== protocol)
    throw refuse(`the device config is not for ${DEVICES[protocol]} devices`);
  return node.settings;
}
