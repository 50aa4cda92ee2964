import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { checkImei } from "../../src/model/imei";
import { type Look as Appearance, openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";

interface Look extends Appearance {
  readonly total: string;
  readonly tooMany: RegExp;
  readonly wrongRoute: RegExp;
}
const LOOKS: readonly Look[] = [
  {
    theme: "light",
    language: "en-US",
    total: "27 devices",
    tooMany: /1 to 5000/,
    wrongRoute: /neither GPX/,
  },
  {
    theme: "dark",
    language: "de",
    total: "27 Geräte",
    tooMany: /1 bis 5000/,
    wrongRoute: /weder GPX/,
  },
];
const GPX = `<gpx><trk><trkseg><trkpt lat="10" lon="20"/><trkpt lat="10.01" lon="20"/></trkseg></trk></gpx>`;

describe("the simulator's dialog in Chromium", () => {
  inOrder();
  const session = useEditorInBrowser();

  for (const look of LOOKS) {
    it(`shows the fleet and its IMEIs, what is wrong, and gives the list for the import: ${look.theme}`, async () => {
      await session().client.deploy(JSON.parse(await readFile("examples/07-simulated-fleet.json", "utf8")));
      const { page, complaints } = await openEditor(session().browser, session().url, look);
      const shot = (name: string) =>
        page.screenshot({ path: join(SCREENSHOTS, `simulator-${name}-${look.theme}.png`) });
      const says = (selector: string, hasText: string | RegExp) =>
        page.locator(selector, { hasText }).waitFor();
      await shot("example");
      await page.locator(".red-ui-flow-node-group", { hasText: "simulated fleet" }).first().dblclick();
      await page.locator("#node-input-car").fill("20");
      await page.locator("#node-input-xtcu").fill("2");
      await says(".tracker-total", look.total);
      await says('tr[data-model="car"] .tracker-imeis', "860000000000017 – 860000000000207");
      await shot("dialog");
      assert.ok(await page.locator("#node-input-deviceGlobalmatix").isVisible());

      const [download] = await Promise.all([page.waitForEvent("download"), page.click("#tracker-save-csv")]);
      const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
      assert.equal(lines[0], "imei;name;state;deviceConfig;group");
      assert.equal(lines.length, 28);
      assert.equal(lines[1], "860000000000017;Car 1;active;e07a000000000061;simulated");
      for (const line of lines.slice(1)) assert.equal(checkImei(line.split(";")[0] ?? ""), undefined);

      await page.locator("#node-input-car").fill("5000");
      await says(".tracker-total.tracker-too-many", look.tooMany);
      assert.ok(await page.locator("#tracker-copy-csv").isDisabled());
      await page.locator("#node-input-car").fill("20");

      await page.selectOption("#node-input-route", "text");
      await page.locator("#node-input-routeText").fill("my tour");
      await says("#tracker-error-routeText", look.wrongRoute);
      await shot("wrong-route");
      await page.locator("#node-input-routeText").fill(GPX);
      await page.locator("#tracker-error-routeText:empty").waitFor({ state: "attached" });

      await page.selectOption("#node-input-connection", "own");
      await page.locator("#node-input-tls").check();
      assert.ok(await page.locator("#node-input-verify").isVisible());
      await page.locator("#tracker-advanced summary").press("Enter");
      await page.locator("#node-input-factor").fill("1000");
      await page.locator("#node-input-factor").press("Tab");
      await page.locator("#node-input-factor.input-error").waitFor();
      await page.locator("#node-input-clock").scrollIntoViewIfNeeded();
      await shot("advanced");
      await page.locator("#node-input-factor").fill("2");
      await closeDialog(page);
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }
});

async function closeDialog(page: Page): Promise<void> {
  await page.click("#node-dialog-ok");
  await page.locator("#node-dialog-ok").waitFor({ state: "detached" });
}
