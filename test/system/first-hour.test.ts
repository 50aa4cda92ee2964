import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { connectAsync, type IClientOptions } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openEditor, SCREENSHOTS } from "../support/browser";
import { EXAMPLES } from "../support/end-to-end";
import { NpmStart } from "../support/npm-start";

describe("the first hour, in Chromium after npm start", function () {
  this.timeout(180_000);
  let start: NpmStart;
  let url: string;
  let browser: Browser;
  let page: Page;
  /** Somebody else has the usual port. */
  const taken: Server = createServer().on("error", () => undefined);
  before(async () => {
    taken.listen(1883, "127.0.0.1");
    start = await NpmStart.inNewFolder();
    url = await start.begin();
    browser = await launchBrowser();
    ({ page } = await openEditor(browser, url, { theme: "light", language: "en-US" }));
  });
  after(async () => {
    await browser?.close();
    await start?.end();
    await start?.remove();
    taken.close();
  });

  for (const word of ["gps", "vehicle", "fleet", "tracking"]) {
    it(`the palette finds the nodes by ${word}`, async () => {
      const search = page.locator("#red-ui-palette-search input");
      await search.pressSequentially(word);
      await page.locator('.red-ui-palette-node[data-palette-type="inject"]').waitFor({ state: "hidden" });
      const found = page.locator('.red-ui-palette-node[data-palette-type^="tracker-"]:visible');
      assert.ok((await found.count()) >= 6);
      await search.fill("");
      await search.press("Backspace");
      await page
        .locator('.red-ui-palette-node[data-palette-type="inject"]:not([data-filter])')
        .waitFor({ state: "attached" });
    });
  }

  it("the set-up sheet has the port that the broker listens on", async () => {
    const { brokers } = (await (await fetch(`${url}/trackers/brokers`)).json()) as {
      brokers: { port: number }[];
    };
    const port = String(brokers[0]?.port);
    assert.notEqual(port, "1883");
    await page.evaluate(() => {
      const { RED } = window as unknown as { RED: { editor: { editConfig(...all: string[]): void } } };
      RED.editor.editConfig("", "tracker-device-config", "5a00000000000064", "");
    });
    await page.locator(`#node-config-input-port[placeholder="${port}"]`).waitFor();
    await page.locator("#red-ui-tab-tracker-tab-sheet a").click();
    assert.equal(await page.locator('#tracker-sheet tr[data-field="Port"] code').textContent(), port);
    await page.locator("#node-config-dialog-cancel").click();
    await page.locator("#tracker-device-config").waitFor({ state: "detached" });
  });

  describe("adds a tracker, whose password", () => {
    const made = "869595061374194";
    const chosen = "869595061374202";
    const dialog = (selector: string, options?: { hasText: string }) =>
      page.locator(`#tracker-add ${selector}`, options);
    const next = () => page.locator("#tracker-add-next").click();
    const source = () => dialog(".tracker-add-password select");
    const toDevice = async () => {
      await page.locator(".tracker-add").click();
      await next();
      await dialog(".tracker-add-own-password").waitFor();
      await next();
      await source().waitFor();
    };
    const typeImei = async (imei: string) => {
      await dialog('input[inputmode="numeric"]').fill(imei);
      await dialog(".tracker-field-good").waitFor();
    };
    /** Logs in at the built-in broker as a tracker does. */
    const login = async (clientId: string, password: string) => {
      const { brokers } = (await (await fetch(`${url}/trackers/brokers`)).json()) as {
        brokers: { port: number }[];
      };
      const options: IClientOptions = { clientId, username: "bce_device", password, reconnectPeriod: 0 };
      const client = await connectAsync(`mqtt://127.0.0.1:${brokers[0]?.port}`, options);
      await dialog(".tracker-wait", { hasText: "It is connected." }).waitFor();
      await client.endAsync();
    };
    before(() =>
      page.evaluate(() =>
        (globalThis as unknown as { RED: { sidebar: { show(id: string): void } } }).RED.sidebar.show(
          "trackers",
        ),
      ),
    );

    it("the registry makes unless somebody wants another, and shows once", async () => {
      await toDevice();
      await typeImei(made);
      assert.equal(await source().inputValue(), "made");
      await page.screenshot({ path: join(SCREENSHOTS, "add-device-password.png") });
      await next();
      const shown = dialog(".tracker-wait-password code");
      const password = (await shown.textContent()) ?? "";
      assert.match(password, /^[0-9a-hjkmnp-z]{26}$/);
      await page.screenshot({ path: join(SCREENSHOTS, "add-wait-password.png") });
      await login(made, password);
      await assert.rejects(login(made, "secretword"), /Not authorized/);
    });

    it("may be chosen, and then is not shown", async () => {
      await page.locator(".tracker-wait-another").click();
      await source().waitFor();
      await typeImei(chosen);
      await source().selectOption("chosen");
      await next();
      await dialog(".tracker-field-error", { hasText: "Enter the password" }).waitFor();
      await dialog(".tracker-add-password input").fill("a word of my own");
      await next();
      await dialog(".tracker-wait").waitFor();
      assert.equal(await dialog(".tracker-wait-password").count(), 0);
      await login(chosen, "a word of my own");
    });

    it("stays that of its device config where it is set up already and tries to get in", async () => {
      await page.locator(".tracker-wait-another").click();
      await source().waitFor();
      const pending = page.locator(".tracker-row[data-key]:has(.tracker-row-activate:visible)").first();
      await typeImei((await pending.getAttribute("data-key")) ?? "");
      assert.equal(await source().inputValue(), "shared");
      await page.locator("#tracker-add-cancel").click();
      await page.locator("#tracker-add").waitFor({ state: "detached" });
    });
  });

  it("every example can be imported, and only the broker without passwords says that something is missing", async () => {
    for (const file of EXAMPLES) {
      await page.evaluate(
        (nodes) => {
          const { RED } = window as unknown as {
            RED: { view: { importNodes(nodes: object[], options: object): void } };
          };
          RED.view.importNodes(nodes, { generateIds: true, addFlow: false });
        },
        JSON.parse(readFileSync(file, "utf8")),
      );
    }
    const invalid = (type: string) =>
      page.evaluate((wanted) => {
        const { RED } = window as unknown as {
          RED: {
            nodes: {
              eachNode(
                each: (node: { type: string; valid: boolean; validationErrors: string[] }) => void,
              ): void;
            };
          };
        };
        const found: string[] = [];
        RED.nodes.eachNode((node) => {
          if (node.type === wanted && !node.valid) found.push(...(node.validationErrors ?? [""]));
        });
        return found;
      }, type);
    // Before the deploy, the broker of example 06 says that nobody can log in.
    assert.match((await invalid("tracker-broker")).join(), /“vans” has no password/);
    for (const type of ["mqtt in", "mqtt out", "tracker-simulator", "tracker-bce-decoder"])
      assert.deepEqual(await invalid(type), [], type);
    await page.screenshot({ path: join(SCREENSHOTS, "first-hour-imported.png") });
  });
});
