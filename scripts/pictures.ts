import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openEditor } from "../test/support/browser";
import { NpmStart } from "../test/support/npm-start";

const FOLDER = join(process.cwd(), "docs", "images");
/** The device that the pictures show; the flow of `npm start` registers it. */
const DEVICE = "Car 1";
const DEVICE_CONFIG = "5a00000000000064";
const WITHIN_MS = 60_000;
/** Where that device drives: latitude, longitude, zoom. */
const TOWN = "#54.6950/25.2850/13.0";
const DRIVE_MS = 90_000;

/** Takes the README's pictures of what `npm start` shows to a newcomer. */
async function main(): Promise<void> {
  const start = await NpmStart.inNewFolder();
  try {
    const url = await start.begin();
    const browser = await launchBrowser();
    try {
      const { page } = await openEditor(browser, `${url}/?sidebar=trackers`, {
        theme: "light",
        language: "en-US",
      });
      page.setDefaultTimeout(WITHIN_MS);
      await mkdir(FOLDER, { recursive: true });
      await takePictures(page);
      await takeMapPicture(browser, url);
    } finally {
      await browser.close();
    }
  } finally {
    await start.end();
    await start.remove();
  }
}

async function takePictures(page: Page): Promise<void> {
  const path = (name: string) => join(FOLDER, `${name}.png`);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator(".tracker-row .tracker-status-online").nth(8).waitFor();
  await page.screenshot({ path: path("start") });

  // The sidebar's wide view has room for a device with its outputs and commands, beside the list.
  await page.click(".tracker-wide-button");
  const row = page.locator(".tracker-wide .tracker-row").filter({
    has: page.locator(".tracker-row-title").getByText(DEVICE, { exact: true }),
  });
  await row.click();
  await page.locator(".tracker-output-controls button").first().click();
  await page.locator("#tracker-confirm-yes").click();
  await page.locator('.tracker-command[data-status="confirmed"]').waitFor();
  // Otherwise it lies over what the next pictures show.
  await page.locator(".red-ui-notification").first().waitFor({ state: "detached" });
  await page.setViewportSize({ width: 1440, height: 1100 });
  await page.locator(".red-ui-tray").screenshot({ path: path("sidebar") });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.click("#tracker-wide-cancel");
  await page.locator("#tracker-wide").waitFor({ state: "detached" });

  await page.evaluate((id) => {
    const { RED } = window as unknown as { RED: { editor: { editConfig(...all: string[]): void } } };
    RED.editor.editConfig("", "tracker-device-config", id, "");
  }, DEVICE_CONFIG);
  await page.locator("#red-ui-tab-tracker-tab-sheet a").click();
  await page.locator('#tracker-sheet tr[data-field="Port"] code').waitFor();
  await page.locator(".red-ui-tray").screenshot({ path: path("set-up-sheet") });
}

/** The map of the same fleet, after it has driven a little. */
async function takeMapPicture(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  page.setDefaultTimeout(WITHIN_MS);
  await page.goto(`${url}/fleet/${TOWN}`);
  const row = page.locator("#list li").filter({ has: page.getByText(DEVICE, { exact: true }) });
  await row.waitFor();
  // Some of the way has to lie behind it.
  await page.waitForTimeout(DRIVE_MS);
  await page.reload();
  await row.locator("button").click();
  await page.locator("#card-trail").click();
  await page.locator("#card-note", { hasText: "Trail since" }).waitFor();
  await page.locator("#card-near", { hasText: "Vilnius" }).waitFor();
  await page.screenshot({ path: join(FOLDER, "map.png") });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
