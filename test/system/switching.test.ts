import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { type Broker, startBroker } from "../../scripts/broker";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { freePort } from "../../scripts/ports";
import { ROUTES } from "../../src/simulator/routes";
import { launchBrowser, openEditor } from "../support/browser";
import { ConnectedTracker, commandsFlow } from "../support/commands-end-to-end";
import { NODE_RED_FROM } from "../support/node-red";
import { type PackedUserDir, packedUserDir } from "../support/packed";

describe("switching an output from the editor in Chromium", () => {
  let broker: Broker;
  let packed: PackedUserDir;
  let nodeRed: NodeRed;
  let browser: Browser;
  const tracker = new ConnectedTracker(1, ROUTES.varna);
  before(async () => {
    broker = await startBroker();
    packed = await packedUserDir();
    await writeFile(join(packed.userDir, "flows.json"), JSON.stringify(commandsFlow(broker.port)));
    nodeRed = await startNodeRed({
      from: NODE_RED_FROM,
      userDir: packed.userDir,
      port: await freePort(35_880),
    });
    await tracker.connect(broker.url);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await tracker.disconnect();
    await nodeRed?.stop();
    await broker?.stop();
    await packed?.remove();
  });

  it("a click and a yes: the virtual device has done it, and the page says so", async () => {
    const answer = await fetch(`${nodeRed.url}/trackers/registry/registry/command`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        command: "register",
        payload: { imei: tracker.imei, name: "Van", state: "active" },
      }),
    });
    assert.ok(answer.ok);
    const { page, complaints } = await openEditor(browser, nodeRed.url, {
      theme: "light",
      language: "en-US",
    });
    await page.evaluate(() =>
      (globalThis as unknown as { RED: { sidebar: { show(id: string): void } } }).RED.sidebar.show(
        "trackers",
      ),
    );
    await page.locator(".tracker-row", { hasText: "Van" }).click();
    const output = page.locator(".tracker-device-page", { hasText: "beacon" });
    await output.getByRole("button", { name: /^On/ }).first().click();
    await page.locator("#tracker-confirm-yes").click();
    await output.getByText("confirmed", { exact: false }).first().waitFor();
    assert.ok(tracker.isOn(1, Date.now()));
    assert.equal(tracker.executions.length, 1);
    assert.deepEqual(complaints, []);
  });
});
