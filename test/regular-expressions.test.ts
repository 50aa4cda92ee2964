import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { analyse, type Report } from "scslre";
import ts from "typescript";

interface Found {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** All that stand in a file as they are. */
function literalsIn(file: string): Found[] {
  const found: Found[] = [];
  const parsed = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const walk = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      const { line } = parsed.getLineAndCharacterOfPosition(node.getStart());
      const [source, flags] = [node.text.slice(1, end), node.text.slice(end + 1)];
      found.push({ place: `${file}:${line + 1}`, source, flags });
    }
    ts.forEachChild(node, walk);
  };
  walk(parsed);
  return found;
}

/** All that the core makes of parts when it is loaded. */
function madeByTheCore(): Found[] {
  const found: Found[] = [];
  const { RegExp: original } = globalThis;
  globalThis.RegExp = new Proxy(original, {
    construct: (target, [source, flags = ""]: [string, string?]) => {
      found.push({ place: "new RegExp", source: String(source), flags });
      return new target(source, flags);
    },
  });
  const folder = join(__dirname, "..", "src");
  const files = globSync("**/*.js", { cwd: folder }).filter((file) => !file.endsWith("worker.js"));
  const cached = Object.keys(require.cache).filter((path) => path.startsWith(folder));
  const kept = cached.map((path) => [path, require.cache[path]] as const);
  for (const path of cached) delete require.cache[path];
  try {
    for (const file of files) require(join(folder, file));
  } finally {
    globalThis.RegExp = original;
    for (const path of Object.keys(require.cache)) if (path.startsWith(folder)) delete require.cache[path];
    for (const [path, module] of kept) require.cache[path] = module;
  }
  return found;
}

/** Why it can take more than linear time, if it can. */
function reportsOf({ source, flags }: Found): readonly Report[] {
  return analyse({ source, flags }).reports;
}

describe("regular expressions", () => {
  const sources = globSync(["src/**/*.ts", "nodes/**/*.ts"]);

  it("take no more than linear time, whatever they are given", () => {
    const all = [...sources.flatMap(literalsIn), ...madeByTheCore()];
    assert.ok(all.length > 50 && all.some(({ place }) => place === "new RegExp"));
    const slow = all.flatMap((one) =>
      reportsOf(one).map(({ type }) => `${one.place} ${type}: /${one.source}/`),
    );
    assert.deepEqual(slow, []);
  });

  it("are checked by something that finds what is not linear", () => {
    for (const source of ["^\\s*(?:0x)?[\\s:-]*0", "(a+)+$", "\\d*\\.?\\d*$", "\\s+$"]) {
      assert.ok(reportsOf({ place: "", source, flags: "" }).length > 0, source);
    }
  });
});
