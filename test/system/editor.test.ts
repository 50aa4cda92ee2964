import assert from "node:assert/strict";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { type Look as Appearance, openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";

interface Look extends Appearance {
  readonly sheetTab: string;
  readonly wrongHost: RegExp;
  readonly wrongSpeed: RegExp;
  readonly script: string;
  readonly wiring: Readonly<Record<string, string>>;
}
const LOOKS: readonly Look[] = [
  {
    theme: "light",
    language: "en-US",
    sheetTab: "Set-up sheet",
    wrongHost: /without mqtt:\/\//,
    wrongSpeed: /from 0 to 30 km\/h/,
    script: "Script value 15 (U16), unit unknown",
    wiring: { "Input 1": "panic button", "Output 1": "starter relay" },
  },
  {
    theme: "dark",
    language: "de",
    sheetTab: "Einrichtung",
    wrongHost: /ohne mqtt:\/\//,
    wrongSpeed: /von 0 bis 30 km\/h/,
    script: "Skriptwert 15 (U16), Einheit unbekannt",
    wiring: { "Eingang 1": "panic button", "Ausgang 1": "starter relay" },
  },
];

describe("the editor in Chromium", () => {
  inOrder();
  const session = useEditorInBrowser();

  for (const look of LOOKS) {
    describe(`${look.theme}, ${look.language}`, () => {
      let page: Page;
      let complaints: readonly string[] = [];
      const shot = (name: string) =>
        page.screenshot({ path: join(SCREENSHOTS, `${name}-${look.theme}.png`) });
      const input = (name: string): Locator => page.locator(`#node-config-input-${name}`);
      const tab = (index: number) =>
        page.locator("#tracker-device-config-tabs li a.red-ui-tab-label").nth(index).click();
      const sheet = async (): Promise<Record<string, string>> =>
        Object.fromEntries(
          await page
            .locator("#tracker-sheet tr")
            .evaluateAll((rows) =>
              rows.map((row) => [
                row.getAttribute("data-field") ?? "",
                row.querySelector("code")?.textContent ?? "",
              ]),
            ),
        );
      /** Fills a field and leaves it, which is when Node-RED looks at it. */
      const type = async (field: Locator, text: string) => {
        await field.fill(text);
        await field.press("Tab");
      };
      /** Presses a button of the dialog on top and waits until that dialog has gone. */
      const press = async (id: string) => {
        await page.click(`#${id}`);
        await page.locator(`#${id}`).waitFor({ state: "detached" });
      };
      const deployed = async (): Promise<Record<string, unknown>[]> =>
        (await fetch(`${session().url}/flows`)).json() as Promise<Record<string, unknown>[]>;

      before(async () => {
        const flows = [{ id: "f6f2187d.f17ca8", type: "tab", label: "Flow 1" }];
        await fetch(`${session().url}/flows`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(flows),
        });
        ({ page, complaints } = await openEditor(session().browser, session().url, look));
      });
      after(() => page?.close());

      it("loads without a complaint in the console", () => {
        assert.deepEqual(complaints, []);
      });

      it("lets the decoder be dropped and edited, and shows what is wrong", async () => {
        const node = page.locator('.red-ui-palette-node[data-palette-type="tracker-bce-decoder"]');
        await node.scrollIntoViewIfNeeded();
        await node.dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition: { x: 300, y: 200 } });
        await page.locator(".red-ui-flow-node-group").first().dblclick();
        await type(page.locator("#node-input-maxBytes"), "many");
        await page.locator("#node-input-maxBytes.input-error").waitFor();
        await shot("decoder");
        await type(page.locator("#node-input-maxBytes"), "1000");
        await page.locator("#node-input-maxBytes:not(.input-error)").waitFor();
        await page.locator("#node-input-keepRaw").check();
      });

      it("shows a wrong host where it was typed, in the user's language", async () => {
        await page.click("#node-input-btn-device-add");
        await type(input("host"), "mqtt://broker");
        await page.locator("#node-config-input-host.input-error").waitFor();
        assert.match((await page.locator("#tracker-error-host").textContent()) ?? "", look.wrongHost);
        await shot("device-config-wrong-host");
        await input("host").fill("gps.example.com");
        assert.equal(await page.locator("#tracker-error-host").textContent(), "");
        await input("name").fill("vans");
        await input("password").fill("geheim <1>");
      });

      it("marks a wrong topic", async () => {
        await tab(1);
        await input("topics-telemetry").fill("BCE/#");
        await page.locator("#node-config-input-topics-telemetry.input-error").waitFor();
        assert.notEqual(await page.locator("#tracker-error-topics").textContent(), "");
        await input("topics-telemetry").fill("my/D");
        assert.equal(await page.locator("#tracker-error-topics").textContent(), "");
      });

      it("opens a tab by keyboard", async () => {
        await page.locator("#red-ui-tab-tracker-tab-names a").press("Enter");
        await input("inputNames-1").waitFor();
      });

      it("takes names of inputs and outputs", async () => {
        await input("inputNames-1").fill("panic button");
        await input("outputNames-1").fill("starter relay");
        await shot("device-config-names");
      });

      it("takes what stops the vehicle, and shows a wrong interlock where it was typed", async () => {
        const interlock = page.locator("#tracker-interlock");
        const error = page.locator("#tracker-error-interlock-maxSpeed");
        assert.equal(await interlock.isVisible(), false, "nothing stops the vehicle yet");
        await input("outputStops-1").selectOption("on");
        await interlock.waitFor();
        assert.equal(await input("interlock-maxSpeed").getAttribute("placeholder"), "5");
        await input("interlock-maxSpeed").fill("31");
        await page.locator("#node-config-input-interlock-maxSpeed.input-error").waitFor();
        assert.match((await error.textContent()) ?? "", look.wrongSpeed);
        assert.equal(await page.locator("#tracker-error-interlock-freshFor").textContent(), "");
        assert.equal(await page.locator("#red-ui-tab-tracker-tab-names.tracker-tab-error").count(), 1);
        await shot("device-config-wrong-interlock");
        await input("outputStops-1").selectOption("");
        assert.equal(await interlock.isVisible(), true, "what is wrong can be mended");
        await input("outputStops-1").selectOption("on");
        await input("interlock-maxSpeed").fill("2.5");
        assert.equal(await error.textContent(), "");
        assert.equal(await input("interlock-frameLife").getAttribute("placeholder"), "15");
        await input("interlock-frameLife").fill("4");
        await page.locator("#node-config-input-interlock-frameLife.input-error").waitFor();
        assert.match(
          (await page.locator("#tracker-error-interlock-frameLife").textContent()) ?? "",
          /\b60\b/,
        );
        await input("interlock-frameLife").fill("20");
        await input("interlock-ignitionOff").check();
        await input("interlock-whenUnsafe").selectOption("hold");
        await input("delivery").selectOption("wait");
        await shot("device-config-interlock");
      });

      it("takes sensor overrides from suggestions and marks a wrong row", async () => {
        await tab(3);
        assert.equal(await input("choices-ignition").inputValue(), "");
        await input("choices-ignition").selectOption("input7");
        await input("choices-axleWeight").selectOption("fms");
        await input("showPersonal").check();
        await shot("device-config-choices");
        await page.click("#tracker-sensors-likely");
        const rows = page.locator("#node-config-input-sensors-list .red-ui-editableList-item-content");
        assert.equal(await rows.count(), 14);
        await page.click("#tracker-tab-sensors .red-ui-editableList-addButton");
        const row = rows.last();
        await row.locator(".tracker-sensor-id").fill("0x3008");
        await row.locator(".tracker-error:not(:empty)").waitFor();
        await row.locator(".tracker-sensor-id").fill("0x301C");
        assert.equal(await row.locator(".tracker-sensor-what").textContent(), look.script);
        await row.locator(".tracker-sensor-key").pressSequentially("temperature");
        await page.getByText(/^temperature1 – /).click();
        await row.locator(".tracker-sensor-scale").fill("0,1");
        await row.locator(".tracker-sensor-scale.input-error").waitFor();
        await shot("device-config-sensors");
        await row.locator(".tracker-sensor-scale").fill("0.1");
        await row.locator(".tracker-error:empty").waitFor({ state: "attached" });
        assert.equal(await row.locator(".tracker-sensor-unit").inputValue(), "°C");
        await page.click("#tracker-tab-sensors .red-ui-editableList-addButton");
        const own = rows.last();
        await own.locator(".tracker-sensor-id").fill("0x301E");
        await own.locator(".tracker-sensor-unit").fill("kg");
        await own.locator(".tracker-sensor-key").pressSequentially("range");
        assert.equal(await own.locator(".tracker-sensor-unit").inputValue(), "km");
        await own.locator(".tracker-sensor-key").pressSequentially("foo");
        assert.equal(
          await own.locator(".tracker-sensor-unit").inputValue(),
          "kg",
          "the unit typed comes back",
        );
        await own.locator(".tracker-sensor-key").fill("");
        await own.locator(".tracker-sensor-key").pressSequentially("door");
        await own.locator(".tracker-sensor-key").press("Tab");
        assert.equal(await own.locator(".tracker-sensor-key").inputValue(), "door", "an own name stays");
      });

      it("shows the set-up sheet live, the password on request only, copies and prints", async () => {
        await page.locator("#tracker-device-config-tabs li", { hasText: look.sheetTab }).click();
        const expected = {
          "Domain name": "gps.example.com",
          Port: "1883",
          Protocol: "TCP",
          "Client ID": "%IMEI%",
          "User name": "bce_device",
          Password: "••••••••",
          "Telemetry topic name": "my/D",
          "Events topic name": "BCE/E",
          "File topic name": "BCE/F",
          "Real-time data topic name": "BCE/R",
          "Output control topic name": "%IMEI%/OUTC",
          "Output confirm topic name": "",
        };
        assert.deepEqual(await sheet(), { ...expected, ...look.wiring });
        await input("host").evaluate((field) => {
          (field as unknown as { value: string }).value = "tcp://x";
          field.dispatchEvent(new Event("input", { bubbles: true }));
        });
        const wrong = page.locator('#tracker-sheet tr[data-field="Domain name"]');
        assert.equal(await wrong.locator(".tracker-note-wrong").count(), 1);
        assert.equal(await wrong.locator("button").count(), 0, "nothing wrong can be copied");
        assert.equal(await page.locator("#red-ui-tab-tracker-tab-connection.tracker-tab-error").count(), 1);
        await input("host").evaluate((field) => {
          (field as unknown as { value: string }).value = "gps.example.com";
          field.dispatchEvent(new Event("input", { bubbles: true }));
        });
        assert.deepEqual(await sheet(), { ...expected, ...look.wiring });
        await shot("set-up-sheet");
        await page.click("#tracker-sheet-show");
        assert.equal((await sheet()).Password, "geheim <1>");
        await page.click("#tracker-sheet-show");
        await page.locator('#tracker-sheet tr[data-field="Password"] button').click();
        await input("name").fill("");
        await input("name").press("Control+V");
        assert.equal(await input("name").inputValue(), "geheim <1>");
        await input("name").fill("vans");
        const [paper] = await Promise.all([page.waitForEvent("popup"), page.click("#tracker-sheet-print")]);
        assert.match(
          (await paper.locator("body").textContent()) ?? "",
          /vans[\s\S]*gps\.example\.com[\s\S]*••••••••/,
        );
        await paper.screenshot({ path: join(SCREENSHOTS, `print-${look.theme}.png`) });
        await paper.close();
        const tool = page.locator("#tracker-sheet-tool");
        assert.match(await tool.inputValue(), /^FMSET/);
        await tool.selectOption("XDM (XG37, XG40, GX47)");
        assert.equal((await sheet())["Device server"], "devices.xgfleet.eu");
        assert.equal((await sheet())["Domain name"], "gps.example.com");
        await tool.selectOption("FMSET (FMS500)");
        assert.equal((await sheet())["Device server"], undefined);
        await input("platform").selectOption("navixy-us");
        assert.equal((await sheet())["Domain name"], "mqtt.us.navixy.com");
        await input("protocol").selectOption("globalmatix");
        assert.equal((await sheet()).URL, "mqtt://globalmatix_device:••••••••@mqtt.us.navixy.com:1883");
        assert.equal(await tool.isVisible(), false, "there is one only");
        await shot("set-up-sheet-globalmatix");
        await input("protocol").selectOption("iotm");
        await input("platform").selectOption("own");
        assert.equal((await sheet())["Domain name"], "gps.example.com", "what was typed comes back");
        await input("platform").selectOption("navixy-us");
        assert.equal(await input("host").inputValue(), "mqtt.us.navixy.com");
      });

      it("saves and deploys what was entered", async () => {
        await press("node-config-dialog-ok");
        await press("node-dialog-ok");
        const [answer] = await Promise.all([
          page.waitForResponse(
            (response) => response.url().endsWith("/flows") && response.request().method() === "POST",
          ),
          page.click("#red-ui-header-button-deploy"),
        ]);
        assert.ok(answer.ok());
        const flows = await deployed();
        const device = flows.find(({ type }) => type === "tracker-device-config");
        assert.ok(device);
        assert.equal(device.name, "vans");
        assert.equal(device.platform, "navixy-us");
        assert.equal(device.host, "gps.example.com", "the preset does not take the user's own host away");
        assert.deepEqual(device.topics, { telemetry: "my/D" });
        assert.deepEqual(device.inputNames, ["panic button", "", "", "", "", "", "", ""]);
        assert.deepEqual(device.outputStops, ["on", "", "", ""]);
        assert.deepEqual(device.interlock, {
          maxSpeed: "2.5",
          frameLife: "20",
          ignitionOff: true,
          whenUnsafe: "hold",
        });
        assert.equal(device.delivery, "wait");
        assert.deepEqual(device.choices, { ignition: "input7", axleWeight: "fms" });
        assert.equal(device.showPersonal, true);
        assert.equal((device.sensors as object[]).length, 16);
        assert.deepEqual((device.sensors as object[])[15], { id: "0x301E", key: "door", unit: "kg" });
        assert.deepEqual((device.sensors as object[])[14], {
          id: "0x301C",
          key: "temperature1",
          scale: "0.1",
        });
        assert.ok(!JSON.stringify(flows).includes("geheim"));
        const decoder = flows.find(({ type }) => type === "tracker-bce-decoder");
        assert.equal(decoder?.device, device.id);
        assert.equal(decoder?.keepRaw, true);
        assert.equal(decoder?.maxBytes, "1000");
      });

      it("opened again, shows what was saved, and the stored password on request", async () => {
        await page.locator(".red-ui-flow-node-group").first().dblclick();
        await page.click("#node-input-btn-device-edit");
        assert.equal(await input("host").inputValue(), "mqtt.us.navixy.com");
        await input("platform").selectOption("own");
        assert.equal(await input("host").inputValue(), "gps.example.com");
        await tab(2);
        assert.equal(await input("outputStops-1").inputValue(), "on");
        assert.equal(await input("outputStops-2").inputValue(), "");
        assert.equal(await input("interlock-freshFor").inputValue(), "");
        assert.equal(await input("interlock-maxSpeed").inputValue(), "2.5");
        assert.equal(await input("interlock-frameLife").inputValue(), "20");
        assert.equal(await input("interlock-ignitionOff").isChecked(), true);
        assert.equal(await input("interlock-whenUnsafe").inputValue(), "hold");
        assert.equal(await input("delivery").inputValue(), "wait");
        await tab(3);
        assert.equal(await input("choices-ignition").inputValue(), "input7");
        assert.equal(await input("choices-pedal").inputValue(), "");
        assert.equal(await input("showPersonal").isChecked(), true);
        await tab(5);
        assert.equal((await sheet()).Password, "••••••••");
        await page.click("#tracker-sheet-show");
        await page
          .locator('#tracker-sheet tr[data-field="Password"] code', { hasText: "geheim <1>" })
          .waitFor();
        await press("node-config-dialog-cancel");
        await press("node-dialog-cancel");
      });

      it("leaves environment variables alone, also where a check box cannot show them", async () => {
        const flows = (await deployed()).map((node) =>
          node.type === "tracker-bce-decoder" ? { ...node, acceptWrongChecksum: "${ACCEPT}" } : node,
        );
        await fetch(`${session().url}/flows`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(flows),
        });
        await page.reload();
        await page.locator(".red-ui-flow-node-group").first().dblclick();
        await type(page.locator("#node-input-name"), "my decoder");
        await press("node-dialog-ok");
        await Promise.all([
          page.waitForResponse((response) => response.request().method() === "POST"),
          page.click("#red-ui-header-button-deploy"),
        ]);
        const decoder = (await deployed()).find((node) => node.type === "tracker-bce-decoder");
        assert.equal(decoder?.name, "my decoder");
        assert.equal(decoder?.acceptWrongChecksum, "${ACCEPT}");
      });

      it("never complained in the console", () => {
        assert.deepEqual(complaints, []);
      });
    });
  }
});
