import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runVisibly } from "./run";

/** Compiled tests that need programs from outside npm. */
export const SYSTEM = "dist/test/system";

/**
 * How much time a compiled test file asks for with `timeout(…)`, in ms; 0 where the usual time is enough. Suites that
 * several files run stand in the support folder.
 */
function askedTime(file: string): number {
  const text = readFileSync(file, "utf8");
  const suites = [...text.matchAll(/\brequire\("([./]+support\/[\w/-]+)"\)/g)].map(([, path = ""]) =>
    readFileSync(join(dirname(file), `${path}.js`), "utf8"),
  );
  const asked = [text, ...suites].flatMap((one) => [...one.matchAll(/\btimeout\((\d[\d_]*)\)/g)]);
  return Math.max(0, ...asked.map(([, ms = ""]) => Number(ms.replaceAll("_", ""))));
}

/**
 * Compiled test files, those that take long first: a long file that comes last would run alone. What is left out is
 * said by a folder's path.
 */
export function testFiles(pattern: string, except?: string): string[] {
  return globSync(pattern)
    .filter((file) => except === undefined || !file.startsWith(except))
    .map((file) => [askedTime(file), file] as const)
    .sort(([a, one], [b, other]) => b - a || one.localeCompare(other))
    .map(([, file]) => file);
}

/** Runs test files in this order, so many at once, each in one process; resolves with mocha's exit code. */
export function runTests(
  files: readonly string[],
  jobs: number,
  options: { readonly node?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  if (files.length === 0) throw new Error("There are no compiled tests: npm run build makes them.");
  const mocha = require.resolve("mocha/bin/mocha.js");
  const args = [mocha, "--parallel", "--jobs", String(jobs), ...files];
  return runVisibly(options.node ?? process.execPath, args, options.env ? { env: options.env } : {});
}
