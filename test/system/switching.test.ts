import assert from "node:assert/strict";
import { type Broker, startBroker } from "../../scripts/broker";
import { ROUTES } from "../../src/simulator/routes";
import { openEditor } from "../support/browser";
import { ConnectedTracker, commandsFlow } from "../support/commands-end-to-end";
import { useEditorInBrowser } from "../support/editor-in-browser";

describe("switching an output from the editor in Chromium", () => {
  let broker: Broker;
  const tracker = new ConnectedTracker(1, ROUTES.varna);
  before(async () => {
    broker = await startBroker();
    await tracker.connect(broker.url);
  });
  const session = useEditorInBrowser(() => commandsFlow(broker.port));
  after(async () => {
    await tracker.disconnect();
    await broker?.stop();
  });

  it("a click and a yes: the virtual device has done it, and the page says so", async () => {
    const answer = await fetch(`${session().url}/trackers/registry/registry/request`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        request: "register",
        payload: { imei: tracker.imei, name: "Van", state: "active" },
      }),
    });
    assert.ok(answer.ok);
    const { page, complaints } = await openEditor(session().browser, session().url, {
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
