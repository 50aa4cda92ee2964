import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Browser } from "playwright-core";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { launchBrowser } from "../support/browser";
import { badlyDrawn } from "../support/drawing";
import { EditorClient } from "../support/editor-client";
import { EXAMPLES, type FlowNode } from "../support/end-to-end";
import { NODE_RED_FROM } from "../support/node-red";
import { type PackedUserDir, packedUserDir } from "../support/packed";
import { anyPort } from "../support/port";

const DASHBOARD = "@flowfuse/node-red-dashboard";
const FLOWS = globSync("examples/with-dashboard/*.json").sort();

/** By number: the page, and a cell of its table that is filled as soon as the outcome is there. */
const PAGES: Readonly<
  Record<string, { readonly path: string; readonly cell: number; readonly has: RegExp }>
> = {
  "12": { path: "/dashboard/fleet", cell: 3, has: /Anna Berg/ },
  // The score.
  "15": { path: "/dashboard/insurance", cell: 5, has: /\d/ },
};

const read = (file: string): (FlowNode & { info?: string })[] => JSON.parse(readFileSync(file, "utf8"));

describe("examples with the dashboard", function () {
  this.timeout(300_000);
  let packed: PackedUserDir;
  let nodeRed: NodeRed;
  let editor: EditorClient;
  let browser: Browser;
  before(async () => {
    packed = await packedUserDir();
    await mkdir(join(packed.userDir, "node_modules", "@flowfuse"), { recursive: true });
    const installed = join(process.cwd(), "node_modules", DASHBOARD);
    await symlink(installed, join(packed.userDir, "node_modules", DASHBOARD));
    const file = join(packed.userDir, "package.json");
    const manifest = JSON.parse(await readFile(file, "utf8"));
    manifest.dependencies[DASHBOARD] = "*";
    await writeFile(file, JSON.stringify(manifest));
    nodeRed = await startNodeRed({ from: NODE_RED_FROM, userDir: packed.userDir, port: await anyPort() });
    editor = await EditorClient.connect(nodeRed.url);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    editor?.close();
    await nodeRed?.stop();
    await packed?.remove();
  });

  for (const file of FLOWS) {
    const name = basename(file);
    it(`${name}: its page has the table and the chart`, async () => {
      const { path, cell, has } = PAGES[name.slice(0, 2)] as (typeof PAGES)[string];
      await editor.deploy(read(file));
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(240_000);
      await page.goto(`${nodeRed.url}${path}`);
      await page.locator(`tbody td:nth-child(${cell})`, { hasText: has }).first().waitFor();
      await page.locator(".nrdb-ui-chart canvas, .nrdb-ui-chart svg").first().waitFor();
      await page.close();
    });

    it(`${name}: says in its first comment what it needs, and is drawn well`, () => {
      const nodes = read(file);
      const [first] = nodes.filter(({ type }) => type === "comment");
      assert.match(`${first?.name}`, /needs @flowfuse\/node-red-dashboard/);
      assert.match(`${first?.info}`, /before you import/);
      assert.deepEqual(badlyDrawn(nodes), []);
    });
  }

  it("no other example needs it, and these share no node with the others", () => {
    const others = EXAMPLES.flatMap(read);
    assert.deepEqual(
      others.filter(({ type }) => type.startsWith("ui-")).map(({ type }) => type),
      [],
    );
    const ids = new Set(others.map(({ id }) => id));
    assert.deepEqual(
      FLOWS.flatMap(read).filter(({ id }) => ids.has(id)),
      [],
    );
    assert.equal(FLOWS.length, Object.keys(PAGES).length);
  });
});
