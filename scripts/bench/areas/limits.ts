// What the worst messages of 1 MB cost: the longest time that the event loop waits for what looks at them first.
import { REGISTRY_TOOLS } from "../../../nodes/runtime/registry-tools";
import { foreignImei } from "../../../src/broker/sender-check";
import { importDevices } from "../../../src/fleet/transfer";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { decodeReadings, readPayload } from "../../../src/protocols/json/decode";
import { compileMap } from "../../../src/protocols/json/field-map";
import { TestRegistry } from "../../../test/support/registry";
import { area, median } from "../frame";
import { figure } from "../print";
import { OWN, WORST_LISTS, worstMessages } from "../real/worst-inputs";

const ROUNDS = 3;

interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

/** The longest time for which nothing else could run while `work` did, in ms. */
async function longestBlock(work: () => unknown): Promise<number> {
  let [last, longest, isDone] = [performance.now(), 0, false];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setImmediate(look);
  };
  await new Promise<void>((resolve) => setImmediate(resolve));
  last = performance.now();
  setImmediate(look);
  try {
    await work();
  } catch {
    // A refusal.
  }
  isDone = true;
  look();
  return longest;
}

/** The rounds of the case whose median is the longest. */
async function slowest(cases: readonly Case[]): Promise<{ readonly name: string; readonly ms: number[] }> {
  const all: { name: string; ms: number[] }[] = [];
  for (const { name, run } of cases) {
    const ms: number[] = [];
    for (let round = 0; round < ROUNDS; round++) ms.push(await longestBlock(run));
    all.push({ name, ms });
  }
  return all.reduce((a, b) => (median(b.ms) > median(a.ms) ? b : a));
}

async function importing(data: string): Promise<void> {
  const { fleet } = await TestRegistry.open();
  await importDevices({ data }, { fleet, tools: REGISTRY_TOOLS, by: "bench" });
}

export const AREA = area("limits", async (report) => {
  const all = worstMessages();
  const plain = all.filter(({ name }) => !name.endsWith("gzip"));
  const map = compileMap();
  const context = { protocol: "json", map, receivedAt: 0, noTime: "received", noImei: "pass" } as const;
  const parts = {
    sender: all.map(({ name, bytes }) => ({ name, run: () => foreignImei(bytes, OWN, () => false) })),
    xtcu: plain.map(({ name, bytes }) => ({
      name,
      run: async () => decodeReadings(readPayload(bytes, map), context, () => bytes),
    })),
    bce: plain.map(({ name, bytes }) => ({ name, run: () => decodePayload(bytes, { receivedAt: 0 }) })),
    import: Object.entries(WORST_LISTS).map(([name, data]) => ({ name, run: () => importing(data) })),
  };
  const lines: string[] = [];
  for (const name of Object.keys(parts) as (keyof typeof parts)[]) {
    const found = await slowest(parts[name]);
    report.add(name, found.ms);
    lines.push(`- ${name}: ${found.name}, ${figure(median(found.ms))} ms, of ${parts[name].length} kinds`);
  }
  report.text("limits", lines.join("\n"));
});
