import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { relative } from "node:path";
import ts from "typescript";

/** What every dialog has; its HTML calls it by the node's name. */
const OF_EVERY_DIALOG = ["prepare", "save", "close"];

const PROGRAM_OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  noLib: true,
  types: [],
};

/** The files in which the names that a file exports are declared; what it only passes on counts where it comes from. */
function exportsOf(file: string, program: ts.Program): [name: string, place: string][] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) return [];
  return checker.getExportsOfModule(module).flatMap((symbol) => {
    const isPassedOn = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const { declarations = [] } = isPassedOn ? checker.getAliasedSymbol(symbol) : symbol;
    return declarations
      .filter((declaration) => !ts.isSourceFile(declaration))
      .map((declaration): [string, string] => [
        symbol.name,
        relative(process.cwd(), declaration.getSourceFile().fileName),
      ]);
  });
}

describe("exported names", () => {
  it("stand for one thing each in src and nodes", function () {
    this.timeout(60_000);
    const files = globSync(["src/**/*.ts", "nodes/**/*.ts"]);
    const program = ts.createProgram(files, PROGRAM_OPTIONS);
    const places = new Map<string, Set<string>>();
    for (const [name, place] of files.flatMap((file) => exportsOf(file, program))) {
      places.set(name, (places.get(name) ?? new Set()).add(place));
    }
    assert.ok(places.size > 500, `${places.size} names`);
    const doubles = [...places].filter(([name, { size }]) => size > 1 && !OF_EVERY_DIALOG.includes(name));
    assert.deepEqual(
      doubles.map(([name, where]) => `${name}: ${[...where].sort().join(", ")}`),
      [],
    );
  });
});
