import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

export const SCREENSHOTS = join(process.cwd(), "build", "screenshots");

const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export interface Look {
  readonly theme: "light" | "dark";
  readonly language: "en-US" | "de";
}

/** The editor as a person has it open. */
export interface OpenEditor {
  readonly page: Page;
  /** What was complained about in the console. */
  readonly complaints: string[];
}

/** Chromium, and the folder for screenshots. */
export async function launchBrowser(): Promise<Browser> {
  await mkdir(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS.split(" ") });
}

/** Opens Node-RED's editor in a theme and a language, and waits until this package's nodes are in it. */
export async function openEditor(browser: Browser, url: string, look: Look): Promise<OpenEditor> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const complaints: string[] = [];
  page.setDefaultTimeout(30_000);
  page.on("console", (message) => {
    // While flows are deployed a registry is gone for a moment, and the browser itself notes the 404.
    const whileDeploying =
      /\b404\b/.test(message.text()) && message.location().url.includes("/trackers/registry/");
    if (message.type() === "error" && !whileDeploying) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript(({ theme, language }) => {
    localStorage.setItem("view-dark-theme", theme);
    localStorage.setItem("editor-language", language);
  }, look);
  await page.goto(url);
  await editorLoaded(page);
  return { page, complaints };
}

/** Waits until this package's nodes are in the palette. */
export async function editorLoaded(page: Page): Promise<void> {
  await page.locator('.red-ui-palette-node[data-palette-type="tracker-bce-decoder"]').waitFor();
}
