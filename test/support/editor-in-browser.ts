import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { launchBrowser } from "./browser";
import { EditorClient } from "./editor-client";
import { NODE_RED_FROM } from "./node-red";
import { type PackedUserDir, packedUserDir } from "./packed";
import { anyPort } from "./port";

/** What the tests of a `describe` share. */
export interface EditorInBrowser {
  readonly url: string;
  readonly userDir: string;
  readonly client: EditorClient;
  readonly browser: Browser;
}

/**
 * A Node-RED with the package as a user has it, and Chromium, while the tests of a `describe` run. `flows` are there
 * from its start, and what `prepare` puts into its folder. To be asked only inside of tests and hooks.
 */
export function useEditorInBrowser(
  flows?: () => readonly object[],
  prepare?: (userDir: string) => Promise<void>,
): () => EditorInBrowser {
  let packed: PackedUserDir | undefined;
  let nodeRed: NodeRed | undefined;
  let client: EditorClient | undefined;
  let browser: Browser | undefined;
  let shared: EditorInBrowser;
  before(async () => {
    packed = await packedUserDir();
    if (flows !== undefined) {
      await writeFile(join(packed.userDir, "flows.json"), JSON.stringify(flows()));
    }
    await prepare?.(packed.userDir);
    nodeRed = await startNodeRed({
      from: NODE_RED_FROM,
      userDir: packed.userDir,
      port: await anyPort(),
    });
    client = await EditorClient.connect(nodeRed.url);
    browser = await launchBrowser();
    shared = { url: nodeRed.url, userDir: packed.userDir, client, browser };
  });
  after(async () => {
    await browser?.close();
    client?.close();
    await nodeRed?.stop();
    await packed?.remove();
  });
  return () => shared;
}
