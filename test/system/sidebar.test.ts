import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import type { Locator, Page } from "playwright-core";
import { type Broker, startBroker } from "../../scripts/broker";
import type { Command, CommandStatus } from "../../src/commands/command";
import { imeiCheckDigit } from "../../src/model/imei";
import type { Mode, OutputState } from "../../src/model/output";
import { encodeFrame } from "../../src/protocols/iotm/frame";
import { ROUTES } from "../../src/simulator/routes";
import { accessible } from "../support/accessible";
import { type Look as Appearance, editorLoaded, openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";
import { mqttBrokerNode } from "../support/mqtt-broker-node";
import { VirtualTracker } from "../support/virtual-tracker";

/** What the tests use of the page. */
interface Editor {
  readonly RED: { sidebar: { show(tab: string): void } };
}

interface Look extends Appearance {
  readonly noRegistry: RegExp;
  readonly noDevices: RegExp;
  readonly undeployed: RegExp;
  readonly checkDigit: RegExp;
  readonly exists: RegExp;
  readonly firstMessage: RegExp;
  readonly wired: RegExp;
  /** A group of values, and in it a value without a name. */
  readonly group: RegExp;
  readonly sleep: RegExp;
  readonly powerLost: RegExp;
  readonly activated: RegExp;
  readonly noNode: RegExp;
  readonly seconds: RegExp;
  readonly stops: RegExp;
  readonly waits: RegExp;
  readonly cancelled: RegExp;
  readonly refused: RegExp;
}
const LOOKS: readonly Look[] = [
  {
    theme: "light",
    language: "en-US",
    noRegistry: /Import the example 03/,
    noDevices: /Add the first one by its IMEI/,
    undeployed: /count only after Deploy/,
    checkDigit: /ends in 7, but would have to end in 4/,
    exists: /registered already: Van 1/,
    firstMessage: /^First message (now|\d+ sec\. ago)$/,
    wired: /^starter relay \(Output 1\)$/,
    group: /^Device and others$/,
    sleep: /^Time until it sleeps \(0x3047\)600 \(unit unknown\)/,
    powerLost: /^ Power lost$/,
    activated: /activated by the editor/,
    noNode: /wire the node “output command” to an mqtt out node/,
    seconds: /Enter 0\.01 to 655\.35 seconds/,
    stops: /This stops the vehicle\..*at most 60 s old.*at most 5 km\/h.*Otherwise it is refused/,
    waits: /waiting.*expires *in .*The device is offline/,
    cancelled: /cancelled/,
    refused: /refused\. The vehicle drives/,
  },
  {
    theme: "dark",
    language: "de",
    noRegistry: /Das Beispiel 03 .* importieren/,
    noDevices: /Das erste mit seiner IMEI hinzufügen/,
    undeployed: /erst nach dem Übernehmen/,
    checkDigit: /endet auf 7, müsste aber auf 4 enden/,
    exists: /schon registriert: Van 1/,
    firstMessage: /^Erste Nachricht (jetzt|vor \d+ Sek\.)$/,
    wired: /^starter relay \(Ausgang 1\)$/,
    group: /^Gerät und anderes$/,
    sleep: /^Zeit bis zum Schlafen \(0x3047\)600 \(Einheit unbekannt\)/,
    powerLost: /^ Stromversorgung verloren$/,
    activated: /freigegeben durch den Editor/,
    noNode: /Node „Ausgang schalten“ mit einem Node mqtt out verbinden/,
    seconds: /0,01 bis 655,35 Sekunden eingeben/,
    stops:
      /Das hält das Fahrzeug an\..*höchstens 60 s alte.*höchstens 5 km\/h.*Sonst wird der Befehl abgelehnt/,
    waits: /wartet.*verfällt *in .*Das Gerät ist offline/,
    cancelled: /zurückgenommen/,
    refused: /abgelehnt\. Das Fahrzeug fährt/,
  },
];

/** What the tests use of the editor's nodes. */
interface EditorNodes {
  add(node: object): object | undefined;
  remove(id: string): void;
  node(id: string): object | null;
  getType(type: string): object;
}

const route = Object.values(ROUTES)[0] ?? [];
const van = new VirtualTracker(1, route);
const stranger = new VirtualTracker(2, route);
const nuisance = new VirtualTracker(3, route);

const MANY = 10_000;
const manyImei = (index: number): string => {
  const first14 = `8600010000${String(index).padStart(4, "0")}`;
  return `${first14}${imeiCheckDigit(first14)}`;
};

/** What the registry would answer to commands: the page is looked at here, not what becomes of them. */
class Commands {
  readonly given: Command[] = [];
  next: readonly [status: CommandStatus, code: string] = ["waiting", "OFFLINE"];

  async answer(page: Page): Promise<void> {
    await page.route("**/devices/*", async (asked) => {
      const answer = await asked.fetch();
      await asked.fulfill({ json: { ...(await answer.json()), commands: this.given, canSwitch: true } });
    });
    await page.route("**/request", async (asked) => {
      const { request, payload } = asked.request().postDataJSON();
      if (request === "switch") this.add(payload);
      else if (request === "cancel") this.given[0] = this.ended(payload.id, "cancelled", "CANCELLED");
      else return asked.continue();
      await asked.fulfill({ json: { payload: this.given[0] } });
    });
  }

  add(order: { imei: string; output: number; state: OutputState; mode: Mode; duration?: number }): void {
    const now = Date.now();
    const [status, code] = this.next;
    this.given.unshift({
      duration: null,
      ...order,
      id: `c${this.given.length}`,
      delivery: "now",
      expires: now + 600_000,
      override: false,
      by: "editor",
      origin: "",
      confirmWithin: 30_000,
      retries: 1,
      maxPerMinute: 6,
      createdAt: now,
      status,
      sendings: [],
      history: [{ time: now, status, code, reason: "<b>it is so</b>" }],
    });
  }

  private ended(id: string, status: CommandStatus, code: string): Command {
    const command = this.given.find((given) => given.id === id) as Command;
    return { ...command, status, history: [{ time: Date.now(), status, code, reason: "" }] };
  }
}

/** Trackers in at the broker, decoded, into a registry in a file of Node-RED's user folder. */
const flows = (brokerPort: number, file: string): object[] => [
  { id: "flow", type: "tab", label: "Trackers" },
  {
    id: "deviceConfig",
    type: "tracker-device-config",
    name: "vans",
    protocol: "iotm",
    platform: "own",
    host: "gps.example.com",
    inputNames: ["panic button"],
    outputNames: ["starter relay", "", "siren"],
    outputStops: ["on"],
    credentials: { user: "", password: "geheim <1>" },
  },
  {
    id: "registry",
    type: "tracker-registry",
    name: "fleet",
    storage: "file",
    file,
    deviceConfig: "deviceConfig",
  },
  mqttBrokerNode(brokerPort),
  {
    id: "in",
    type: "mqtt in",
    z: "flow",
    topic: "BCE/+",
    qos: "1",
    datatype: "buffer",
    broker: "broker",
    inputs: 0,
    x: 140,
    y: 100,
    wires: [["decoder"]],
  },
  {
    id: "decoder",
    type: "tracker-bce-decoder",
    z: "flow",
    property: "payload",
    mode: "record",
    device: "deviceConfig",
    x: 340,
    y: 100,
    wires: [["devices"], ["devices"], ["devices"]],
  },
  {
    id: "devices",
    type: "tracker-device-registry",
    z: "flow",
    registry: "registry",
    unknown: "hold",
    duplicates: "drop",
    x: 560,
    y: 100,
    wires: [[], [], []],
  },
];

describe("the sidebar in Chromium", () => {
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

  const command = async (name: string, payload: unknown): Promise<void> => {
    const answer = await fetch(`${session().url}/trackers/registry/registry/request`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ request: name, payload }),
    });
    assert.ok(answer.ok, await answer.text());
  };
  const telemetry = (tracker: VirtualTracker, time: number) =>
    client.publishAsync("BCE/D", Buffer.from(tracker.telemetry(time)), { qos: 1 });

  for (const look of LOOKS) {
    describe(`${look.theme}, ${look.language}`, () => {
      let page: Page;
      let complaints: readonly string[] = [];
      let time = 0;
      const shot = (name: string) =>
        page.screenshot({ path: join(SCREENSHOTS, `sidebar-${name}-${look.theme}.png`) });
      const row = (imei: string): Locator => page.locator(`.tracker-row:not([hidden])[data-key="${imei}"]`);
      const showTab = () =>
        page.evaluate(() =>
          (globalThis as unknown as { RED: { sidebar: { show(id: string): void } } }).RED.sidebar.show(
            "trackers",
          ),
        );
      const hasFocus = (selector: string) => page.locator(`${selector}:focus`).waitFor();
      /** Waits until an element says what fits. */
      const says = (selector: string, wanted: RegExp) =>
        page.locator(selector, { hasText: wanted }).first().waitFor();
      const reload = async () => {
        await page.reload();
        await editorLoaded(page);
        await showTab();
      };

      const questionName = () =>
        page.locator('[role="alertdialog"]').evaluate((dialog) => {
          const { document } = globalThis as unknown as {
            document: { getElementById(id: string): { textContent: string } };
          };
          return document.getElementById(dialog.getAttribute("aria-labelledby") ?? "").textContent;
        });

      before(async () => {
        time = Date.now() - 60_000;
        await session().client.deploy([{ id: "flow", type: "tab", label: "Trackers" }]);
        ({ page, complaints } = await openEditor(session().browser, session().url, look));
        await showTab();
      });
      after(() => page?.close());

      it("helps where there is no registry", async () => {
        await says(".tracker-empty", look.noRegistry);
        await shot("no-registry");
      });

      it("says that there are no devices yet", async () => {
        await session().client.deploy(flows(broker.port, `${look.theme}.sqlite`));
        await session().client.connected("in");
        await reload();
        await says(".tracker-empty", look.noDevices);
        await shot("no-devices");
      });

      it("adds a device by keyboard alone, from its model to its first message", async () => {
        await page.locator(".tracker-empty-add").focus();
        await page.keyboard.press("Enter");
        await hasFocus('input[name="tracker-model"][value="fms500-light"]');
        await page.keyboard.press("ArrowDown");
        await hasFocus('input[name="tracker-model"][value="fms500-light-plus"]');
        await shot("add-model");
        await page.keyboard.press("Enter");
        await hasFocus("#tracker-add select");
        await says("#tracker-add .tracker-sheet", /gps\.example\.com/);
        await shot("add-setup");
        await page.keyboard.press("Enter");
        const field = page.locator("#tracker-add input[type=text]");
        await hasFocus('#tracker-add input[inputmode="numeric"]');
        await page.keyboard.type("8695-9506 137419");
        await says(".tracker-field-note:not(.tracker-field-error)", /^14 /);
        await page.keyboard.type("7");
        await says(".tracker-field-error", look.checkDigit);
        await shot("add-device-wrong");
        await page.keyboard.press("Enter");
        await hasFocus('#tracker-add input[inputmode="numeric"]');
        await field.first().fill(`${van.imei.slice(0, 6)} ${van.imei.slice(6)}`);
        await page.locator(".tracker-field-good").waitFor();
        await page.keyboard.press("Tab");
        await page.keyboard.type("Van 1");
        await page.keyboard.press("Tab");
        await page.keyboard.type("AB-CD 1");
        await page.keyboard.press("Enter");
        await hasFocus(".tracker-wait-show");
        await page.locator(".tracker-wait .fa-spinner").waitFor();
        await shot("add-waiting");
        await telemetry(van, time);
        await says(".tracker-first-message", look.firstMessage);
        const map = page.locator(".tracker-wait a.tracker-map");
        assert.match(
          (await map.getAttribute("href")) ?? "",
          /^https:\/\/www\.openstreetmap\.org\/\?mlat=54\.\d+&mlon=25\./,
        );
        assert.match((await map.getAttribute("rel")) ?? "", /noopener/);
        await shot("add-first-message");
      });

      it("takes the next one at once, and knows which are registered", async () => {
        await page.click(".tracker-wait-another");
        await hasFocus('#tracker-add input[inputmode="numeric"]');
        await page.keyboard.type(van.imei);
        await says(".tracker-field-error", look.exists);
        await page.click("#tracker-add-cancel");
        await page.locator("#tracker-add").waitFor({ state: "detached" });
      });

      it("shows the stored password on request only", async () => {
        await page.click(".tracker-add");
        await page.click("#tracker-add-next");
        const password = page.locator('#tracker-add tr[data-field="Password"] code');
        await password.filter({ hasText: "••••••••" }).waitFor();
        await page.click("#tracker-add .tracker-sheet-tools .fa-eye");
        await password.filter({ hasText: "geheim <1>" }).waitFor();
        await page.click("#tracker-add-back");
      });

      it("has for newer models the sheet of their own tool", async () => {
        await page.locator('input[value="xg37"]').check();
        await page.click("#tracker-add-next");
        await says("#tracker-add .tracker-sheet", /XDM.*devices\.xgfleet\.eu.*1888.*gps\.example\.com/s);
        await page.locator("#tracker-add .tracker-note-deviceServer").waitFor();
        await shot("add-setup-newer");
        await page.click("#tracker-add-back");
        await page.locator('input[value="fms500-light"]').check();
        await page.click("#tracker-add-next");
        await says("#tracker-add .tracker-sheet", /FMSET/);
        await page.click("#tracker-add-back");
      });

      it("adds a device config on the way, and says that it has to be deployed", async () => {
        await page.locator('input[value="xtcu"]').check();
        await page.click("#tracker-add-next");
        await page.locator("#tracker-add .fa-plus").click();
        await page.locator("#node-config-input-name").fill("clouds");
        assert.equal(await page.locator("#node-config-input-protocol").inputValue(), "globalmatix");
        await page.click("#node-config-dialog-ok");
        await says("#tracker-add select", /clouds/);
        await says("#tracker-add .tracker-notice:visible >> nth=-1", look.undeployed);
        await says("#tracker-add .tracker-sheet", /GlobalmatiX cloud/);
        await page.locator("#tracker-add .tracker-device-config-row .fa-pencil").click();
        await page.locator("#node-config-input-host").fill("gps.example.com");
        await page.click("#node-config-dialog-ok");
        await page.locator("#tracker-add .tracker-note-passwordMissing").waitFor();
        await shot("add-undeployed");
        await Promise.all([
          page.waitForResponse(
            (answer) => answer.url().endsWith("/flows") && answer.request().method() === "POST",
          ),
          page.locator("#tracker-add .tracker-notice button:has(.fa-rocket)").click(),
        ]);
        await page
          .locator("#tracker-add .tracker-notice button:has(.fa-rocket)")
          .waitFor({ state: "hidden" });
        await session().client.connected("in");
        await page.click("#tracker-add-cancel");
        await hasFocus(".tracker-add");
      });

      it("shows a device as its messages come", async () => {
        await row(van.imei).waitFor();
        time += 10_000;
        await telemetry(van, time);
        await row(van.imei).locator(".tracker-status-online").waitFor();
        await row(van.imei).locator(".tracker-row-speed", { hasText: "km/h" }).waitFor();
        await row(van.imei)
          .locator(".tracker-age", { hasText: /now|jetzt|\d/ })
          .waitFor();
      });

      it("activates and ignores unknown senders, by keyboard", async () => {
        await telemetry(stranger, time);
        await telemetry(nuisance, time);
        await page.locator(".tracker-banner", { hasText: "2" }).waitFor();
        await shot("list");
        await page.locator(".tracker-search").focus();
        await page.keyboard.press("ArrowDown");
        await hasFocus("#tracker-list");
        await page.keyboard.press("Home");
        assert.equal(
          await page.locator(".tracker-row.tracker-active").getAttribute("data-key"),
          stranger.imei,
        );
        await page.keyboard.press("ArrowRight");
        await page.locator("button.tracker-row-activate.tracker-active").waitFor();
        await page.keyboard.press("Enter");
        await row(stranger.imei).locator(".tracker-status-waiting").waitFor();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await row(nuisance.imei).waitFor({ state: "hidden" });
        await page.locator(".tracker-status-select").selectOption("ignored");
        await row(nuisance.imei).waitFor();
        await page.locator(".tracker-status-select").selectOption("all");
      });

      it("tells of an event while nobody looks: notification, badge and row; the bell switches the first off", async () => {
        const alarm = async (text: string) => {
          time += 10_000;
          await client.publishAsync("BCE/E", Buffer.from(van.event(time, 250, text)), { qos: 1 });
        };
        const badge = page.locator(".tracker-badge");
        const note = page.locator(".tracker-news");
        await page.evaluate(() => (globalThis as unknown as Editor).RED.sidebar.show("info"));
        await alarm("panic <b>1</b>");
        await note.filter({ hasText: "panic <b>1</b>" }).waitFor();
        await badge.filter({ hasText: "1" }).waitFor();
        await shot("news");
        await accessible(page, ".tracker-news");
        await note.locator("button").first().click();
        await hasFocus(".tracker-device-title");
        await badge.waitFor({ state: "detached" });
        await page.keyboard.press("Escape");
        await page.click(".tracker-notify");
        assert.equal(await page.locator(".tracker-notify").getAttribute("aria-pressed"), "false");
        await page.evaluate(() => (globalThis as unknown as Editor).RED.sidebar.show("info"));
        await note.waitFor({ state: "detached" });
        await alarm("panic 2");
        await badge.filter({ hasText: "1" }).waitFor();
        assert.equal(await note.count(), 0);
        await showTab();
        await page.locator(`.tracker-row-news[data-key="${van.imei}"]`).waitFor();
        await page.click(".tracker-notify");
      });

      it("shows the statuses of nodes in the editor's language", async () => {
        await page.waitForFunction(
          (wanted) => {
            const { RED } = globalThis as unknown as { RED: { nodes: EditorNodes } };
            const node = RED.nodes.node("devices") as { status?: { text?: string } } | null;
            return node?.status?.text?.includes(wanted) === true;
          },
          look.language === "de" ? " von 2 online" : " of 2 online",
        );
      });

      it("opens a device, shows what it is wired to, and takes events for text", async () => {
        await client.publishAsync(
          "BCE/E",
          Buffer.from(van.event(time, 250, "<img src=x onerror=alert(1)>")),
          {
            qos: 1,
          },
        );
        await page.locator("#tracker-list").focus();
        await page.keyboard.press("End");
        await page.keyboard.press("Enter");
        await hasFocus(".tracker-device-title");
        await says(".tracker-section-values th", look.wired);
        await says(".tracker-section-values th", look.group);
        await says(".tracker-section-values tr", look.sleep);
        await says(".tracker-section-events li", /<img src=x onerror=alert\(1\)>/);
        await client.publishAsync("BCE/E", Buffer.from(van.event(time, 240, "Q07")), { qos: 1 });
        await says(".tracker-section-events .tracker-event-critical", look.powerLost);
        await says(".tracker-section-journal li", look.activated);
        await shot("device");
        const isTooWide = await page.locator(".tracker-device-scroll").evaluate((scroll) => {
          const name = scroll.querySelector(".tracker-section-values th") as HTMLElement;
          const wired = name.textContent;
          name.textContent = "Fahrzeuggeschwindigkeit";
          const found = scroll.scrollWidth > scroll.clientWidth;
          name.textContent = wired;
          return found;
        });
        assert.ok(!isTooWide, "a long name is broken, so that nothing has to be scrolled sideways");
        time += 10_000;
        await page.locator(".tracker-section-events").evaluate((node) => node.setAttribute("data-same", "1"));
        await telemetry(van, time);
        await says(".tracker-section-counters li", /^6 /);
        assert.equal(
          await page.locator(".tracker-section-events[data-same]").count(),
          1,
          "it is not drawn anew",
        );
        await page.keyboard.press("Escape");
        await hasFocus("#tracker-list");
        assert.equal(await page.locator(".tracker-row.tracker-active").getAttribute("data-key"), van.imei);
      });

      it("says which model a device is, by name or number", async () => {
        await page.keyboard.press("Enter");
        await hasFocus(".tracker-device-title");
        for (const [type, model] of [
          [200, / 200$/],
          [86, /^StCAN 3G$/],
        ] as const) {
          time += 10_000;
          const values = [{ id: 0x2030, valueType: 4, value: type }];
          const frame = encodeFrame([
            { type: 2, imei: van.imei },
            { type: 1, time: Math.floor(time / 1000), values },
          ]);
          await client.publishAsync("BCE/D", Buffer.from(frame), { qos: 1 });
          await says(".tracker-section-facts dd", model);
        }
        await page.keyboard.press("Escape");
        await hasFocus("#tracker-list");
      });

      it("edits a device, and shows what is wrong where it was typed", async () => {
        await page.keyboard.press("Enter");
        await page.click(".tracker-edit");
        const input = (index: number) => page.locator("#tracker-edit input").nth(index);
        await hasFocus("#tracker-edit input");
        await input(0).fill('<b>Van</b> "1"');
        await input(2).fill("IOQ");
        await page.keyboard.press("Enter");
        await page.locator("#tracker-edit .tracker-field-error", { hasText: "VIN" }).waitFor();
        await shot("edit-wrong");
        await input(2).fill("WVWZZZ1JZXW000001");
        await page.click("#tracker-edit-save");
        await page.locator("#tracker-edit").waitFor({ state: "detached" });
        await says(".tracker-device-title", /^<b>Van<\/b> "1"$/);
        await hasFocus(".tracker-edit");
      });

      it("says how outputs could be switched where no node sends commands", async () => {
        await says(".tracker-section-outputs .tracker-output-hint", look.noNode);
        assert.equal(await page.locator(".tracker-output-on:visible").count(), 0);
        await shot("outputs-no-node");
      });

      it("switches an output after a question, by keyboard, and takes a command back", async () => {
        const commands = new Commands();
        await commands.answer(page);
        time += 10_000;
        await telemetry(van, time);
        const relay = page.locator('.tracker-output[data-output="1"]');
        const first = page.locator(".tracker-command").first();
        await relay.locator(".tracker-output-on").waitFor();
        await relay.locator(".tracker-output-on").focus();
        await page.keyboard.press("Enter");
        await hasFocus("#tracker-confirm-no");
        await says(".tracker-question", /<b>Van<\/b> "1"/);
        await says(".tracker-question", look.stops);
        // It slides in, and can be pointed at when it is there.
        await page.locator("#tracker-confirm-no").hover();
        await shot("switch-question");
        await page.keyboard.press("Escape");
        await hasFocus(".tracker-output-on");
        assert.equal(commands.given.length, 0, "nothing was sent");
        await page.keyboard.press("Enter");
        await hasFocus("#tracker-confirm-no");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        await first.filter({ hasText: look.waits }).waitFor();
        const { imei, output, state, mode, duration } = commands.given[0] as Command;
        assert.deepEqual([imei, output, state, mode, duration], [van.imei, 1, "on", "latching", null]);
        await hasFocus(".tracker-output-on");
        await first.locator(".tracker-command-cancel").focus();
        await shot("command-waiting");
        await page.keyboard.press("Enter");
        await first.filter({ hasText: look.cancelled }).waitFor();
        await hasFocus(".tracker-commands");
      });

      it("switches for a time, says what is wrong with one, and why a command was refused", async () => {
        await page.unrouteAll({ behavior: "wait" });
        const commands = new Commands();
        commands.next = ["refused", "INTERLOCK_SPEED"];
        await commands.answer(page);
        const siren = page.locator('.tracker-output[data-output="3"]');
        const typed = siren.locator("input");
        await siren.locator(".tracker-output-on").click();
        await siren.locator(".tracker-field-error:not(:empty)").waitFor();
        assert.equal(await typed.getAttribute("aria-invalid"), "true");
        await typed.fill("656");
        await siren.locator(".tracker-output-on").click();
        await siren.locator(".tracker-field-error", { hasText: look.seconds }).waitFor();
        await shot("output-wrong");
        await typed.fill("2,5");
        const records = page.locator(".tracker-section-counters li").first();
        const before = await records.textContent();
        time += 10_000;
        await telemetry(van, time);
        await page.waitForFunction(
          (last) =>
            (globalThis as unknown as { $(selector: string): { text(): string } })
              .$(".tracker-section-counters li:first-child")
              .text() !== last,
          before,
        );
        assert.equal(await typed.inputValue(), "2,5", "what is typed stays when something comes");
        await siren.locator(".tracker-output-off").click();
        await page.click("#tracker-confirm-yes");
        await says(".red-ui-notification", look.refused);
        const { output, state, mode, duration } = commands.given[0] as Command;
        assert.deepEqual([output, state, mode, duration], [3, "off", "timed", 2.5]);
        commands.next = ["confirmed", "CONFIRMED"];
        for (const order of ["on", "off", "on", "off", "on", "off"] as const)
          commands.add({ imei: van.imei, output: 1, state: order, mode: "latching" });
        time += 10_000;
        await telemetry(van, time);
        await page.locator('.tracker-command[data-status="confirmed"]').nth(4).waitFor();
        assert.equal(await page.locator(".tracker-command").count(), 5);
        await page.click(".tracker-commands-more");
        await page.locator('.tracker-command[data-status="refused"]').waitFor();
        await page.locator(".tracker-section-commands").evaluate((section) => section.scrollIntoView());
        await shot("commands");
        await page.unrouteAll({ behavior: "wait" });
      });

      it("deactivates after a question that has a name, and asks before it discards what was entered", async () => {
        await page.locator(".tracker-deactivate").click();
        await hasFocus("#tracker-confirm-no");
        assert.notEqual(await questionName(), "");
        await accessible(page, ".red-ui-notification:not(.red-ui-notification-compact)");
        await page.keyboard.press("Escape");
        await hasFocus(".tracker-deactivate");
        await page.click(".tracker-edit");
        await hasFocus("#tracker-edit input");
        await page.keyboard.type("x");
        await page.keyboard.press("Escape");
        await hasFocus("#tracker-confirm-no");
        await page.keyboard.press("Escape");
        await hasFocus("#tracker-edit input");
        await page.keyboard.press("Escape");
        await hasFocus("#tracker-confirm-no");
        await page.click("#tracker-confirm-yes");
        await page.locator("#tracker-edit").waitFor({ state: "detached" });
        await accessible(page, ".tracker-sidebar");
      });

      it("has a wide view with the list beside the device", async () => {
        await page.keyboard.press("Escape");
        await page.click(".tracker-wide-button");
        await page.locator(".tracker-wide #tracker-list:focus").waitFor();
        await page.keyboard.press("Enter");
        await hasFocus(".tracker-device-title");
        assert.ok(await page.locator("#tracker-list").isVisible(), "the list is still there");
        await accessible(page, ".red-ui-tray");
        await shot("wide");
        await page.click("#tracker-wide-cancel");
        await page.locator("#tracker-wide").waitFor({ state: "detached" });
        await page.locator(".tracker-device-page .tracker-remove").waitFor();
      });

      it("offers the devices and their outputs in the dialog of output command", async () => {
        await page.evaluate(() => {
          const { RED } = globalThis as unknown as {
            RED: { nodes: EditorNodes; editor: { edit(n: object): void } };
          };
          const node = RED.nodes.add({
            ...{ id: "command", type: "tracker-output-command", z: "flow", x: 300, y: 300, wires: [[], []] },
            ...{ registry: "registry", _def: RED.nodes.getType("tracker-output-command") },
          });
          RED.editor.edit(node ?? (RED.nodes.node("command") as object));
        });
        const suggestion = page.locator(".red-ui-autoComplete-container");
        const imei = page.locator("#node-input-imei + .red-ui-typedInput-container input");
        await Promise.all([
          page.waitForResponse((response) => response.url().includes("/outputs")),
          imei.focus(),
        ]);
        await imei.pressSequentially(van.imei.slice(0, 4));
        await suggestion.filter({ hasText: van.imei }).waitFor();
        await shot("output-command");
        await page.keyboard.press("Tab");
        await page.locator("#node-dialog-cancel").click();
        await page.locator(".red-ui-tray").waitFor({ state: "detached" });
        await page.evaluate(() => {
          const { RED } = globalThis as unknown as { RED: { nodes: EditorNodes } };
          RED.nodes.remove("command");
        });
      });

      it("removes a device after a question", async () => {
        await page.click(".tracker-remove");
        await hasFocus("#tracker-confirm-no");
        await shot("remove");
        await page.keyboard.press("Escape");
        await hasFocus(".tracker-remove");
        await page.keyboard.press("Enter");
        await page.click("#tracker-confirm-yes");
        await row(van.imei)
          .waitFor({ state: "detached" })
          .catch(() => row(van.imei).waitFor({ state: "hidden" }));
        await hasFocus("#tracker-list");
      });

      it("imports a list after a check that names what is wrong, and exports it", async () => {
        await page.click(".tracker-import");
        const area = page.locator("#tracker-import textarea");
        await area.fill(`imei;colour\n${van.imei};red\n`);
        await page.click("#tracker-import-check");
        await page.locator(".tracker-import-columns").getByLabel("colour").selectOption("group");
        await page.locator(".tracker-import-columns").getByLabel("colour").waitFor();
        await shot("import-columns");
        await page.locator('#tracker-import input[type="file"]').setInputFiles({
          name: "list.csv",
          mimeType: "text/csv",
          buffer: Buffer.from(
            `imei;name\n${van.imei};B\xfcro\n869595061374197;x\n${stranger.imei};\n`,
            "latin1",
          ),
        });
        await page.locator(".tracker-report-error").nth(1).waitFor();
        assert.deepEqual(await page.locator(".tracker-report tbody td:first-child").allTextContents(), [
          "3",
          "4",
          "2",
        ]);
        await says(".tracker-report-error", look.checkDigit);
        await shot("import");
        await page.click("#tracker-import-import");
        await row(van.imei).locator(".tracker-row-title", { hasText: "Büro" }).waitFor();
        // Nothing is left that could be lost, so nobody is asked.
        await page.keyboard.press("Escape");
        await page.locator("#tracker-import").waitFor({ state: "detached" });
        const [download] = await Promise.all([page.waitForEvent("download"), page.click(".tracker-export")]);
        assert.match(download.suggestedFilename(), /^trackers-\d{4}-\d\d-\d\d\.csv$/);
        const saved = await readFile(await download.path(), "utf8");
        assert.match(saved, new RegExp(`^\ufeffimei,name.*\r\n[^]*${van.imei},Büro,active,`));
      });

      it("shows ten thousand devices", async () => {
        const lines = Array.from(
          { length: MANY },
          (_, index) => `${manyImei(index)},Truck ${index},active,G${index % 9}`,
        );
        await command("import", {
          data: ["imei,name,state,group", ...lines].join("\n"),
          onExisting: "error",
        });
        // What is open when the page is left is open when it comes back.
        await page.evaluate(() => (globalThis as unknown as Editor).RED.sidebar.show("info"));
        await page.reload();
        await editorLoaded(page);
        const took = await page.evaluate(async () => {
          const started = performance.now();
          const { RED, document, requestAnimationFrame } = globalThis as unknown as Editor & {
            document: { querySelector(selector: string): unknown };
            requestAnimationFrame(next: () => void): void;
          };
          RED.sidebar.show("trackers");
          while (!document.querySelector(".tracker-row:not([hidden])")) {
            await new Promise<void>((resolve) => requestAnimationFrame(resolve));
          }
          return Math.round(performance.now() - started);
        });
        console.log(`        ${MANY} devices are in the list after ${took} ms`);
        await page.locator("#tracker-list").focus();
        await page.keyboard.press("End");
        await says(".tracker-row.tracker-active", new RegExp(`Truck ${MANY - 1}`));
        assert.ok((await page.locator(".tracker-row").count()) < 60, "only what can be seen is drawn");
        await page.locator(".tracker-search").fill("truck 777");
        await page.locator(".tracker-search").press("7");
        await row(manyImei(7777)).waitFor();
        await page.locator(".tracker-group-select").selectOption("G1");
        await page.waitForFunction(
          () =>
            (
              globalThis as unknown as {
                document: { querySelectorAll(selector: string): { length: number } };
              }
            ).document.querySelectorAll("#tracker-list .tracker-row:not([hidden])").length === 1,
        );
        await shot("many");
      });

      it("never complained in the console", () => {
        // The browser itself complains of an answer that says what was typed wrong: a VIN.
        const refused = (complaint: string) => /status of 400/.test(complaint);
        assert.equal(complaints.filter(refused).length, 1);
        assert.deepEqual(
          complaints.filter((complaint) => !refused(complaint)),
          [],
        );
      });
    });
  }
});
