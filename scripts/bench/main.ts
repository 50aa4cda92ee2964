// npm run bench [-- area …] [-- --write]: prints every row against its bar, and ends with 1 where one is missed by more
// than its own spread. With --write the table in docs/performance.md becomes what it printed.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Area, exitCode, type Line, linesOf, type Outcomes } from "./frame";
import { machine, printed, putInto, table } from "./print";
import { type AreaName, ROWS } from "./rows";

const DOCUMENT = join("docs", "performance.md");

const areas = Object.keys(ROWS) as AreaName[];

/**
 * Runs an area in a process of its own, so that no area has the compiled code and the heap of another. One that fails has
 * shown why, and tells nothing.
 */
async function outcomesOf(name: AreaName): Promise<Outcomes> {
  const child = fork(__filename, [], {
    execArgv: ["--expose-gc"],
    env: { ...process.env, BENCH_AREA: name },
  });
  let outcomes: Outcomes = { rows: {}, texts: {} };
  child.on("message", (message) => {
    outcomes = message as Outcomes;
  });
  // Its channel is closed behind its last message, which may come after its end.
  await Promise.all([once(child, "exit"), once(child, "disconnect")]);
  return outcomes;
}

async function measureInChild(name: AreaName): Promise<void> {
  process.once("disconnect", () => process.exit(1));
  const { AREA } = (await import(join(__dirname, "areas", `${name}.js`))) as { AREA: Area };
  const outcomes = await AREA.measure();
  process.send?.(outcomes, () => process.exit(0));
}

/** Areas that did not run keep what the document says of them. */
function write(lines: readonly Line[], texts: Outcomes["texts"]): void {
  let document = readFileSync(DOCUMENT, "utf8");
  document = putInto(document, "table", (old) => table(lines, old));
  if (areas.every((name) => lines.some(({ area }) => area === name)))
    document = putInto(document, "machine", () => `On ${machine()}.`);
  for (const [place, text] of Object.entries(texts)) document = putInto(document, place, () => text);
  writeFileSync(DOCUMENT, document);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { write: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !areas.includes(name as AreaName));
  if (unknown !== undefined)
    throw new Error(`There is no area “${unknown}”. There are: ${areas.join(", ")}.`);
  console.log(`${machine()}\nmedian ± half of the middle half of the rounds; bar; verdict; what\n`);
  const asked = areas.filter((name) => positionals.length === 0 || positionals.includes(name));
  const lines: Line[] = [];
  const texts: Record<string, string> = {};
  for (const name of asked) {
    const start = performance.now();
    const outcomes = await outcomesOf(name);
    const ofArea = linesOf(name, outcomes);
    Object.assign(texts, outcomes.texts);
    lines.push(...ofArea);
    console.log(`${name} (${((performance.now() - start) / 1000).toFixed(0)} s)\n${printed(ofArea)}\n`);
    for (const text of Object.values(outcomes.texts)) console.log(`${text}\n`);
  }
  if (values.write) write(lines, texts);
  return exitCode(lines);
}

const child = process.env.BENCH_AREA as AreaName | undefined;
(child === undefined ? main().then((code) => process.exit(code)) : measureInChild(child)).catch((error) => {
  console.error(error);
  process.exit(1);
});
