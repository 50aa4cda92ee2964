import { readFileSync } from "node:fs";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { EditorClient } from "./editor-client";
import { NODE_RED_FROM } from "./node-red";
import { type PackedUserDir, packedUserDir } from "./packed";
import { anyPort } from "./port";
import { USES } from "./use-list";
import { atFifty, writeTable } from "./uses";

/** USES_TABLE=1 writes rows of the table of docs/uses.md. */
const WRITES_TABLE = process.env.USES_TABLE !== undefined;

/** The uses of some examples, each as it is imported into a Node-RED with the tarball alone. */
export function usesSuite(numbers: readonly string[]): void {
  const uses = USES.filter(({ file }) => numbers.includes(file.slice(0, 2)));
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

  for (const { name, file, outcome, reach, reachAtFifty } of uses) {
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
}
