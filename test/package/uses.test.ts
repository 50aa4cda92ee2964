import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { EditorClient } from "../support/editor-client";
import { EXAMPLES } from "../support/end-to-end";
import { NODE_RED_FROM } from "../support/node-red";
import { type PackedUserDir, packedUserDir } from "../support/packed";
import { anyPort } from "../support/port";
import { USES } from "../support/use-list";
import { atFifty, writeTable } from "../support/uses";

/** USES_TABLE=1 writes rows of the table of docs/uses.md. */
const WRITES_TABLE = process.env.USES_TABLE !== undefined;

describe("the uses, in a Node-RED with the tarball alone", function () {
  this.timeout(600_000);
  let packed: PackedUserDir;
  let nodeRed: NodeRed;
  let editor: EditorClient;
  const measured: string[][] = [];
  before(async () => {
    packed = await packedUserDir();
    nodeRed = await startNodeRed({ from: NODE_RED_FROM, userDir: packed.userDir, port: await anyPort() });
    editor = await EditorClient.connect(nodeRed.url);
  });
  after(async () => {
    editor?.close();
    await nodeRed?.stop();
    await packed?.remove();
    if (WRITES_TABLE)
      writeTable(
        measured,
        USES.map(({ name }) => name),
      );
  });

  for (const { name, file, outcome, reach, reachAtFifty } of USES) {
    it(`${file}: ${outcome}`, async () => {
      const nodes = JSON.parse(readFileSync(`examples/${file}`, "utf8"));
      const start = performance.now();
      await editor.deploy(nodes);
      await reach({ nodes, url: nodeRed.url, editor });
      measured.push([name, file.slice(0, 2), outcome, ((performance.now() - start) / 1000).toFixed(0)]);
      if (reachAtFifty === undefined) return;
      const faster = atFifty(nodes);
      await editor.deploy(faster);
      await reachAtFifty({ nodes: faster, url: nodeRed.url, editor });
    });
  }

  it("each has its example, and its row in docs/uses.md", () => {
    const table = readFileSync("docs/uses.md", "utf8");
    for (const { name, file, outcome } of USES) {
      assert.ok(EXAMPLES.includes(`examples/${file}`), file);
      assert.ok(table.includes(`| ${name} | ${file.slice(0, 2)} | ${outcome} |`), name);
    }
  });
});
