import type { NodeAPI } from "node-red";
import type { Profile, Profiles } from "../../src/registry/profiles";
import type { DeviceConfigNode } from "../device-config";

/** The device configs of the running flows. */
export function deployedProfiles(RED: NodeAPI): Profiles {
  const get = (id: string): Profile | undefined => {
    const node = id === "" ? undefined : (RED.nodes.getNode(id) as DeviceConfigNode | null);
    return node?.type === "tracker-device-config" && node.settings ? profileOf(node) : undefined;
  };
  return {
    get,
    find: (nameOrId) => {
      const byId = get(nameOrId);
      if (byId !== undefined) return byId;
      const named: Profile[] = [];
      RED.nodes.eachNode(({ id, type, name }) => {
        const profile = type === "tracker-device-config" && name === nameOrId ? get(id) : undefined;
        if (profile !== undefined) named.push(profile);
      });
      return named.length === 1 ? named[0] : undefined;
    },
  };
}

function profileOf({ id, name = "", settings }: DeviceConfigNode): Profile | undefined {
  if (settings === undefined) return undefined;
  const { protocol, inputNames, outputNames, offlineAfter } = settings;
  return { id, name, protocol, inputNames, outputNames, offlineAfter };
}
