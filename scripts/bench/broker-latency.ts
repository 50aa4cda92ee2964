// How long the flow waits for a message and its sender for the acknowledgement, 500 a second of 500 devices: the built-in
// broker, which stores before it acknowledges, against aedes alone.
import { bareAedes, fleetOf, loaded, median, ownBroker, row, type Target, TOPIC } from "./broker-rows";

const DEVICES = 500;
const SECONDS = 8;

const at = (sorted: readonly number[], part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;

export async function brokerLatency(rounds = 3): Promise<{ added: number[]; answers: number[] }> {
  const fleet = fleetOf(DEVICES);
  const measure = async ({ port, flow, stop }: Target) => {
    const counted = await loaded({
      ...fleet,
      port,
      flow,
      topic: TOPIC,
      seconds: SECONDS,
      perSecond: DEVICES,
    });
    await stop();
    return {
      flow: at(counted.toFlow, 0.99),
      middle: at(counted.toFlow, 0.5),
      answer: at(counted.toAnswer, 0.99),
    };
  };
  const added: number[] = [];
  const answers: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await measure(await bareAedes());
    const own = await measure(await ownBroker(fleet));
    console.error({ bare, own });
    added.push(own.flow - bare.flow);
    answers.push(own.answer);
  }
  return { added, answers };
}

async function main(): Promise<void> {
  const { added, answers } = await brokerLatency();
  row("what the built-in broker adds until the flow has a message, 500/s, p99", median(added), "≤ 1", "ms");
  row("until its sender has the acknowledgement, p99", median(answers), "", "ms");
}

if (require.main === module) void main().then(() => process.exit(0));
