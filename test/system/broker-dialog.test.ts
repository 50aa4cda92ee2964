import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { Page } from "playwright-core";
import { type Look, openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { anyPort } from "../support/port";

interface SavedBroker {
  readonly id: string;
  readonly type: string;
  readonly services?: unknown;
}

const LOOKS: readonly Look[] = [
  { theme: "light", language: "en-US" },
  { theme: "dark", language: "de" },
];

describe("the broker's dialog in Chromium", () => {
  const session = useEditorInBrowser();
  let port = 0;
  before(async () => {
    port = await anyPort();
  });

  const saved = async (): Promise<SavedBroker> => {
    const flows: SavedBroker[] = await (await fetch(`${session().url}/flows`)).json();
    const found = flows.find(({ type }) => type === "tracker-broker");
    assert.ok(found);
    return found;
  };
  const edit = async (page: Page): Promise<void> => {
    const { id } = await saved();
    await page.locator(`#${id} rect.red-ui-flow-node`).dblclick();
    await page.locator("#tracker-broker").waitFor();
  };
  /** Closes the dialog and deploys. */
  const finish = async (page: Page): Promise<void> => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#tracker-broker").waitFor({ state: "detached" });
    const deployed = page.waitForResponse((response) => response.url().endsWith("/flows") && response.ok());
    await page.locator("#red-ui-header-button-deploy").click();
    await deployed;
  };
  /** The new broker listens a moment after the deploy, so its refusal is waited for, or its welcome. */
  const entry = async (username: string, password: string): Promise<number> => {
    for (;;) {
      const code = await connectAsync(
        `mqtt://127.0.0.1:${port}`,
        { username, password, reconnectPeriod: 0 },
        false,
      ).then(
        async (client) => {
          await client.endAsync(true);
          return 0;
        },
        (error: { code: number | string }) => error.code,
      );
      if (typeof code === "number") return code;
    }
  };

  for (const look of LOOKS) {
    it(`keeps service users and their passwords: ${look.theme}, ${look.language}`, async function () {
      this.timeout(60_000);
      const flow: object[] = JSON.parse(readFileSync("examples/06-your-own-broker.json", "utf8"));
      const moved = flow.map((node) =>
        /broker$/.test((node as SavedBroker).type) ? { ...node, port: String(port) } : node,
      );
      const { url, client, browser } = session();
      await client.deploy([{ id: "empty", type: "tab", label: "empty" }]);
      await client.deploy(moved);
      const { page, complaints } = await openEditor(browser, url, look);
      try {
        const users = page.locator("#tracker-broker-services .tracker-user");
        const passwords = page.locator("#tracker-broker-services .tracker-password");
        await edit(page);
        for (const [index, name] of ["flow", "phone"].entries()) {
          await page.locator("#tracker-broker-add-user").click();
          await users.nth(index).fill(name);
          await passwords.nth(index).fill(`${name}'s own`);
        }
        await page.locator("#tracker-broker-services select").nth(1).selectOption("read");
        const warning = page.locator("#tracker-open-warning");
        assert.ok(!(await warning.isVisible()));
        await page.locator("#node-input-bind").selectOption("network");
        assert.ok(await warning.isVisible());
        await page.locator("#node-input-tls").selectOption("only");
        assert.ok(!(await warning.isVisible()));
        assert.ok(await page.locator("#node-input-keyFile").isVisible());
        const plain = page.locator("#tracker-plain-port");
        await page.locator("#node-input-clientCertificates").check();
        assert.ok(!(await plain.isVisible()), "there is no plain port");
        await page.locator("#node-input-tls").selectOption("both");
        assert.ok(await plain.isVisible());
        assert.match((await plain.textContent()) ?? "", /certificate|Zertifikat/);
        await page.locator("#node-input-clientCertificates").uncheck();
        assert.ok(!(await plain.isVisible()), "nobody is asked for one");
        await page.locator("#node-input-tls").selectOption("only");
        await page.locator("#tracker-broker summary").click();
        await page.screenshot({ path: join(SCREENSHOTS, `broker-${look.theme}.png`) });
        await page.locator("#node-input-bind").selectOption("local");
        await page.locator("#node-input-tls").selectOption("off");
        await finish(page);
        assert.deepEqual((await saved()).services, [
          { user: "flow", role: "full", slot: 1 },
          { user: "phone", role: "read", slot: 2 },
        ]);
        assert.doesNotMatch(JSON.stringify(await saved()), /own"/);
        assert.equal(await entry("flow", "flow's own"), 0);
        assert.equal(await entry("phone", "flow's own"), 5);

        // The first one goes; the password of the second stays, and was never shown.
        await edit(page);
        assert.equal(await passwords.nth(1).inputValue(), "__PWRD__");
        await page.locator("#tracker-broker-services .red-ui-editableList-item-remove").first().click();
        await users.nth(1).waitFor({ state: "detached" });
        // A new one in the place of the first does not inherit its password.
        await page.locator("#tracker-broker-add-user").click();
        assert.equal(await passwords.nth(1).inputValue(), "");
        await page.locator("#tracker-broker-services .red-ui-editableList-item-remove").nth(1).click();
        await users.nth(1).waitFor({ state: "detached" });
        await finish(page);
        assert.deepEqual((await saved()).services, [{ user: "phone", role: "read", slot: 2 }]);
        assert.equal(await entry("phone", "phone's own"), 0);
        assert.equal(await entry("flow", "flow's own"), 5);
        assert.deepEqual(complaints, []);
      } finally {
        await page.close();
      }
    });
  }
});
