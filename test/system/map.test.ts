import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";
import { townAround } from "../support/town";

const EXAMPLE = "examples/08-live-map.json";
const PATH = "/live-map";
const AXE = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { viewport: { width: 1366, height: 768 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

interface OpenMap {
  readonly page: Page;
  /** What was complained about, also by the page's own policy. */
  readonly complaints: string[];
  /** Hosts that were asked for something; the internet is away. */
  readonly foreign: string[];
}

describe("the live map in Chromium", () => {
  inOrder();
  const session = useEditorInBrowser(() => JSON.parse(readFileSync(EXAMPLE, "utf8")));

  const open = async (options: BrowserContextOptions, hash = ""): Promise<OpenMap> => {
    const context = await session().browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const [complaints, foreign]: [string[], string[]] = [[], []];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    await context.route(/^https?:/, async (route) => {
      const { origin, host } = new URL(route.request().url());
      if (origin === session().url) return route.continue();
      foreign.push(host);
      return route.abort();
    });
    await page.goto(`${session().url}${PATH}${hash}`);
    return { page, complaints, foreign };
  };
  const close = async ({ page, complaints, foreign }: OpenMap): Promise<void> => {
    assert.deepEqual([complaints, foreign], [[], []]);
    await page.context().close();
  };
  const isLive = (page: Page) => page.locator('#live[data-state="live"]').waitFor();
  const shot = (page: Page, name: string) => page.screenshot({ path: join(SCREENSHOTS, `map-${name}.png`) });
  const accessible = async (page: Page): Promise<void> => {
    // As a script of the page its own policy would refuse it.
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    assert.deepEqual(found, []);
  };
  /** How many points of the map have a colour, in all its canvases. */
  const pointsOf = (page: Page, color: string): Promise<number> => {
    const wanted = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    return page.evaluate((rgb) => {
      const pointsIn = (canvas: HTMLCanvasElement): number => {
        // A copy, because the map's own canvases are not made to be read.
        const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {
          willReadFrequently: true,
        });
        context?.drawImage(canvas, 0, 0);
        const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        let count = 0;
        for (let at = 0; at < data.length; at += 4)
          if (data[at] === rgb[0] && data[at + 1] === rgb[1] && data[at + 2] === rgb[2]) count++;
        return count;
      };
      return [...document.querySelectorAll<HTMLCanvasElement>("#map canvas")]
        .filter(({ width, height }) => width > 0 && height > 0)
        .reduce((sum, canvas) => sum + pointsIn(canvas), 0);
    }, wanted);
  };
  const becomes = async <T>(page: Page, look: () => Promise<T>, fits: (value: T) => boolean): Promise<T> => {
    for (;;) {
      const value = await look();
      if (fits(value)) return value;
      // The page draws at most once a frame.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  };
  /** A van that drives, chosen in the list. */
  const chooseDriving = async (page: Page): Promise<void> => {
    await page
      .locator("#list li:has(.dot[data-state='0'])", { hasText: "Van" })
      .locator("button")
      .first()
      .click();
    await page.locator("#card:not([hidden])").waitFor();
  };

  it("has the fleet live, with no internet: a marker that moves, values with their age, a trail", async () => {
    const map = await open({ ...DESKTOP, locale: "en-GB" });
    const { page } = map;
    await isLive(page);
    await page.locator("#list li").nth(9).waitFor();
    assert.equal(await page.locator("#count").textContent(), "10 vehicles");
    await becomes(
      page,
      () => pointsOf(page, "#f5f3ee"),
      (land) => land > 1000,
    );
    await shot(page, "light-all");

    await chooseDriving(page);
    const place = () => page.locator("#card-values tr:has-text('Position') .value").textContent();
    await page.locator("#card-near", { hasText: /Vilnius|Varna|Hamburg|Lübeck|\bof\b/ }).waitFor();
    await page.locator("#card-values th", { hasText: "External voltage" }).waitFor();
    assert.match(
      String(await page.locator("#card-values tr:has-text('External voltage')").textContent()),
      /^External voltage[\d.]+\sV/,
    );
    const first = await place();
    const picture = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLCanvasElement>(".vehicles canvas")]
          .map((one) => one.toDataURL())
          .join(),
      );
    const before = await picture();
    await becomes(page, place, (now) => now !== first);
    await becomes(page, picture, (now) => now !== before);

    await page.locator("#card-follow").click();
    await page.locator('#card-follow[aria-pressed="true"]').waitFor();
    await page.locator("#card-trail").click();
    await page.locator("#card-note", { hasText: /^Trail since/ }).waitFor();
    await shot(page, "light-chosen");
    await accessible(page);
    await page.locator("#map").press("Escape");
    await page.locator("#card").waitFor({ state: "hidden" });
    await close(map);
  });

  it("finds, filters and chooses by the keyboard", async () => {
    const map = await open({ ...DESKTOP, locale: "en-GB" });
    const { page } = map;
    await page.locator("#list li").nth(9).waitFor();
    await page.locator("#map").press("/");
    await page.keyboard.type("van 860000000001015");
    await page.locator("#count", { hasText: /^1 vehicle$/ }).waitFor();
    await page.keyboard.press("Tab");
    while (!(await page.evaluate(() => document.activeElement?.closest("#list") !== null)))
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#card-values tr:has-text('IMEI')", { hasText: "860000000001015" }).waitFor();
    await page.locator("#find").fill("<img src=x onerror=alert(1)>");
    await page.locator("#count", { hasText: "No vehicle fits." }).waitFor();
    await page.locator("#find").fill("");
    const hash = () => page.evaluate(() => location.hash);
    const here = await hash();
    await page.locator("#map").press("ArrowRight");
    const there = await becomes(page, hash, (now) => now !== here);
    await page.locator("#map").press("+");
    await becomes(page, hash, (now) => now.split("/")[2] !== there.split("/")[2]);
    for (const button of await page.locator("#states button").all()) await button.press("Space");
    await page.locator("#count", { hasText: "No vehicle fits." }).waitFor();
    await close(map);
  });

  it("is dark and German where the browser is, on a phone too", async () => {
    const look = { locale: "de-DE", colorScheme: "dark" } as const;
    for (const [name, size] of [
      ["desktop", DESKTOP],
      ["phone", PHONE],
    ] as const) {
      const map = await open({ ...size, ...look });
      const { page } = map;
      await isLive(page);
      await becomes(
        page,
        () => pointsOf(page, "#1b232d"),
        (land) => land > 1000,
      );
      assert.equal(await page.locator("html").getAttribute("lang"), "de");
      assert.equal(await page.locator("#title").textContent(), "Fahrzeuge");
      if (name === "phone") {
        assert.equal(await page.locator("#list").isVisible(), false);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, "nothing is wider than the phone");
        await shot(page, "dark-phone");
        await page.locator("#menu").click();
      }
      await page.locator("#list li").nth(9).waitFor();
      await shot(page, `dark-${name}-list`);
      await chooseDriving(page);
      await page
        .locator("#card-values th", { hasText: "Versorgungsspannung" })
        .or(page.locator("#card-values th", { hasText: /spannung/i }))
        .first()
        .waitFor();
      await shot(page, `dark-${name}-chosen`);
      await accessible(page);
      await close(map);
    }
  });

  it("says when it is not live any more, and comes back by itself", async () => {
    const map = await open({ ...DESKTOP, locale: "en-GB" });
    const { page } = map;
    await isLive(page);
    const { client } = session();
    const nodes: { id: string; type: string }[] = JSON.parse(readFileSync(EXAMPLE, "utf8"));
    await client.deploy(nodes.filter(({ type }) => type !== "tracker-map"));
    await page.locator('#live[data-state="reconnecting"]').waitFor();
    await client.deploy(nodes);
    await isLive(page);
    await page.locator("#list li").nth(9).waitFor();
    // The browser itself notes that the page was away.
    map.complaints.splice(0);
    await close(map);
  });

  it("has streets where the user has put some, with their source, which is no HTML", async () => {
    const [latitude, longitude] = [54.69, 25.28];
    const folder = join(session().userDir, "maps");
    await mkdir(folder);
    await writeFile(join(folder, "town.pmtiles"), await townAround(longitude, latitude));
    await writeFile(join(folder, "broken.pmtiles"), "PMTiles, but no more");
    await writeFile(join(folder, "notes.txt"), "not a map");
    try {
      const map = await open({ ...DESKTOP, locale: "en-GB" }, `#${latitude}/${longitude}/12.0`);
      await becomes(
        map.page,
        () => pointsOf(map.page, "#f0b860"),
        (road) => road > 500,
      );
      await map.page.locator(".ol-attribution", { hasText: "made up" }).waitFor();
      assert.equal(await map.page.locator(".ol-attribution b").count(), 0);
      await shot(map.page, "streets");
      await close(map);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("opens from the sidebar, in a window of its own", async () => {
    const { page, complaints } = await openEditor(session().browser, `${session().url}/?sidebar=trackers`, {
      theme: "light",
      language: "en-US",
    });
    const [map] = await Promise.all([page.waitForEvent("popup"), page.click(".tracker-map-button")]);
    await map.locator('#live[data-state="live"]').waitFor();
    await map.locator("#title", { hasText: "vehicles on the map" }).waitFor();
    await map.locator("#list li").nth(9).waitFor();
    assert.deepEqual(complaints, []);
    await map.close();
    await page.close();
  });

  it("has its address in the dialog, which warns of what is open to everybody", async () => {
    const { page, complaints } = await openEditor(session().browser, session().url, {
      theme: "light",
      language: "en-US",
    });
    await page.locator(".red-ui-flow-node-group", { hasText: /^live map/ }).dblclick();
    await page.locator("#tracker-map-address", { hasText: `${session().url}${PATH}` }).waitFor();
    assert.equal(await page.locator("#tracker-map-open-warning").isVisible(), false);
    await page.locator("#node-input-open").check();
    await page.locator("#tracker-map-open-warning").waitFor();
    await shot(page, "dialog");
    await page.locator("#node-input-path").fill("no path");
    await page.locator("#node-input-path").press("Tab");
    await page.locator("#node-input-path.input-error").waitFor();
    assert.deepEqual(complaints, []);
    await page.close();
  });
});
