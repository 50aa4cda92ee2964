import type { NodeAPI } from "node-red";
import { TrackerError } from "../../src/errors";
import type { RegistryNode } from "../registry/registry";
import type { RegistryHost } from "./registry-host";

/** The registry that a node has chosen. Throws `REGISTRY` where there is none that works. */
export function registryHost(RED: NodeAPI, id: string | undefined): RegistryHost {
  const node = id ? (RED.nodes.getNode(id) as RegistryNode | null) : null;
  const refuse = (message: string) => new TrackerError({ code: "REGISTRY", path: "registry", message });
  if (!id) throw refuse("no tracker registry is chosen");
  if (node?.type !== "tracker-registry") throw refuse("the tracker registry is missing or disabled");
  if (!node.host) throw refuse(`the tracker registry is wrong: ${node.problem?.message}`);
  return node.host;
}
