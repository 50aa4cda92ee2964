// How long a registry of 100,000 devices takes to open, and what it keeps from running meanwhile:
// node dist/scripts/bench/opening.js
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDevice } from "../../src/devices/fields";
import { SqliteStore } from "../../src/store/sqlite/store";
import { START, TestRegistry } from "../../test/support/registry";
import { imeiOf, readingOf } from "./memory";

const DEVICES = 100_000;
/** Devices of which the readings are taken in one go. */
const PART = 5000;

export interface Opening {
  /** The longest time that nothing else could run, in ms. */
  readonly blocked: number;
  /** Memory of the whole process at its peak, in MB. */
  readonly peak: number;
  /** From the beginning until a first reading was taken in, in s. */
  readonly firstMessage: number;
}

/** Writes a registry's file with active devices that were heard. */
export async function writeRegistry(path: string, devices = DEVICES, readings = 2): Promise<void> {
  const it_ = await TestRegistry.open(new SqliteStore(path));
  it_.fleet.history.keep = () => true;
  for (let first = 0; first < devices; first += PART) {
    const imeis = Array.from({ length: Math.min(PART, devices - first) }, (_, at) => imeiOf(first + at));
    const all = imeis.map((imei) => ({
      ...newDevice(imei, START),
      name: `Van ${imei}`,
      state: "active" as const,
    }));
    await it_.fleet.change(() => new Map(all.map((device) => [device.imei, device])), "bench");
    for (let n = 0; n < readings; n++) {
      it_.wall = START + n * 10_000;
      for (const at of imeis.keys()) it_.fleet.receive(readingOf(first + at, n), "BCE/D", true);
    }
    await it_.fleet.flush();
    it_.told();
  }
  await it_.fleet.close();
}

/** Opens a registry's file in this process, which should have done nothing else. */
async function openHere(path: string): Promise<Opening> {
  let blocked = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    blocked = Math.max(blocked, now - last - 1);
    last = now;
  }, 1);
  const start = performance.now();
  const it_ = await TestRegistry.open(new SqliteStore(path));
  it_.wall = START + 60_000;
  const taken = await it_.take(readingOf(1, 6));
  if (taken.kind !== "active") throw new Error("the device was not there");
  const firstMessage = (performance.now() - start) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 100));
  clearInterval(watch);
  const peak = process.resourceUsage().maxRSS / 1024;
  await it_.fleet.close();
  return { blocked, peak, firstMessage };
}

/** Opens a registry's file in a process of its own. */
export async function openingOf(path: string): Promise<Opening> {
  const child = fork(__filename, [path]);
  const [told] = (await once(child, "message")) as [Opening];
  return told;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "bench-opening-"));
  const path = join(folder, "trackers.sqlite");
  await writeRegistry(path);
  const { blocked, peak, firstMessage } = await openingOf(path);
  console.log(`opening ${DEVICES} devices: the loop was blocked for ${blocked.toFixed(0)} ms (bar: 50 ms)`);
  console.log(`the same: memory at its peak ${peak.toFixed(0)} MB (bar: 500 MB)`);
  console.log(`the same: first message through after ${firstMessage.toFixed(1)} s (bar: 2 s)`);
  await rm(folder, { recursive: true });
}

if (require.main === module) {
  const [path] = process.argv.slice(2);
  if (path === undefined) void main();
  else void openHere(path).then((opening) => process.send?.(opening));
}
