import type { RunningBroker } from "../../../src/device-config/device-config";
import { type EditorNode, red } from "./red";

/** The brokers of the running flows; none where Node-RED does not tell. */
export async function runningBrokers(): Promise<readonly RunningBroker[]> {
  try {
    const answer: { brokers: RunningBroker[] } = await $.getJSON("trackers/brokers");
    return answer.brokers;
  } catch {
    return [];
  }
}

/** The broker that knows the devices of a registry. */
export function brokerOfRegistry(
  brokers: readonly RunningBroker[],
  registry: string,
): RunningBroker | undefined {
  return brokers.find((one) => one.registry === registry);
}

/** The broker that devices connect to: that of their registry, else the first. */
export function brokerOf(brokers: readonly RunningBroker[], registry: string): RunningBroker | undefined {
  return brokerOfRegistry(brokers, registry) ?? brokers[0];
}

/** The same for a device config, by the registry whose devices have it. */
export function brokerOfConfig(brokers: readonly RunningBroker[], config: string): RunningBroker | undefined {
  const own = brokers.find(({ registry }) => {
    const node = red.nodes.node(registry) as EditorNode<{ deviceConfig?: string }> | null;
    return node?.deviceConfig === config;
  });
  return own ?? brokers[0];
}
