import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type Look, openEditor, SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";

interface Saved {
  readonly id: string;
  readonly type: string;
  readonly rules: readonly { readonly id: string; readonly kind: string; readonly params: object }[];
}

const LOOKS: readonly (Look & { readonly kind: string })[] = [
  { theme: "light", language: "en-US", kind: "Too fast" },
  { theme: "dark", language: "de", kind: "Zu schnell" },
];

describe("the dialog of tracker alarms in Chromium", () => {
  const session = useEditorInBrowser();
  const saved = async (): Promise<Saved> => {
    const flows: Saved[] = await (await fetch(`${session().url}/flows`)).json();
    const found = flows.find(({ type }) => type === "tracker-alarms");
    assert.ok(found);
    return found;
  };
  const edit = async (page: Page): Promise<void> => {
    const { id } = await saved();
    await page.locator(`#${id} rect.red-ui-flow-node`).dblclick();
    await page.locator("#tracker-alarms").waitFor();
  };
  const finish = async (page: Page): Promise<void> => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#tracker-alarms").waitFor({ state: "detached" });
    const deployed = page.waitForResponse((response) => response.url().endsWith("/flows") && response.ok());
    await page.locator("#red-ui-header-button-deploy").click();
    await deployed;
  };

  for (const look of LOOKS) {
    it(`adds, changes and removes rules, and keeps the others: ${look.theme}, ${look.language}`, async function () {
      this.timeout(60_000);
      const flow: object[] = JSON.parse(readFileSync("examples/09-fence-alarm-and-trips.json", "utf8"));
      const { url, client, browser } = session();
      await client.deploy([{ id: "empty", type: "tab", label: "empty" }]);
      await client.deploy(flow);
      const before = (await saved()).rules;
      const { page, complaints } = await openEditor(browser, url, look);
      try {
        await edit(page);
        const rows = page.locator("#tracker-alarms-rules > li");
        assert.equal(await rows.count(), before.length);
        assert.ok(
          (await rows.first().locator(".tracker-rule-kind option").allTextContents()).includes(look.kind),
        );
        await page.locator("#tracker-alarms .red-ui-editableList-addButton").click();
        const added = rows.nth(before.length);
        await added.locator(".tracker-rule-kind").selectOption("valueRange");
        const error = added.locator(".tracker-alarm-error");
        assert.match((await error.textContent()) ?? "", /^params\.min: /);
        await added.locator(".tracker-rule-param-max").fill("8");
        assert.equal(await error.textContent(), "");
        await added.locator(".tracker-rule-groups").fill("cold, frozen");
        await added.locator(".tracker-rule-hours").check();
        await added.locator(".tracker-rule-from").fill("22:00");
        await page.screenshot({ path: join(SCREENSHOTS, `alarms-${look.theme}.png`) });
        await rows.nth(1).locator(".red-ui-editableList-item-remove").click();
        await rows.nth(before.length).waitFor({ state: "detached" });
        await finish(page);
        const { rules } = await saved();
        assert.deepEqual(
          rules.map(({ id }) => id).slice(0, -1),
          before.map(({ id }) => id).filter((_, at) => at !== 1),
          "a rule keeps its id",
        );
        const { kind, params, groups, schedule } = rules.at(-1) as Saved["rules"][number] & {
          groups: string[];
          schedule: { days: number[]; from: string };
        };
        assert.deepEqual([kind, params, groups], ["valueRange", { max: "8" }, ["cold", "frozen"]]);
        assert.deepEqual([schedule.days, schedule.from], [[1, 2, 3, 4, 5, 6, 7], "22:00"]);
        await edit(page);
        assert.equal(
          await rows
            .nth(rules.length - 1)
            .locator(".tracker-rule-param-max")
            .inputValue(),
          "8",
        );
        assert.deepEqual(complaints, []);
      } finally {
        await page.close();
      }
    });
  }
});
