import type { Node, NodeAPI } from "node-red";
import { type Problem, TrackerError } from "../../src/errors";
import type { FleetLife } from "../../src/fleet/life";

/** A registry in the running flow; it has either a life or a problem. */
export interface RegistryNode extends Node {
  life: FleetLife | undefined;
  /** What is wrong with the saved config, where something is. */
  problem: Problem | undefined;
  /** "sqlite" or "memory": where it keeps what it knows. */
  kind: "sqlite" | "memory";
  /** Name in the IANA database, of the zone whose days people mean. */
  timeZone: string;
  /** Id of the device config of devices that have none of their own. */
  deviceConfig: string;
}

/** The registry that a node has chosen. Throws `REGISTRY` where there is none that works. */
export function registryLife(RED: NodeAPI, id: string | undefined): FleetLife {
  const node = id ? (RED.nodes.getNode(id) as RegistryNode | null) : null;
  const refuse = (message: string) => new TrackerError({ code: "REGISTRY", path: "registry", message });
  if (!id) throw refuse("no tracker registry is chosen");
  if (node?.type !== "tracker-registry") throw refuse("the tracker registry is missing or disabled");
  if (!node.life) throw refuse(`the tracker registry is wrong: ${node.problem?.message}`);
  return node.life;
}
