// The map's page in Chromium with 10,000 devices: how soon it is there, and how smooth it is. Software drawing.
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { CHROMIUM, launchBrowser } from "../../../test/support/browser";
import { area } from "../frame";

const ROUNDS = 5;
const FRAMES_MS = 4000;
const VIEW = { viewport: { width: 1366, height: 768 } };
/** The town of map-server.ts fills it. */
const TOWN = "#54.69/25.28/12";

interface Opened {
  readonly page: Page;
  /** ms from the navigation until all vehicles were there and drawn. */
  readonly all: number;
  /** ms from the navigation until something was painted. */
  readonly paint: number;
}

/** What the page says in its list, once it has all. */
const COUNT = /\b10.?000\b/;

async function open(browser: Browser, url: string): Promise<Opened> {
  const context = await browser.newContext({ ...VIEW, locale: "en-GB" });
  const page = await context.newPage();
  await page.addInitScript((pattern) => {
    const told = globalThis as unknown as { all: Promise<number> };
    told.all = new Promise((resolve) => {
      const count = new RegExp(pattern);
      const look = (): void => {
        if (!count.test(document.querySelector("#count")?.textContent ?? "")) requestAnimationFrame(look);
        // What it draws in the frame after that is what a person sees.
        else requestAnimationFrame(() => resolve(performance.now()));
      };
      look();
    });
  }, COUNT.source);
  await page.goto(url);
  const all = await page.evaluate(() => (globalThis as unknown as { all: Promise<number> }).all);
  const paint = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  );
  return { page, all, paint };
}

/** Frames a second that the page is given. */
function framesPerSecond(page: Page): Promise<number> {
  return page.evaluate((during) => {
    return new Promise<number>((resolve) => {
      const start = performance.now();
      let frames = 0;
      const frame = (): void => {
        frames++;
        const passed = performance.now() - start;
        if (passed < during) requestAnimationFrame(frame);
        else resolve((frames * 1000) / passed);
      };
      requestAnimationFrame(frame);
    });
  }, FRAMES_MS);
}

export const AREA = area("map", async (report) => {
  const files = ["index.html", "page.js", "page.css"].map((name) => join("resources", "map", name));
  report.add("page", [files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) / 1024]);
  if (!existsSync(CHROMIUM)) {
    for (const row of ["paint", "all", "frames"] as const)
      report.add(row, `Chromium is missing (${CHROMIUM})`);
    return;
  }
  const server = fork(join(__dirname, "..", "real", "map-server.js"), { execArgv: [] });
  report.atEnd(() => server.disconnect());
  const [port] = await once(server, "message");
  const browser = await launchBrowser();
  report.atEnd(() => browser.close());
  const [paints, alls, frames]: [number[], number[], number[]] = [[], [], []];
  for (let round = -1; round < ROUNDS; round++) {
    const { page, paint, all } = await open(browser, `http://127.0.0.1:${port}/fleet/`);
    await page.context().close();
    const crowd = await open(browser, `http://127.0.0.1:${port}/crowd/${TOWN}`);
    const smooth = await framesPerSecond(crowd.page);
    await crowd.page.context().close();
    if (round < 0) continue;
    paints.push(paint / 1000);
    alls.push(all / 1000);
    frames.push(smooth);
  }
  report.add("paint", paints);
  report.add("all", alls);
  report.add("frames", frames);
});
