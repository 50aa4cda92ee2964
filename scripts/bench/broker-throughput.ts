// 1,000 connections at QoS 1, acknowledged after storing, with a flow that hears all of it: against aedes alone.
import { bareAedes, fleetOf, loaded, median, ownBroker, row, type Target, TOPIC } from "./broker-rows";

const CONNECTIONS = 1000;
const SECONDS = 5;

export async function brokerThroughput(rounds = 3): Promise<{ ratio: number[]; behind: number[] }> {
  const fleet = fleetOf(CONNECTIONS);
  const measure = async (target: Target) => {
    const counted = await loaded({
      ...fleet,
      port: target.port,
      flow: target.flow,
      topic: TOPIC,
      seconds: SECONDS,
    });
    await target.stop();
    return counted;
  };
  const ratio: number[] = [];
  const behind: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await measure(await bareAedes());
    const own = await measure(await ownBroker(fleet));
    ratio.push(own.acknowledged / own.seconds / (bare.acknowledged / bare.seconds));
    behind.push(own.behind / own.acknowledged);
    console.error(
      `aedes ${Math.round(bare.acknowledged / bare.seconds)}/s (flow ${Math.round(bare.handedOver / bare.seconds)}), ours ${Math.round(own.acknowledged / own.seconds)}/s (flow ${Math.round(own.handedOver / own.seconds)})`,
    );
  }
  return { ratio, behind };
}

async function main(): Promise<void> {
  const { ratio, behind } = await brokerThroughput();
  row(
    "1,000 connections at QoS 1, acknowledged after storing, against aedes alone",
    median(ratio),
    "≥ 0.5",
    "×",
  );
  row("of what is acknowledged, what the flow has not yet at the end", 100 * median(behind), "≤ 1", "%");
}

if (require.main === module) void main().then(() => process.exit(0));
