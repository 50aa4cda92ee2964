import type { NodeAPI } from "node-red";
import { type DeployedConfig, type DeployedConfigs, deployedConfig } from "../../src/device-config/deployed";
import type { DeviceConfigNode } from "../runtime/device-config-node";

/** The device configs of the running flows. */
export function deployedConfigs(RED: NodeAPI): DeployedConfigs {
  /** Asked for with every record; a node that is deployed anew is another one. */
  const known = new WeakMap<DeviceConfigNode, DeployedConfig>();
  const get = (id: string): DeployedConfig | undefined => {
    const node = id === "" ? undefined : (RED.nodes.getNode(id) as DeviceConfigNode | null);
    if (node?.type !== "tracker-device-config" || node.settings === undefined) return undefined;
    const config = known.get(node) ?? deployedConfig(node.id, node.name ?? "", node.settings);
    known.set(node, config);
    return config;
  };
  const all = (): DeployedConfig[] => {
    const found: DeployedConfig[] = [];
    RED.nodes.eachNode(({ id, type }) => {
      const deviceConfig = type === "tracker-device-config" ? get(id) : undefined;
      if (deviceConfig !== undefined) found.push(deviceConfig);
    });
    return found;
  };
  return {
    get,
    all,
    find: (nameOrId) => {
      const byId = get(nameOrId);
      if (byId !== undefined) return byId;
      const named = all().filter(({ name }) => name === nameOrId);
      return named.length === 1 ? named[0] : undefined;
    },
  };
}
