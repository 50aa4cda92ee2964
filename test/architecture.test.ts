import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const imports = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import|require)\s*\(?\s*"([^"]+)"/g)].map(
    (m) => m[1] as string,
  );

describe("architecture", () => {
  const core = globSync("src/**/*.ts");

  it("the core imports nothing but itself", () => {
    assert.ok(core.length > 15);
    for (const file of core) {
      for (const target of imports(file)) {
        assert.ok(target.startsWith("."), `${file} imports ${target}`);
        assert.ok(normalize(join(dirname(file), target)).startsWith("src"), `${file} imports ${target}`);
      }
    }
  });

  it("only nodes/ knows Node-RED, and the dialogs import nothing of the running nodes", () => {
    for (const file of globSync("nodes/editor/*.ts")) {
      for (const target of imports(file)) {
        const inside = normalize(join(dirname(file), target));
        assert.ok(
          target.startsWith("@node-red/") ||
            inside.startsWith("src") ||
            dirname(inside) === join("nodes", "editor"),
          `${file} imports ${target}`,
        );
      }
    }
  });
});
