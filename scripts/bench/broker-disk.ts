// Bytes to the disk for each message: 25 devices that report every 10 seconds to the built-in broker and its registry's
// inbox. Linux alone counts them (/proc/self/io).
import { readFileSync } from "node:fs";
import { fleetOf, loaded, ownBroker, row, TOPIC } from "./broker-rows";

const DEVICES = 25;
const EVERY_S = 10;
const SECONDS = 60;

const written = (): number => Number(/write_bytes: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);

export async function brokerDisk(): Promise<number> {
  const fleet = fleetOf(DEVICES);
  const target = await ownBroker(fleet);
  const load = { ...fleet, port: target.port, flow: target.flow, topic: TOPIC };
  // The log's files are there from the first message on.
  await loaded({ ...load, seconds: 2, perSecond: 10 });
  const before = written();
  const counted = await loaded({ ...load, seconds: SECONDS, perSecond: DEVICES / EVERY_S });
  const bytes = (written() - before) / counted.acknowledged;
  await target.stop();
  return bytes;
}

async function main(): Promise<void> {
  const bytes = await brokerDisk();
  row("bytes to the disk a message, 25 devices every 10 s, broker and inbox", bytes / 1024, "≤ 3", "KB");
}

if (require.main === module) void main().then(() => process.exit(0));
