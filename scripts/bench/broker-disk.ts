// Bytes to the disk for each message: 25 devices that report every 10 seconds to the built-in broker and its registry's
// inbox, and how long a flow waits for a message. Linux alone counts them (/proc/self/io).
import { readFileSync } from "node:fs";
import { fleetOf, loaded, ownBroker, row, TOPIC } from "./broker-rows";

const DEVICES = 25;
const EVERY_S = 10;
const SECONDS = 60;

const written = (): number => Number(/write_bytes: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
const at = (sorted: readonly number[], part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;

export async function brokerDisk(): Promise<{ bytes: number; latency: number }> {
  const fleet = fleetOf(DEVICES);
  const target = await ownBroker(fleet);
  const load = { ...fleet, port: target.port, flow: target.flow, topic: TOPIC };
  // The log's files are there from the first message on.
  await loaded({ ...load, seconds: 2, perSecond: 10 });
  const before = written();
  const counted = await loaded({ ...load, seconds: SECONDS, perSecond: DEVICES / EVERY_S });
  const bytes = (written() - before) / counted.acknowledged;
  await target.stop();
  const busy = fleetOf(500);
  const own = await ownBroker(busy);
  const { toFlow } = await loaded({
    ...busy,
    port: own.port,
    flow: own.flow,
    topic: TOPIC,
    seconds: 10,
    perSecond: 500,
  });
  await own.stop();
  return { bytes, latency: at(toFlow, 0.99) };
}

async function main(): Promise<void> {
  const { bytes, latency } = await brokerDisk();
  row("bytes to the disk a message, 25 devices every 10 s, broker and inbox", bytes / 1024, "≤ 3", "KB");
  row("from a publish until the flow has it, 500 a second, 99th of 100", latency, "", "ms");
}

if (require.main === module) void main().then(() => process.exit(0));
