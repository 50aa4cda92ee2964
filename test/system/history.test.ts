import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import type { Page } from "playwright-core";
import { type Broker, startBroker } from "../../scripts/broker";
import { Days, dayAfter } from "../../src/model/days";
import { ROUTES } from "../../src/simulator/routes";
import { accessible } from "../support/accessible";
import { type Look, openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";
import { mqttBrokerNode } from "../support/mqtt-broker-node";
import { VirtualTracker } from "../support/virtual-tracker";

/** No computer that runs this is there, so that a day of the computer's own would be another. */
const ZONE = "Asia/Kathmandu";
const MINUTE = 60_000;
/** Between two readings, so that the van is met driving and standing. */
const STEP = 70_000;

const van = new VirtualTracker(1, Object.values(ROUTES)[0] ?? []);

const LOOKS: readonly (Look & {
  readonly extremes: RegExp;
  readonly nothing: RegExp;
  readonly value: RegExp;
})[] = [
  {
    theme: "light",
    language: "en-US",
    extremes: /^least 0\s*km\/h at 06:0\d.*, largest 45\s*km\/h at 0\d:\d\d/,
    nothing: /^Nothing on this day\.$/,
    value: /^\d\d:\d\d.*: (12\.6|14\.1)/,
  },
  {
    theme: "dark",
    language: "de",
    extremes: /^kleinster Wert 0\s*km\/h um 06:0\d, größter 45\s*km\/h um 0\d:\d\d/,
    nothing: /^Nichts an diesem Tag\.$/,
    value: /^\d\d:\d\d: (12,6|14,1)/,
  },
];

const flows = (brokerPort: number, file: string): object[] => [
  { id: "flow", type: "tab", label: "Trackers" },
  { id: "registry", type: "tracker-registry", name: "fleet", storage: "file", file, timeZone: ZONE },
  mqttBrokerNode(brokerPort),
  {
    ...{
      id: "in",
      type: "mqtt in",
      z: "flow",
      topic: "BCE/+",
      qos: "1",
      datatype: "buffer",
      broker: "broker",
    },
    ...{ inputs: 0, x: 140, y: 100, wires: [["decoder"]] },
  },
  {
    ...{ id: "decoder", type: "tracker-bce-decoder", z: "flow", property: "payload", mode: "record" },
    ...{ x: 340, y: 100, wires: [["devices"], ["devices"], ["devices"]] },
  },
  {
    ...{ id: "devices", type: "tracker-device-registry", z: "flow", registry: "registry" },
    ...{ x: 560, y: 100, wires: [[], [], []] },
  },
];

describe("history in the sidebar, in Chromium", () => {
  inOrder();
  let broker: Broker;
  let client: MqttClient;
  before(async () => {
    broker = await startBroker();
    client = await connectAsync(broker.url);
  });
  const session = useEditorInBrowser();
  after(async () => {
    await client?.endAsync(true);
    await broker?.stop();
  });
  const days = new Days(ZONE);
  const day = dayAfter(days.of(Date.now()), -1);
  const { from } = days.span(day);
  const ask = async (path: string, request: string, payload: unknown): Promise<unknown> => {
    const answer = await fetch(`${session().url}/trackers/registry/registry/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ request, payload }),
    });
    assert.ok(answer.ok, await answer.clone().text());
    return ((await answer.json()) as { payload: unknown }).payload;
  };

  for (const look of LOOKS) {
    describe(`${look.theme}, ${look.language}`, () => {
      let page: Page;
      let complaints: readonly string[] = [];
      const shot = (name: string) =>
        page.screenshot({ path: join(SCREENSHOTS, `history-${name}-${look.theme}.png`) });
      const says = (selector: string, wanted: RegExp) =>
        page.locator(selector, { hasText: wanted }).first().waitFor();
      const charts = () => page.locator(".tracker-chart");

      before(async () => {
        await session().client.deploy(flows(broker.port, `${look.theme}.sqlite`));
        await session().client.connected("in");
        await ask("request", "register", { imei: van.imei, name: "Van", state: "active" });
        const come = new Set(Array.from({ length: 181 }, (_, n) => from + 6 * 60 * MINUTE + n * STEP));
        // What is on the days around it is not of this day.
        for (const time of [...come, from - 1000])
          await client.publishAsync("BCE/D", Buffer.from(van.telemetry(time)), { qos: 1 });
        const isThere = async () => {
          const asked = { imei: van.imei, day, path: "position.speed" };
          return ((await ask("query", "series", asked)) as { count: number }).count === come.size;
        };
        while (!(await isThere()));
        ({ page, complaints } = await openEditor(session().browser, session().url, look));
        await page.evaluate(() =>
          (globalThis as unknown as { RED: { sidebar: { show(id: string): void } } }).RED.sidebar.show(
            "trackers",
          ),
        );
      });
      after(() => page?.close());

      it("shows the last day of a device in the registry's time zone: its speed with its extremes", async () => {
        // The list may have focus before it has rows.
        await page.locator("#tracker-list .tracker-row").first().waitFor();
        await page.locator("#tracker-list").focus();
        await page.keyboard.press("Home");
        await page.keyboard.press("Enter");
        await page.locator(".tracker-device-title:focus").waitFor();
        // The page has its title before it has asked for what it shows.
        while ((await page.locator(".tracker-day-input").inputValue()) !== day);
        await says(".tracker-chart-summary", look.extremes);
        await page.locator(".tracker-section-day").evaluate((section) => section.scrollIntoView());
        await shot("day");
      });

      it("shows any value, and says by keyboard what it was when", async () => {
        const chosen = page.locator(".tracker-day-value");
        await chosen.selectOption("externalVoltage");
        const plot = charts().nth(1).locator('[role="slider"]');
        const at = async (name: string) => Number(await plot.getAttribute(`aria-value${name}`));
        const text = async () => (await plot.getAttribute("aria-valuetext")) ?? "";
        // It is drawn anew when the value has come, and whenever the device has said more.
        let last: number;
        do {
          await plot.focus();
          await page.keyboard.press("End");
          last = await at("max");
          await page.keyboard.press("ArrowLeft");
        } while (!look.value.test(await text()) || (await at("now")) !== last - 1);
        await page.locator(".tracker-chart-reading", { hasText: look.value }).waitFor();
        await shot("reading");
        await page.keyboard.press("Home");
        await page.keyboard.press("ArrowLeft");
        assert.equal(await plot.getAttribute("aria-valuenow"), "0");
        await chosen.selectOption("ignition");
        await charts().nth(1).locator(".tracker-chart-axis", { hasText: /on|an/ }).waitFor();
        await shot("on-off");
        await accessible(page, ".tracker-section-day");
      });

      it("goes from day to day", async () => {
        await page.locator(".tracker-day-next").focus();
        await page.keyboard.press("Enter");
        await says(".tracker-chart-summary", look.nothing);
        assert.equal(await page.locator(".tracker-day-input").inputValue(), dayAfter(day));
        await page.locator(".tracker-day-next:disabled").waitFor();
        await shot("no-day");
        await accessible(page, ".tracker-section-day");
        await page.locator(".tracker-day-input").fill(day);
        await says(".tracker-chart-summary", look.extremes);
        await page.locator(".tracker-day-previous").click();
        await page.locator(".tracker-day-next").click();
        await says(".tracker-chart-summary", look.extremes);
      });

      it("saves the day in every format, and no other day's records", async () => {
        for (const [format, count] of [
          ["gpx", /<trkpt /g],
          ["kml", /<when>/g],
          ["csv", /\r\n\d{4}-/g],
          ["geojson", /"Feature"/g],
        ] as const) {
          const [file] = await Promise.all([
            page.waitForEvent("download"),
            page.locator(`.tracker-day-${format}`).click(),
          ]);
          assert.equal(file.suggestedFilename(), `${van.imei}-${day}.${format}`);
          const content = await readFile(await file.path(), "utf8");
          assert.equal(content.match(count)?.length, 181, format);
          if (format === "csv") assert.match(content, /attributes\.externalVoltage/);
        }
      });

      it("takes old data of the device, and says what became of it", async () => {
        const old = dayAfter(day, -7);
        const lines = ["12:00:00", "12:01:00", "12:02:00"].map(
          (clock, n) => `${old} ${clock};54,${n};25,1;${n * 10}`,
        );
        await page.locator(".tracker-day-import input").setInputFiles({
          name: "old.csv",
          mimeType: "text/csv",
          buffer: Buffer.from(`time;lat;lon;speed;colour\n${lines.join("\n")}\nnever;1;2;3;red\n`),
        });
        await says(".tracker-day-import-state", /^3 .*1 .*colour.*5: .*time/s);
        await says(".tracker-chart-summary", /20\s*km\/h/);
        assert.equal(await page.locator(".tracker-day-input").inputValue(), old);
        await accessible(page, ".tracker-section-day");
        await page.locator(".tracker-day-import").evaluate((part) => part.scrollIntoView());
        await shot("import");
        await page.locator(".tracker-day-input").fill(day);
        await says(".tracker-chart-summary", look.extremes);
      });

      it("fits on a phone", async () => {
        await page.setViewportSize({ width: 390, height: 844 });
        const isTooWide = await page
          .locator(".tracker-device-scroll")
          .evaluate((scroll) => scroll.scrollWidth > scroll.clientWidth);
        assert.ok(!isTooWide, "nothing has to be scrolled sideways");
        await shot("phone");
        await page.setViewportSize({ width: 1440, height: 900 });
      });

      it("keeps the history of a device that is removed, where that is chosen", async () => {
        await page.locator(".tracker-remove").click();
        await page.locator("#tracker-confirm-no:focus").waitFor();
        await accessible(page, ".red-ui-notification:not(.red-ui-notification-compact)");
        await page.locator(".tracker-keep-history").check();
        await shot("remove");
        await page.click("#tracker-confirm-yes");
        await page.locator(".tracker-device-page").waitFor({ state: "detached" });
        const { count } = (await ask("query", "series", { imei: van.imei, day, path: "position.speed" })) as {
          count: number;
        };
        assert.equal(count, 181);
        await ask("request", "register", { imei: van.imei, state: "active" });
        await ask("request", "remove", van.imei);
        const gone = await fetch(`${session().url}/trackers/registry/registry/devices/${van.imei}/history`);
        assert.equal(gone.status, 404);
      });

      it("never complained in the console", () => assert.deepEqual(complaints, []));
    });
  }
});
