import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const imports = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/(?<!")\b(?:from|import|require)\s*\(?\s*"([^"]+)"/g)].map(
    (m) => m[1] as string,
  );

describe("architecture", () => {
  /** The parts of src/ that touch the world. */
  const WORLD = [join("src", "store"), join("src", "broker")];
  const touchesWorld = (file: string) => WORLD.some((folder) => file.startsWith(folder));
  /** What they are to the core: types, and tables that know nothing of the world. */
  const CONTRACTS = [join("src", "broker", "directory")];
  const all = globSync("src/**/*.ts");

  it("the core imports nothing but itself", () => {
    const core = all.filter((file) => !touchesWorld(file));
    assert.ok(core.length > 25);
    for (const file of core) {
      for (const target of imports(file)) {
        const inside = normalize(join(dirname(file), target));
        assert.ok(target.startsWith("."), `${file} imports ${target}`);
        const isCore = inside.startsWith("src") && (!touchesWorld(inside) || CONTRACTS.includes(inside));
        assert.ok(isCore, `${file} imports ${target}`);
      }
    }
  });

  it("what touches the world imports the core, Node.js and the broker's protocol, and nothing of Node-RED", () => {
    const world = all.filter(touchesWorld);
    assert.ok(world.length > 3);
    for (const file of world) {
      for (const target of imports(file)) {
        const inside = normalize(join(dirname(file), target));
        const isMqtt = target === "aedes" && file.startsWith(join("src", "broker"));
        assert.ok(
          target.startsWith("node:") || isMqtt || inside.startsWith("src"),
          `${file} imports ${target}`,
        );
      }
    }
  });

  it("only nodes/ knows Node-RED, and the dialogs import nothing of the running nodes", () => {
    const dialogs = globSync(["nodes/editor/**/*.ts", "nodes/*/dialog.ts"]);
    assert.ok(dialogs.length > 40);
    for (const file of dialogs) {
      for (const target of imports(file)) {
        const inside = normalize(join(dirname(file), target));
        const isDialog = inside.startsWith(join("nodes", "editor")) || inside.endsWith("/dialog");
        assert.ok(
          target.startsWith("@node-red/") || inside.startsWith("src") || isDialog,
          `${file} imports ${target}`,
        );
      }
    }
  });

  it("the map's page imports pure parts of the core, the map library and the reader of its tiles", () => {
    const page = globSync("nodes/map/page/*.ts");
    assert.ok(page.length > 15);
    for (const file of page) {
      for (const target of imports(file)) {
        const inside = normalize(join(dirname(file), target));
        const isPure = inside.startsWith(join("nodes", "map", "page")) || inside.startsWith("src");
        assert.ok(isPure || /^(ol\/|pmtiles$)/.test(target), `${file} imports ${target}`);
      }
    }
  });
});
