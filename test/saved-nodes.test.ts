import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { checkSavedVersion, SAVED_NODE_STEPS, upgradeSavedNode } from "../src/saved-nodes";
import { definitionsIn } from "./support/definitions";
import { ODD } from "./support/odd";
import { savedNodeVectors } from "./support/saved-nodes";

const { nodes }: { nodes: Record<string, string> } = JSON.parse(readFileSync("package.json", "utf8"))[
  "node-red"
];
const FILES = globSync("test/vectors/saved-nodes/v*.json").sort();
/** What Node-RED itself keeps of a node. */
const NODE_RED = ["id", "type", "z", "x", "y", "wires"];

describe("saved nodes", () => {
  it("there are steps for every type of the package, and vectors of every version before today's", () => {
    assert.deepEqual(Object.keys(SAVED_NODE_STEPS).sort(), Object.keys(nodes).sort());
    for (const [type, steps] of Object.entries(SAVED_NODE_STEPS)) {
      for (const version of steps.keys()) {
        const found = savedNodeVectors(version).filter(({ saved }) => saved.type === type);
        assert.ok(found.length > 0, `${type} ${version}`);
      }
    }
  });

  for (const file of FILES) {
    const version = Number(/v(\d+)\.json$/.exec(file)?.[1]);
    for (const { why, saved, today } of savedNodeVectors(version)) {
      it(`${basename(file)}, ${saved.type}: ${why}`, () => {
        const before = structuredClone(saved);
        const upgraded = upgradeSavedNode(saved.type, saved);
        assert.deepEqual(upgraded, today);
        assert.deepEqual(saved, before, "what is given stays");
        assert.deepEqual(upgradeSavedNode(saved.type, upgraded), today, "once is enough");
      });
    }
  }

  it("the editor keeps every field that any version has saved: it drops what no default declares", () => {
    assert.ok(FILES.length > 0);
    for (const version of FILES.keys()) {
      for (const { saved, today } of savedNodeVectors(version)) {
        const file = (nodes[saved.type] as string).replace(/\.js$/, ".html");
        const declared = Object.keys(definitionsIn(file).get(saved.type)?.defaults ?? {});
        const lost = Object.keys({ ...saved, ...today }).filter(
          (field) => ![...NODE_RED, ...declared].includes(field),
        );
        assert.deepEqual(lost, [], `${saved.type} of version ${version}`);
      }
    }
  });

  it("a new node has today's version", () => {
    for (const [type, file] of Object.entries(nodes)) {
      const { defaults } = definitionsIn(file.replace(/\.js$/, ".html")).get(type) ?? {};
      const { value } = defaults?.version as { value?: unknown };
      assert.equal(value, SAVED_NODE_STEPS[type]?.length, type);
    }
  });

  it("examples and the flow of npm start have today's version", () => {
    let count = 0;
    for (const file of [...globSync("examples/*.json"), "scripts/start-flow.json"]) {
      const flow: { type: string; version?: unknown }[] = JSON.parse(readFileSync(file, "utf8"));
      const own = flow.filter(({ type }) => type.startsWith("tracker-"));
      count += own.length;
      for (const { type, version } of own) assert.equal(version, SAVED_NODE_STEPS[type]?.length, file);
    }
    assert.ok(count > 30);
  });

  for (const type of Object.keys(SAVED_NODE_STEPS)) {
    it(`${type}: a newer version is not guessed at`, () => {
      const known = SAVED_NODE_STEPS[type]?.length ?? 0;
      for (const version of [known + 1, `${known + 1}`, 1e9, "123456789012345678901234567890"]) {
        assert.throws(() => upgradeSavedNode(type, { version }), {
          code: "VERSION_NEWER",
          path: "version",
          message: /^saved by a newer version of this package/,
        });
      }
    });
  }

  it("what is no version is told, and is no reason to throw anything else", () => {
    const known: readonly unknown[] = [undefined, null, "", 0];
    for (const version of [
      ...ODD,
      ...known,
      -1,
      0.5,
      Number.NaN,
      "1.0",
      "v1",
      "${VERSION}",
      [1],
      { version: 1 },
    ]) {
      const code = checkSavedVersion("tracker-registry", version)?.code;
      assert.equal(code, known.includes(version) ? undefined : "VERSION", String(JSON.stringify(version)));
    }
  });
});
