import type { NodeAPI } from "node-red";
import { type Profile, type Profiles, profileOf } from "../../src/device-config/deployed";
import type { DeviceConfigNode } from "../device-config/device-config";

/** The device configs of the running flows. */
export function deployedProfiles(RED: NodeAPI): Profiles {
  const get = (id: string): Profile | undefined => {
    const node = id === "" ? undefined : (RED.nodes.getNode(id) as DeviceConfigNode | null);
    if (node?.type !== "tracker-device-config" || node.settings === undefined) return undefined;
    return profileOf(node.id, node.name ?? "", node.settings);
  };
  const all = (): Profile[] => {
    const found: Profile[] = [];
    RED.nodes.eachNode(({ id, type }) => {
      const profile = type === "tracker-device-config" ? get(id) : undefined;
      if (profile !== undefined) found.push(profile);
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
