import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = createRequire(__filename).resolve("axe-core/axe.min.js");

/** Fails where axe finds something in a part of the page. */
export async function accessible(page: Page, selector: string): Promise<void> {
  await page.addScriptTag({ path: AXE });
  const violations = await page.evaluate(async (where) => {
    const { axe } = globalThis as unknown as { axe: { run(where: string): Promise<AxeResult> } };
    const found = await axe.run(where);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }, selector);
  assert.deepEqual(violations, []);
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
