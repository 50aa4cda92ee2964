import { networkInterfaces } from "node:os";
import type { Node, NodeAPI } from "node-red";
import type { RunningBroker } from "../../src/device-config/device-config";
import type { BrokerHost } from "./host";
import type { BrokerOptions } from "./settings";

/** A tracker broker node, as far as it runs. */
export interface BrokerNodeInFlow extends Node {
  registry?: string;
  running?: { readonly host: BrokerHost; readonly options: BrokerOptions };
}

/** Tells the editor where the brokers that run listen, so that what it shows of them is true. */
export function brokerRoutes(RED: NodeAPI): void {
  // There is no httpAdmin where nodes are loaded without an editor.
  const app = RED.httpAdmin as NodeAPI["httpAdmin"] | undefined;
  app?.get("/trackers/brokers", RED.auth.needsPermission("trackers.read"), (_, response) => {
    const brokers: RunningBroker[] = [];
    RED.nodes.eachNode(({ id, type }) => {
      const node = type === "tracker-broker" ? (RED.nodes.getNode(id) as BrokerNodeInFlow | null) : null;
      const ports = node?.running?.host.state?.ports;
      if (node?.running === undefined || ports === undefined) return;
      const hosts = hostsOf(node.running.options);
      brokers.push({
        id,
        registry: node.registry ?? "",
        hosts,
        port: ports.plain ?? null,
        tlsPort: ports.tls ?? null,
      });
    });
    response.set("Cache-Control", "no-store").json({ brokers });
  });
}

/** Addresses at which other computers of the network reach it; none where it is for this computer only. */
function hostsOf({ bind, address }: BrokerOptions): string[] {
  if (bind === "local") return [];
  if (bind === "address") return [address];
  return Object.values(networkInterfaces()).flatMap((found) =>
    (found ?? []).filter(({ family, internal }) => family === "IPv4" && !internal).map((one) => one.address),
  );
}
