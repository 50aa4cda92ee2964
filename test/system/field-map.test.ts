import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { eventInWords } from "../../src/model/events";
import { LIMITS } from "../../src/protocols/json/limits";
import { type Look as Appearance, openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";

interface Look extends Appearance {
  readonly noJson: RegExp;
  readonly coverage: RegExp;
  readonly missing: RegExp;
  readonly noMessage: RegExp;
  readonly endless: RegExp;
  readonly tooMany: RegExp;
  readonly search: Readonly<Record<"imei" | "time" | "latitude" | "longitude" | "odometer", string>>;
}
const LOOKS: readonly Look[] = [
  {
    theme: "light",
    language: "en-US",
    noJson: /This is not JSON.*line 1 column 9/,
    coverage: /^6 of 9 values mapped, 2 ignored, 1 stays in sensors$/,
    missing: /IMEI missing.*Time missing.*Position missing/,
    noMessage: /No message has come yet/,
    endless: /takes too long and is cut off/,
    tooMany: /Too many values/,
    search: { imei: "imei", time: "time of", latitude: "latitude", longitude: "longi", odometer: "odo" },
  },
  {
    theme: "dark",
    language: "de",
    noJson: /Das ist kein JSON.*line 1 column 9/,
    coverage: /^6 von 9 Werten zugeordnet, 2 verworfen, 1 bleibt in sensors$/,
    missing: /IMEI fehlt.*Zeit fehlt.*Position fehlt/,
    noMessage: /Noch ist keine Nachricht angekommen/,
    endless: /dauert zu lange und wird abgebrochen/,
    tooMany: /Zu viele Werte/,
    search: { imei: "imei", time: "zeit", latitude: "breite", longitude: "länge", odometer: "kilometer" },
  },
];

const IMEI = "869595061374194";
/** Names that nobody here has thought of. */
const CAPTURE = {
  kennung: IMEI,
  erfasst: 1_779_631_011,
  ort: { b: 43.248249, l: 27.978071 },
  fzg: { strecke: 123_456_789, klemme15: "on", rest: "P0420" },
  intern: { zaehler: 7, liste: [] },
};
const RULES = [
  { from: "kennung", to: "imei" },
  { from: "erfasst", to: "time" },
  { from: "ort.b", to: "latitude" },
  { from: "ort.l", to: "longitude" },
  { from: "fzg.strecke", to: "odometer", unit: "m" },
  { from: "fzg.klemme15", to: "ignition" },
  { from: "intern", to: "ignore" },
];
const EXPECTED = {
  imei: IMEI,
  time: 1_779_631_011_000,
  position: { valid: true, latitude: 43.248249, longitude: 27.978071 },
  attributes: { odometer: 123_456.789, ignition: true },
  sensors: { "fzg.rest": "P0420" },
};

const DECODER = {
  type: "tracker-globalmatix-decoder",
  z: "flow",
  property: "payload",
  mapFrom: "node",
  fieldMap: { schema: 1, rules: [] },
  x: 340,
};
/** A decoder to which nothing comes, and two with an output each. */
const NODES: readonly ({ readonly id: string; readonly type: string } & Record<string, unknown>)[] = [
  { id: "flow", type: "tab", label: "Trackers" },
  {
    id: "press",
    type: "inject",
    z: "flow",
    props: [{ p: "payload" }, { p: "topic", vt: "str" }],
    repeat: "",
    crontab: "",
    once: false,
    onceDelay: 0.1,
    topic: "globalmatix/in",
    payload: JSON.stringify(CAPTURE),
    payloadType: "str",
    x: 120,
    y: 100,
    wires: [["first", "second"]],
  },
  { ...DECODER, id: "quiet", name: "quiet", y: 240, wires: [[], [], []] },
  ...["first", "second"].flatMap((id, index) => [
    {
      ...DECODER,
      id,
      name: id,
      y: 100 + 60 * index,
      wires: [[`${id}-out`]],
    },
    {
      id: `${id}-out`,
      type: "debug",
      z: "flow",
      active: true,
      tosidebar: true,
      complete: "payload",
      targetType: "msg",
      x: 560,
      y: 100 + 60 * index,
      wires: [],
    },
  ]),
];

describe("the field map editor in Chromium", () => {
  inOrder();
  const session = useEditorInBrowser();

  for (const look of LOOKS) {
    describe(`${look.theme}, ${look.language}`, () => {
      let page: Page;
      let complaints: string[] = [];
      let exported = "";
      const map = (): Locator => page.locator(".tracker-fm").last();
      const cell = (path: string): Locator => map().locator(`[data-path='${path}'] > .tracker-fm-cell`);
      const row = (path: string): Locator => map().locator(`[data-path='${path}']`);
      const sent = async (): Promise<Record<string, unknown>> =>
        JSON.parse((await map().locator(".tracker-fm-result pre").textContent()) ?? "");
      const show = async (id: string) => {
        await page.evaluate(
          (node) =>
            (
              globalThis as unknown as {
                RED: { editor: { edit(node: unknown): void }; nodes: { node(id: string): unknown } };
              }
            ).RED.editor.edit(
              (globalThis as unknown as { RED: { nodes: { node(id: string): unknown } } }).RED.nodes.node(
                node,
              ),
            ),
          id,
        );
        await page.locator("#red-ui-tab-tracker-globalmatix-tab-map a").click();
        await map().waitFor();
      };
      /** Presses a button of the dialog on top and waits until that dialog has gone. */
      const press = async (id: string) => {
        await page.click(`#${id}`);
        await page.locator(`#${id}`).waitFor({ state: "detached" });
      };
      const deploy = () => session().client.deployedBy(() => page.click("#red-ui-header-button-deploy"));
      const deployed = async (id: string): Promise<Record<string, unknown>> => {
        const flows = (await (await fetch(`${session().url}/flows`)).json()) as Record<string, unknown>[];
        return flows.find((node) => node.id === id) ?? {};
      };
      const choose = async (path: string, search: string) => {
        await cell(path).click();
        await page.keyboard.type(search);
        await page.keyboard.press("Enter");
      };
      /** As it looks with little and with much room. */
      const shots = async (name: string, widths = [500, 1000]) => {
        for (const width of widths) {
          await page.evaluate((wide) => {
            const trays = document.querySelectorAll<HTMLElement>(".red-ui-tray");
            const tray = trays[trays.length - 1];
            if (tray) tray.style.width = `${wide}px`;
          }, width);
          await page.screenshot({ path: join(SCREENSHOTS, `field-map-${name}-${width}-${look.theme}.png`) });
        }
      };

      before(async () => {
        await session().client.deploy(NODES);
        ({ page, complaints } = await openEditor(session().browser, session().url, look));
      });
      after(() => page?.close());

      it("says plainly what is wrong with a message that is no JSON, and that none has come yet", async () => {
        await show("quiet");
        await page.locator("#red-ui-tab-tracker-globalmatix-tab-settings a").click();
        await page.locator("#node-input-noImei").waitFor();
        await shots("settings");
        await page.locator("#red-ui-tab-tracker-globalmatix-tab-map a").press("Enter");
        await map().locator(".tracker-fm-text").fill('{"a": 1 ]');
        const problem = map().locator(".tracker-fm-sample-problem");
        assert.match((await problem.textContent()) ?? "", look.noJson);
        await shots("no-json");
        await map().locator(".tracker-fm-last").click();
        await problem.getByText(look.noMessage).waitFor();
        // The browser itself notes that it was not found.
        assert.match(complaints.splice(0).join("\n"), /^[^\n]*404[^\n]*$/);
        await press("node-dialog-cancel");
      });

      it("shows a pasted message with everything that is not known yet", async () => {
        await show("first");
        const area = map().locator(".tracker-fm-text");
        await area.fill(JSON.stringify(CAPTURE));
        await area.press("Control+A");
        await area.press("Control+X");
        assert.equal(await map().locator(".tracker-fm-tree").isVisible(), false);
        await area.press("Control+V");
        await cell("kennung").waitFor();
        await area.waitFor({ state: "hidden" });
        assert.equal(await map().locator(".tracker-fm-is-open").count(), 9);
        const needed = (await map().locator(".tracker-fm-needed").textContent()) ?? "";
        assert.match(needed.replace(/\s+/g, " "), look.missing);
        await shots("pasted");
      });

      it("is mapped by clicks and a few letters, without a path", async () => {
        await choose("kennung", look.search.imei);
        assert.equal((await sent()).imei, IMEI, "the result follows at once");
        await choose("erfasst", look.search.time);
        await choose("ort.b", look.search.latitude);
        await cell("ort.l").click();
        await shots("choose");
        await page.keyboard.type(look.search.longitude);
        await map().locator('[role=option][data-key="longitude"]').click();
        await choose("fzg.strecke", look.search.odometer);
        const unit = row("fzg.strecke").locator("select");
        // No vehicle has driven 123,456,789 km: only the units in which the value can be an odometer fit.
        const fitting = (await unit.locator("option").allTextContents())
          .map((option) => option.split(" → ")[1] ?? "")
          .filter((converted) => converted.endsWith("\u00a0km"));
        assert.deepEqual(fitting, ["123456.789\u00a0km", "1234567.89\u00a0km"]);
        await unit.selectOption("m");
        assert.equal(
          await row("fzg.strecke").locator(".tracker-fm-preview").textContent(),
          "123456789 → 123456.789\u00a0km",
        );
        await shots("unit");
        await unit.press("Enter");
        await row("fzg.strecke").locator(".tracker-fm-chooser").waitFor({ state: "detached" });
        await choose("fzg.klemme15", "ignition");
        await row("intern").locator("button").click();
        assert.match((await map().locator(".tracker-fm-coverage").textContent()) ?? "", look.coverage);
        assert.equal(await map().locator(".tracker-fm-lacks").count(), 0);
        const { schema, kind, protocol, receivedAt, identity, ...record } = await sent();
        assert.deepEqual(
          [schema, kind, protocol, typeof receivedAt, typeof identity],
          [1, "telemetry", "globalmatix", "number", "string"],
        );
        assert.deepEqual(record, EXPECTED);
        await shots("mapped");
        await map().locator(".tracker-fm-rules").scrollIntoViewIfNeeded();
        await shots("rules");
      });

      it("works once it is deployed", async () => {
        await press("node-dialog-ok");
        await deploy();
        assert.deepEqual(await deployed("first"), {
          ...(await deployed("first")),
          fieldMap: { schema: 1, rules: RULES },
        });
        await session().client.press("press");
        const record = (await session().client.debug("first-out")) as Record<string, unknown>;
        for (const [name, value] of Object.entries(EXPECTED)) assert.deepEqual(record[name], value, name);
      });

      it("takes the last message from the running node", async () => {
        await page.reload();
        await page.locator(".red-ui-flow-node-group").first().waitFor();
        await show("first");
        await map().locator(".tracker-fm-last").click();
        await row("kennung").and(page.locator(".tracker-fm-is-mapped")).waitFor();
        assert.match((await map().locator(".tracker-fm-taken").textContent()) ?? "", /^globalmatix\/in · /);
        assert.equal((await sent()).imei, IMEI);
      });

      it("is used by keyboard alone: rows, signals, order of the rules", async () => {
        await cell("kennung").focus();
        await page.keyboard.press("End");
        assert.equal(
          await page.evaluate(() => document.activeElement?.closest("li")?.dataset.path),
          "intern.liste",
        );
        for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "Enter"]) await page.keyboard.press(key);
        await row("fzg.rest").locator("[role=combobox]").and(page.locator("[aria-expanded=true]")).waitFor();
        await page.keyboard.type("my.own");
        await page.keyboard.press("Tab");
        await page.keyboard.type("code");
        await page.keyboard.press("Escape");
        assert.equal(
          await page.evaluate(() => document.activeElement?.closest("li")?.dataset.path),
          "fzg.rest",
        );
        assert.deepEqual((await sent()).units, { "my.own": "code" });
        await page.keyboard.press("Delete");
        assert.equal((await sent()).units, undefined);
        const rules = map().locator(".tracker-fm-rule");
        await rules.nth(6).locator('[data-action="up"]').focus();
        await page.keyboard.press("Enter");
        await page.keyboard.press("Enter");
        assert.equal(await rules.nth(4).locator(".tracker-fm-from").inputValue(), "intern");
        await rules.nth(4).locator('[data-action="down"]').press("Enter");
        await rules.nth(5).locator('[data-action="down"]').press("Enter");
        assert.equal(await rules.nth(6).locator(".tracker-fm-from").inputValue(), "intern");
      });

      it("exports a file and imports the same map again", async () => {
        await map().locator(".tracker-fm-name").fill("vans north");
        const [file] = await Promise.all([
          page.waitForEvent("download"),
          map().locator('[data-action="export"]').click(),
        ]);
        assert.equal(file.suggestedFilename(), "vans-north.json");
        exported = await readFile(await file.path(), "utf8");
        assert.deepEqual(JSON.parse(exported), { schema: 1, rules: RULES, name: "vans north" });
        await map().locator('[data-action="anew"]').click();
        await page.locator("#tracker-confirm-yes").click();
        await map().locator(".tracker-fm-rule").first().waitFor({ state: "detached" });
        const upload = async (name: string, content: string) =>
          map()
            .locator(".tracker-fm-import")
            .setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
        await upload("wrong.json", '{"rules":[{"from":"a","to":"odometer","unit":"V"}]}');
        await map().locator(".tracker-fm-file .tracker-error", { hasText: "rules[0].unit" }).waitFor();
        await upload("vans-north.json", exported);
        await map().locator(".tracker-fm-rule").nth(6).waitFor();
        assert.equal(await map().locator(".tracker-fm-name").inputValue(), "vans north");
      });

      it("marks rules that find nothing, tries expressions, and cuts off one that never ends", async () => {
        const rules = map().locator(".tracker-fm-rule");
        await rules.nth(5).locator(".tracker-fm-from").fill("fzg.klemme16");
        await rules.nth(5).locator(".tracker-fm-rule-state:not(:empty)").waitFor();
        await rules.nth(5).locator(".tracker-fm-from").fill("fzg[");
        await rules.nth(5).locator(".tracker-fm-from.input-error").waitFor();
        assert.equal((await sent()).imei, IMEI, "the other rules still count");
        await rules.nth(5).locator(".tracker-fm-from").fill("fzg.klemme15");
        await map().locator(".tracker-fm-add").click();
        const added = rules.nth(7);
        await added.locator(".tracker-fm-from").fill("($f := function($n) { $f($n + 1) }; $f(0))");
        await added.locator("[role=combobox]").fill("fuelLevel");
        await added.locator('[role=option][data-key="fuelLevel"]').click();
        await added.locator(".tracker-error", { hasText: look.endless }).waitFor();
        await added.locator(".tracker-fm-from").fill("intern.zaehler * 10");
        await map().locator(".tracker-fm-result pre", { hasText: '"fuelLevel": 70' }).waitFor();
        await shots("expression");
        await added.locator('[data-action="remove"]').click();
        await press("node-dialog-ok");
      });

      it("is one map for many nodes in a device config", async () => {
        const shared = { mapFrom: "device", device: "config" };
        await session().client.deploy([
          ...NODES.map((node) =>
            node.type === "tracker-globalmatix-decoder" ? { ...node, ...shared } : node,
          ),
          { id: "config", type: "tracker-device-config", name: "xTCU", protocol: "globalmatix" },
        ]);
        await page.reload();
        await page.locator(".red-ui-flow-node-group").first().waitFor();
        await show("second");
        assert.equal(await map().locator(".tracker-fm-add").count(), 0, "it is to look at only");
        await page.locator(".tracker-globalmatix-shared button").click();
        await page.locator("#red-ui-tab-tracker-tab-map a").click();
        await page.locator("#tracker-fieldMap .tracker-fm-import").waitFor({ state: "attached" });
        assert.equal(await page.locator("#red-ui-tab-tracker-tab-sensors").isVisible(), false);
        await page
          .locator("#tracker-fieldMap .tracker-fm-import")
          .setInputFiles({ name: "map.json", mimeType: "application/json", buffer: Buffer.from(exported) });
        await page.locator("#tracker-fieldMap .tracker-fm-rule").nth(6).waitFor();
        await page.locator("#tracker-fieldMap .tracker-fm-text").fill(JSON.stringify(CAPTURE));
        // Its other tabs do not let it become narrower than they are.
        await shots("device-config", [1000]);
        await press("node-config-dialog-ok");
        await page.locator(".tracker-globalmatix-shared", { hasText: "xTCU · vans north" }).waitFor();
        await map().locator(".tracker-fm-rule").nth(6).waitFor();
        await map().locator(".tracker-fm-text").fill(JSON.stringify(CAPTURE));
        await cell("kennung").click();
        assert.equal(await map().locator(".tracker-fm-chooser").count(), 0);
        await shots("shared");
        await press("node-dialog-ok");
        await deploy();
        assert.deepEqual((await deployed("config")).fieldMap, JSON.parse(exported));
        await session().client.press("press");
        for (const id of ["first-out", "second-out"]) {
          const record = (await session().client.debug(id)) as Record<string, unknown>;
          assert.deepEqual(record.attributes, EXPECTED.attributes, id);
        }
      });

      it("takes a list of readings that nobody could guess, an event, and all that was recognised", async () => {
        const batch = {
          geraet: IMEI,
          spur: ["NORM", "SOS", "NORM"].map((art, n) => ({ odo: 1000 + n, art })),
        };
        await session().client.deploy(NODES);
        await page.reload();
        await page.locator(".red-ui-flow-node-group").first().waitFor();
        await show("quiet");
        await map().locator(".tracker-fm-text").fill(JSON.stringify(batch));
        await map().locator(".tracker-fm-readings").selectOption("spur");
        await map().locator(".tracker-fm-pager button").last().click();
        assert.equal(await row("spur[].odo").locator(".tracker-fm-value").textContent(), "1001");
        await shots("recognised");
        await choose("spur[].art", "event");
        assert.equal(await row("spur[].art").locator(".tracker-fm-details input").inputValue(), "SOS");
        await shots("event");
        await page.keyboard.press("Escape");
        assert.deepEqual((await sent()).event, eventInWords("SOS"));
        await map().locator(".tracker-fm-accept-all").click();
        assert.equal(await map().locator(".tracker-fm-is-recognised").count(), 0);
        assert.equal(await map().locator(".tracker-fm-from").last().inputValue(), "spur[].odo");
        await map().locator(".tracker-fm-pager button").last().click();
        const { kind, attributes } = await sent();
        assert.deepEqual([kind, attributes], ["telemetry", { odometer: 1002 }]);
        await press("node-dialog-cancel");
      });

      it("takes several signals from the bits of one value", async () => {
        await show("first");
        await map()
          .locator(".tracker-fm-text")
          .fill(JSON.stringify({ imei: IMEI, ts: 1779631011, di: 5 }));
        await choose("di", "ignition");
        const bit = row("di").locator("select");
        assert.equal(await bit.inputValue(), "bit 0");
        await row("di").locator(".fa-plus").click();
        await page.keyboard.type("footBrake");
        await page.keyboard.press("Tab");
        assert.equal(await bit.inputValue(), "bit 1");
        await bit.selectOption("bit 2");
        await shots("bits");
        await bit.press("Enter");
        const { attributes, sensors } = await sent();
        assert.deepEqual([attributes, sensors], [{ ignition: true, footBrake: true }, { di: 5 }]);
        assert.equal(await map().locator(".tracker-fm-is-mapped").count(), 1);
        await press("node-dialog-cancel");
      });

      it("stays usable with a message that means harm", async () => {
        const harm = "<img src=x onerror='window.harmed=1'>";
        const hostile = (values: number) => {
          const entries = Array.from({ length: values - 2 }, (_, n) => [`${harm}${n} $t(x) __n__`, harm]);
          return { ...Object.fromEntries(entries), constructor: 1, last: "x" };
        };
        const paste = (message: unknown) =>
          map()
            .locator(".tracker-fm-text")
            .evaluate((area, text) => {
              (area as unknown as { value: string }).value = text;
              area.dispatchEvent(new Event("input", { bubbles: true }));
            }, JSON.stringify(message));
        await show("first");
        await paste(hostile(LIMITS.leaves + 1));
        await map().locator(".tracker-fm-sample-problem", { hasText: look.tooMany }).waitFor();
        await paste(hostile(LIMITS.leaves));
        await map().locator(".tracker-fm-more").waitFor();
        assert.ok((await map().locator(".tracker-fm-row").count()) <= 200);
        await map().locator(".tracker-fm-filter").fill("last");
        await choose("last", "vin");
        assert.deepEqual((await sentAttributes()).vin, "x");
        assert.equal(await page.evaluate(() => "harmed" in globalThis), false);
        assert.equal(await map().locator("img").count(), 0);
        await press("node-dialog-cancel");
      });
      /** Of a record that is too long to be shown whole. */
      const sentAttributes = async (): Promise<Record<string, unknown>> => {
        const shown = (await map().locator(".tracker-fm-result pre").textContent()) ?? "";
        return JSON.parse(/"attributes": (\{[^}]*\})/.exec(shown)?.[1] ?? "{}");
      };

      it("marks a node whose map is wrong", async () => {
        await session().client.deploy(
          NODES.map((node) =>
            node.id === "first"
              ? { ...node, fieldMap: { schema: 1, rules: [{ from: "a", to: "vin", unit: "V" }] } }
              : node,
          ),
        );
        await page.reload();
        await page.locator(".red-ui-flow-node-error:not(.hide)").first().waitFor();
        assert.deepEqual(
          await page.evaluate(() => {
            const { RED } = globalThis as unknown as {
              RED: { nodes: { node(id: string): { valid: boolean; validationErrors?: string[] } } };
            };
            return [RED.nodes.node("first").valid, RED.nodes.node("second").valid];
          }),
          [false, true],
        );
      });

      it("never complained in the console", () => {
        assert.deepEqual(complaints, []);
      });
    });
  }
});
