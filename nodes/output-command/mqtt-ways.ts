import type { Node, NodeAPI } from "node-red";
import type { Reason } from "../../src/commands/machine";

/** A node as it runs, as far as Node-RED's own nodes let see. */
interface RunningNode {
  readonly type: string;
  readonly wires?: readonly (readonly string[])[];
  /** Of an mqtt out node. */
  readonly brokerConn?: { readonly connected?: boolean } | null;
  readonly retain?: boolean | string;
}

/**
 * Why a command that leaves a node by its first output would not come out of an mqtt out node as it has to, or
 * undefined where nothing is known against it. An mqtt out node that is not connected loses what it is given without
 * a word; one that retains would have a command done again with every connection of the device. Codes:
 * `BROKER_OFFLINE`, `RETAINED`. Where the flow sends it in a way of its own, nothing can be said.
 */
export function mqttObstacle(RED: NodeAPI, from: Node): Reason | undefined {
  const ways = mqttOuts(RED, from);
  if (ways.some(({ retain }) => String(retain) === "true")) {
    const reason = "the mqtt out node that it goes to is set to retain: leave that empty there";
    return { code: "RETAINED", reason };
  }
  if (ways.length === 0 || ways.some(({ brokerConn }) => brokerConn?.connected)) return undefined;
  const reason = "the mqtt out node that it goes to is not connected to its broker";
  return { code: "BROKER_OFFLINE", reason };
}

/** All mqtt out nodes that the first output of a node leads to, over whatever other nodes. */
function mqttOuts(RED: NodeAPI, from: Node): RunningNode[] {
  const found: RunningNode[] = [];
  const reached = new Set((from as unknown as RunningNode).wires?.[0] ?? []);
  // What is added meanwhile is gone over as well.
  for (const id of reached) {
    const node = RED.nodes.getNode(id) as unknown as RunningNode | null;
    if (node?.type === "mqtt out") found.push(node);
    else for (const next of [...(node?.wires ?? []).flat(), ...linksOf(RED, node, id)]) reached.add(next);
  }
  return found;
}

/** Where a link node leads to; only its configuration knows that. */
function linksOf(RED: NodeAPI, node: RunningNode | null, id: string): readonly string[] {
  const links: string[] = [];
  if (node?.type !== "link out" && node?.type !== "link call") return links;
  RED.nodes.eachNode((config) => {
    if (config.id === id) links.push(...((config as { links?: readonly string[] }).links ?? []));
  });
  return links;
}
