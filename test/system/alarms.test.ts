import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type NodeRed, settingsFile, startNodeRed } from "../../scripts/node-red";
import type { Alarm } from "../../src/alarms/alarm";
import type { EventTypeName } from "../../src/model/events";
import { accessible } from "../support/accessible";
import { eventAt, YARD } from "../support/alarms";
import { assertAccessible } from "../support/axe";
import { editorLoaded, launchBrowser, SCREENSHOTS } from "../support/browser";
import { editorToken, editorUsers } from "../support/editor-login";
import { inOrder } from "../support/in-order";
import { NODE_RED_FROM } from "../support/node-red";
import { type PackedUserDir, packedUserDir } from "../support/packed";
import { anyPort } from "../support/port";
import { IMEI, OTHER, reading } from "../support/registry";

const NAMES = { [IMEI]: "Van <b>7</b>", [OTHER]: "Van 8" };
const ALARM = "4";
const RULE = { quiet: 3600, level: "critical" };
const FLOW = [
  { id: "tab", type: "tab" },
  { id: "registry", type: "tracker-registry", storage: "memory", name: "Fleet" },
  {
    ...{ id: "feed", z: "tab", type: "http in", url: "/feed", method: "post", x: 100, y: 40 },
    wires: [["devices", "answer"]],
  },
  { id: "answer", z: "tab", type: "http response", x: 300, y: 40, wires: [] },
  {
    ...{ id: "devices", z: "tab", type: "tracker-device-registry", registry: "registry", x: 300, y: 80 },
    wires: [["alarms"], [], ["alarms"]],
  },
  {
    ...{ id: "alarms", z: "tab", type: "tracker-alarms", registry: "registry", x: 500, y: 80, wires: [[]] },
    rules: [
      { id: "panic", kind: "panic", name: "Panic <i>button</i>", ...RULE },
      { id: "fast", kind: "overspeed", params: { limit: 50, for: 0 }, ...RULE, level: "warning" },
    ],
  },
  { id: "map", z: "tab", type: "tracker-map", registry: "registry", path: "/fleet", x: 100, y: 120 },
];
const DESKTOP = { viewport: { width: 1366, height: 768 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

interface Look {
  readonly user: "clerk" | "reader";
  readonly theme: "light" | "dark";
  readonly language: "en-US" | "de";
}
const CLERK: Look = { user: "clerk", theme: "light", language: "en-US" };
const READER: Look = { user: "reader", theme: "dark", language: "de" };

describe("alarms in the sidebar and on the map, in Chromium", function () {
  this.timeout(120_000);
  inOrder();
  let packed: PackedUserDir;
  let nodeRed: NodeRed;
  let browser: Browser;
  before(async () => {
    packed = await packedUserDir();
    const users = { adminAuth: editorUsers({ clerk: "*", reader: "read" }) };
    await writeFile(
      join(packed.userDir, "settings.js"),
      `${settingsFile({ palette: { catalogues: [] } })}Object.assign(module.exports, ${JSON.stringify(users)});`,
    );
    await writeFile(join(packed.userDir, "flows.json"), JSON.stringify(FLOW));
    nodeRed = await startNodeRed({ from: NODE_RED_FROM, userDir: packed.userDir, port: await anyPort() });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await packed?.remove();
  });

  const say = async (record: object): Promise<void> => {
    const headers = { "Content-Type": "application/json" };
    const { ok } = await fetch(`${nodeRed.url}/feed`, {
      method: "POST",
      headers,
      body: JSON.stringify(record),
    });
    assert.ok(ok);
  };
  const drives = (imei: string, speed: number) => {
    const position = { valid: true, ...YARD, altitude: 90, course: 45, satellites: 9, speed };
    const attributes = { ignition: true };
    return say({ ...reading(Date.now(), { position, attributes }), imei });
  };
  const event = (imei: string, type: EventTypeName) => say({ ...eventAt(Date.now(), type), imei });
  const ask = async (user: string, door: "query" | "request", request: string, payload: unknown) =>
    fetch(`${nodeRed.url}/trackers/registry/registry/${door}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${await editorToken(nodeRed.url, user)}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ request, payload }),
    });
  const alarms = async (query: object): Promise<Alarm[]> =>
    ((await (await ask("clerk", "query", "alarms", query)).json()) as { payload: Alarm[] }).payload;

  const opened = async (
    path: string,
    { user, theme, language }: Look,
    options: BrowserContextOptions = DESKTOP,
  ): Promise<Page> => {
    const locale = language === "de" ? "de" : "en-GB";
    const context = await browser.newContext({ locale, colorScheme: theme, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const access_token = await editorToken(nodeRed.url, user);
    await page.addInitScript(
      ([token, look, tongue]) => {
        localStorage.setItem("auth-tokens", String(token));
        localStorage.setItem("view-dark-theme", String(look));
        localStorage.setItem("editor-language", String(tongue));
      },
      [JSON.stringify({ access_token, expires_in: 3600, token_type: "Bearer" }), theme, language],
    );
    await page.goto(`${nodeRed.url}${path}`);
    return page;
  };
  const sidebar = async (look: Look, options?: BrowserContextOptions): Promise<Page> => {
    const page = await opened("/?sidebar=trackers", look, options);
    await editorLoaded(page);
    await page.locator(".tracker-row").nth(1).waitFor();
    return page;
  };
  const map = async (path: string, look: Look, options?: BrowserContextOptions): Promise<Page> => {
    const page = await opened(path, look, options);
    await page.locator('#live[data-state="live"]').waitFor();
    return page;
  };
  const EDITOR_MAP = "/trackers/map/registry/";
  const shot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `alarms-shown-${name}.png`) });
  const close = (page: Page) => page.context().close();
  const redRow = (page: Page, name: string) => page.locator(".tracker-row-alarm", { hasText: name });
  const line = (page: Page, name: string) => page.locator(".tracker-alarm", { hasText: name });
  const redOnMap = (page: Page, name: string) =>
    page.locator(`#list li:has(.dot[data-state="${ALARM}"])`, { hasText: name });

  it("turns the row red as it begins, counts it, and lists what, which device, where and when", async () => {
    for (const [imei, name] of Object.entries(NAMES)) {
      const { status } = await ask("clerk", "request", "register", { imei, name, state: "active" });
      assert.equal(status, 200);
      await drives(imei, 30);
    }
    const page = await sidebar(CLERK);
    assert.equal(await page.locator(".tracker-alarms").isVisible(), false);
    assert.equal(await redRow(page, "").count(), 0);
    await event(IMEI, "panic");
    await redRow(page, NAMES[IMEI]).waitFor();
    await drives(OTHER, 90);
    await redRow(page, NAMES[OTHER]).waitFor();
    await page.locator(".tracker-alarms-head", { hasText: /^2 alarms$/ }).waitFor();
    const panic = line(page, "Panic <i>button</i>");
    assert.match(String(await panic.textContent()), /Van <b>7<\/b>.*54\.68720, 25\.27970/);
    assert.match(String(await panic.locator("time").textContent()), /now|sec/);
    assert.equal(await panic.locator('[aria-label="Critical"]').count(), 1);
    assert.match(
      String(await redRow(page, NAMES[IMEI]).getAttribute("aria-label")),
      /alarm: Panic <i>button<\/i>/,
    );
    await page.locator(".tracker-badge", { hasText: "2" }).first().waitFor();
    await accessible(page, ".tracker-sidebar");
    await shot(page, "sidebar-light");
    await close(page);
  });

  it("is a state of its own on the map, and listed and acknowledged there behind the editor's door", async () => {
    const page = await map(EDITOR_MAP, CLERK);
    await redOnMap(page, NAMES[OTHER]).waitFor();
    await redOnMap(page, NAMES[IMEI]).locator("button").click();
    await page.locator("#card-state", { hasText: /^alarm · / }).waitFor();
    await page.locator(`#states button:has(.dot[data-state="${ALARM}"])`, { hasText: /^alarm 2$/ }).waitFor();
    await page.locator("#alarms-open .badge", { hasText: "2" }).waitFor();
    await page.locator("#alarms-open").click();
    const fast = page.locator("#alarms li", { hasText: "Too fast" });
    await fast.locator(".alarm-where", { hasText: "54.68720, 25.27970" }).waitFor();
    await page.locator("#alarms li.ringing", { hasText: "Panic <i>button</i>" }).waitFor();
    await assertAccessible(page);
    await shot(page, "map-light");
    await fast.getByRole("button", { name: /^Acknowledge: Too fast, Van 8/ }).click();
    await page.keyboard.type("knows <u>it</u>");
    await assertAccessible(page);
    await page.keyboard.press("Enter");
    await page
      .locator("#alarms li:not(.ringing)", { hasText: "acknowledged by clerk: knows <u>it</u>" })
      .waitFor();
    await redOnMap(page, NAMES[OTHER]).waitFor({ state: "detached" });
    await close(page);
    const [found] = await alarms({ imei: OTHER });
    assert.deepEqual([found?.acknowledged?.by, found?.acknowledged?.note], ["clerk", "knows <u>it</u>"]);
  });

  it("only shows on the page that everybody sees", async () => {
    const page = await map("/fleet/", READER, PHONE);
    await page.locator("#menu").click();
    await redOnMap(page, NAMES[IMEI]).waitFor();
    assert.equal(await page.locator("#alarms-open").isVisible(), false);
    await shot(page, "page-phone-dark");
    await assertAccessible(page);
    await close(page);
  });

  it("cannot be acknowledged by who may only look", async () => {
    const [{ id }] = (await alarms({ imei: IMEI })) as [Alarm];
    for (const request of ["acknowledgeAlarm", "clearAlarm"]) {
      assert.equal((await ask("reader", "request", request, { id })).status, 401);
      assert.equal((await ask("reader", "query", request, { id })).status, 403);
    }
    const page = await sidebar(READER);
    await redRow(page, NAMES[IMEI]).waitFor();
    await page.locator(".tracker-alarms-head", { hasText: /^1 Alarm$/ }).waitFor();
    assert.equal(await page.locator(".tracker-alarm-buttons").count(), 0);
    await accessible(page, ".tracker-sidebar");
    await shot(page, "sidebar-dark");
    await close(page);
    const onMap = await map(EDITOR_MAP, READER);
    await onMap.locator("#alarms-open").click();
    await onMap.locator("#alarms li.ringing", { hasText: NAMES[IMEI] }).waitFor();
    assert.equal(await onMap.getByRole("button", { name: /^Quittieren/ }).count(), 0);
    await assertAccessible(onMap);
    await shot(onMap, "map-dark");
    await close(onMap);
  });

  it("is acknowledged with a note and cleared in the sidebar, by keyboard, and is gone on the map", async () => {
    const page = await sidebar(CLERK);
    await page.locator(".tracker-alarm-acknowledge").focus();
    await page.keyboard.press("Enter");
    await page.locator('[role="alertdialog"] .tracker-alarm-note:focus').waitFor();
    await page.keyboard.type("called <b>her</b>");
    await shot(page, "question-light");
    await page.keyboard.press("Enter");
    await line(page, "acknowledged by clerk: called <b>her</b>").waitFor();
    await redRow(page, NAMES[IMEI]).waitFor({ state: "detached" });
    await page.locator(".tracker-alarms-head", { hasText: "2 alarms, acknowledged or over" }).waitFor();
    const [{ acknowledged }] = (await alarms({ imei: IMEI })) as [Alarm];
    assert.deepEqual([acknowledged?.by, acknowledged?.note], ["clerk", "called <b>her</b>"]);
    const phone = await map(EDITOR_MAP, CLERK, PHONE);
    await phone.locator("#alarms-open").click();
    await phone.locator("#alarms li", { hasText: "called <b>her</b>" }).waitFor();
    await shot(phone, "map-phone-light");
    for (const name of ["Panic <i>button</i>", "Too fast"]) {
      await line(page, name).locator(".tracker-alarm-clear").click();
      await page.locator("#tracker-confirm-yes").click();
      await line(page, name).waitFor({ state: "detached" });
    }
    await page.locator(".tracker-alarms").waitFor({ state: "hidden" });
    await phone.locator("#alarms .note", { hasText: "No alarm." }).waitFor();
    assert.deepEqual(
      (await alarms({})).map(({ state, clearedBy }) => [state, clearedBy?.by]),
      [
        ["cleared", "clerk"],
        ["cleared", "clerk"],
      ],
    );
    await close(phone);
    await close(page);
  });
});
