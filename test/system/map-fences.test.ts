import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { Fence } from "../../src/fences/fence";
import { assertAccessible } from "../support/axe";
import { SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";

const DESKTOP = { viewport: { width: 1366, height: 768 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const TOWN = "#54.69/25.28/14.0";
const FLOW = [
  { id: "tab", type: "tab" },
  { id: "registry", type: "tracker-registry", storage: "memory", name: "Fleet" },
  {
    id: "map",
    z: "tab",
    type: "tracker-map",
    registry: "registry",
    path: "/fleet",
    fences: true,
    x: 100,
    y: 40,
  },
  { id: "bare", z: "tab", type: "tracker-map", registry: "registry", path: "/bare", x: 100, y: 80 },
];

describe("fences on the map in Chromium", () => {
  inOrder();
  const session = useEditorInBrowser(() => FLOW);

  const open = async (path: string, options: BrowserContextOptions = DESKTOP, hash = TOWN) => {
    const context = await session().browser.newContext({ locale: "en-GB", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on("console", (message) => {
      // The browser itself remarks on how OpenLayers reads a canvas, and on what the registry has refused.
      const isRemark = /^Canvas2D: Multiple readback|status of 400/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !isRemark) complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.goto(`${session().url}${path}${hash}`);
    await page.locator('#live[data-state="live"]').waitFor();
    return { page, complaints };
  };
  const openEditorMap = async (options?: BrowserContextOptions) => {
    const map = await open("/trackers/map/registry/", options);
    await map.page.locator("#fences-open").click();
    await map.page.locator("#fences").waitFor();
    return map;
  };
  const close = async ({ page, complaints }: { page: Page; complaints: string[] }) => {
    assert.deepEqual(complaints, []);
    await page.context().close();
  };
  const ask = async (door: "query" | "request", request: string, payload?: unknown) => {
    const answer = await fetch(`${session().url}/trackers/registry/registry/${door}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ request, payload }),
    });
    return ((await answer.json()) as { payload: unknown }).payload;
  };
  const kept = async () => (await ask("query", "fences")) as Fence[];
  const shot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `map-fences-${name}.png`) });
  const field = (page: Page, name: string) => page.locator(`#fence-${name}`);
  const note = (page: Page, text: RegExp | string) =>
    page.locator("#fences .note", { hasText: text }).waitFor();
  /** Colours of the map at a point of the page, in all of its canvases. */
  const isDrawn = (page: Page, x: number, y: number) =>
    page.evaluate(
      ([left, top]) =>
        [...document.querySelectorAll<HTMLCanvasElement>("#map canvas")].some((canvas) => {
          const { width, height } = canvas;
          if (width === 0 || height === 0) return false;
          const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
          copy?.drawImage(canvas, 0, 0);
          const scale = width / innerWidth;
          const [red = 0, , blue = 0] =
            copy?.getImageData(Number(left) * scale, Number(top) * scale, 1, 1).data ?? [];
          return red - blue > 60;
        }),
      [x, y],
    );
  const becomesDrawn = async (page: Page, x: number, y: number) => {
    while (!(await isDrawn(page, x, y)))
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  };

  it("draws a circle, a polygon and a corridor, names and keeps them", async () => {
    const map = await openEditorMap();
    const { page } = map;
    await note(page, "No fence yet.");
    await assertAccessible(page);
    await page.getByRole("button", { name: "+ Circle" }).click();
    await note(page, /^Click the middle/);
    await page.mouse.click(500, 300);
    await page.mouse.click(560, 300);
    await page.waitForSelector("#fence-radius");
    assert.match(await field(page, "radius").inputValue(), /^\d{3}$/);
    assert.match(await field(page, "latitude").inputValue(), /^54\.69/);
    await field(page, "name").fill("Yard <b>1</b>");
    await shot(page, "form-light");
    await assertAccessible(page);
    await page.getByRole("button", { name: "Save" }).click();
    await note(page, "Saved.");

    await page.getByRole("button", { name: "+ Polygon" }).click();
    for (const [x, y] of [
      [650, 250],
      [850, 260],
      [840, 420],
    ] as const)
      await page.mouse.click(x, y);
    await page.mouse.dblclick(680, 400);
    await field(page, "colour").fill("#aa3300");
    await field(page, "name").fill("Depot");
    await page.keyboard.press("Enter");
    await note(page, "Saved.");

    await page.getByRole("button", { name: "+ Corridor" }).click();
    await page.mouse.click(450, 550);
    await page.mouse.click(650, 600);
    await page.mouse.dblclick(860, 540);
    await field(page, "name").fill("Ring road");
    await field(page, "width").fill("80");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#fences li").nth(2).waitFor();
    await becomesDrawn(page, 560, 300);
    await becomesDrawn(page, 450, 550);
    await shot(page, "list-light");
    await assertAccessible(page);
    assert.equal(await page.locator("#fences b").count(), 0, "a name is no HTML");
    const fences = await kept();
    assert.deepEqual(
      fences.map((fence) => [fence.kind, fence.name, fence.kind === "circle" ? 1 : fence.points.length]),
      [
        ["circle", "Yard <b>1</b>", 1],
        ["polygon", "Depot", 4],
        ["corridor", "Ring road", 3],
      ],
    );
    await close(map);
  });

  it("is changed on the map, by a click on it", async () => {
    const map = await openEditorMap();
    const { page } = map;
    await page.locator("#fences li").nth(2).waitFor();
    await becomesDrawn(page, 560, 300);
    await page.mouse.click(520, 310);
    await field(page, "radius").waitFor();
    const before = Number(await field(page, "radius").inputValue());
    // It was brought between the panels, as large as zoom 16 has it: its right edge is pulled to the middle.
    const metresPerPixel = (40_075_016.69 / 256 / 2 ** 16) * Math.cos((54.694 * Math.PI) / 180);
    const [x, y] = [380 + (1366 - 380 - 440) / 2, 384];
    await page.mouse.move(x + before / metresPerPixel, y);
    await page.mouse.down();
    await page.mouse.move(x + 100, y, { steps: 5 });
    await page.mouse.up();
    const pulled = Number(await field(page, "radius").inputValue());
    assert.ok(Math.abs(pulled - 100 * metresPerPixel) < 10, `${pulled} m`);
    await page.getByText("Speed, times, devices").click();
    await field(page, "speedLimit").fill("20");
    await page.getByRole("button", { name: "Save" }).click();
    await note(page, "Saved.");
    const [yard] = await kept();
    assert.ok(yard?.kind === "circle");
    assert.deepEqual([yard.radius, yard.speedLimit], [pulled, 20]);
    await close(map);
  });

  it("is made, changed and deleted by the keyboard alone, with the numbers typed", async () => {
    const map = await open("/trackers/map/registry/");
    const { page } = map;
    await page.locator("#fences-open").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "+ Circle" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("Harbour");
    for (const value of ["54.7", "25.3", "0"]) {
      await page.keyboard.press("Tab");
      await page.keyboard.type(value);
    }
    await page.keyboard.press("Enter");
    await note(page, "Radius (m): This is missing, or not possible.");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "fence-radius");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("250");
    await page.getByText("Speed, times, devices").focus();
    await page.keyboard.press("Enter");
    await field(page, "hours").focus();
    await page.keyboard.press("Space");
    await field(page, "from").fill("22:00");
    await field(page, "to").fill("06:00");
    await field(page, "timeZone").fill("Europe/Berlin");
    await shot(page, "hours-light");
    await assertAccessible(page);
    await page.keyboard.press("Enter");
    await note(page, "Saved.");
    const harbour = (await kept()).find(({ name }) => name === "Harbour");
    assert.deepEqual(harbour?.schedule, {
      days: [1, 2, 3, 4, 5],
      from: "22:00",
      to: "06:00",
      timeZone: "Europe/Berlin",
    });
    await page.locator("#fences li button", { hasText: "Harbour" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Delete the fence “Harbour”?").waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Enter");
    assert.equal((await kept()).length, 4, "the question begins at Cancel");
    await page.getByRole("button", { name: "Delete" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("#question-yes").focus();
    await page.keyboard.press("Enter");
    await note(page, "Deleted.");
    assert.equal((await kept()).length, 3);
    await page.keyboard.press("Escape");
    await page.locator("#fences").waitFor({ state: "hidden" });
    await close(map);
  });

  it("says what is wrong with a shape, and comes in and goes out as GeoJSON", async () => {
    const map = await openEditorMap();
    const { page } = map;
    await page.getByRole("button", { name: "+ Polygon" }).click();
    await field(page, "name").fill("Bow tie");
    await field(page, "points").fill("54.69, 25.27\n54.70, 25.28\n54.69, 25.28\n54.70, 25.27");
    await page.getByRole("button", { name: "Save" }).click();
    await note(page, "Points (latitude, longitude): The outline crosses or touches itself.");
    await page.keyboard.press("Escape");
    const coordinates = [25.3, 54.7];
    await page.locator("#fences-file").setInputFiles({
      name: "more.geojson",
      mimeType: "application/geo+json",
      buffer: Buffer.from(
        JSON.stringify({
          type: "FeatureCollection",
          features: [
            {
              type: "Feature",
              properties: { name: "Gate", radius: 30 },
              geometry: { type: "Point", coordinates },
            },
            { type: "Feature", properties: { name: "Hole" }, geometry: { type: "Point", coordinates } },
          ],
        }),
      ),
    });
    await note(page, /^1 added, 1 wrong\. Hole: this has to be a number/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export" }).click(),
    ]);
    const { features } = JSON.parse(await readFile(await download.path(), "utf8"));
    assert.equal(features.length, 4);
    await close(map);
  });

  it("is dark and German, also on a phone, where it draws, too", async () => {
    const look = { locale: "de-DE", colorScheme: "dark" } as const;
    for (const [name, size] of [
      ["desktop", DESKTOP],
      ["phone", PHONE],
    ] as const) {
      const map = await openEditorMap({ ...size, ...look });
      const { page } = map;
      await page.locator("#fences li").nth(3).waitFor();
      await page.getByRole("heading", { name: "Zonen" }).waitFor();
      await shot(page, `${name}-list-dark`);
      await assertAccessible(page);
      await page.getByRole("button", { name: "+ Kreis" }).click();
      await page.mouse.click(name === "phone" ? 180 : 600, 150);
      await page.mouse.click(name === "phone" ? 230 : 700, 150);
      while ((await field(page, "radius").inputValue()) === "")
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      await shot(page, `${name}-form-dark`);
      await assertAccessible(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      await page.getByRole("button", { name: "Abbrechen" }).click();
      await close(map);
    }
  });

  it("is found among many", async () => {
    const features = Array.from({ length: 300 }, (_, index) => ({
      type: "Feature",
      id: `many${index}`,
      properties: { name: `Stop ${index}`, radius: 20 },
      geometry: { type: "Point", coordinates: [25 + index / 1000, 54.5] },
    }));
    await ask("request", "importFences", { type: "FeatureCollection", features });
    const map = await openEditorMap();
    const { page } = map;
    await note(page, "200 of 304: type to narrow");
    await page.locator("#fences input[type=search]").fill("stop 299");
    assert.deepEqual(await page.locator("#fences li .name").allTextContents(), ["Stop 299"]);
    await assertAccessible(page);
    await page.locator("#fences li button").click();
    await page.locator("#fence-name").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.includes("Stop 299")), true);
    await ask(
      "request",
      "removeFence",
      features.map(({ id }) => id),
    );
    await close(map);
  });

  it("is only seen on a map for others, and there only where its dialog says so", async () => {
    const seen = await open("/fleet");
    await becomesDrawn(seen.page, 450, 550);
    await shot(seen.page, "public-light");
    assert.equal(await seen.page.locator("#fences-open").isVisible(), false);
    await close(seen);
    const bare = await open("/bare");
    assert.equal(
      await bare.page.evaluate(() =>
        performance.getEntriesByType("resource").some(({ name }) => /fences/.test(name)),
      ),
      false,
    );
    await close(bare);
  });
});
