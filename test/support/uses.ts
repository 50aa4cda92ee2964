import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { EditorClient } from "./editor-client";
import type { FlowNode } from "./end-to-end";

/** An example that was just imported, in a Node-RED that runs. */
export interface Imported {
  readonly nodes: readonly FlowNode[];
  readonly url: string;
  readonly editor: EditorClient;
}

/** One of the uses that vehicles' messages are for. */
export interface Use {
  readonly name: string;
  readonly file: string;
  /** What is announced, as the table of docs/uses.md says it. */
  readonly outcome: string;
  /** Does what the first comment says and resolves when the outcome was seen. */
  readonly reach: (imported: Imported) => Promise<void>;
  /** What takes too long, seen with the simulator at 50 times the speed. */
  readonly reachAtFifty?: (imported: Imported) => Promise<void>;
}

export function idOf({ nodes }: Imported, type: string, name?: string): string {
  const found = nodes.find((node) => node.type === type && (name === undefined || node.name === name));
  assert.ok(found, `${type} ${name}`);
  return found.id;
}

export const press = (imported: Imported, name: string): Promise<void> =>
  imported.editor.press(idOf(imported, "inject", name));

export const debug = (imported: Imported, name: string): Promise<unknown> =>
  imported.editor.debug(idOf(imported, "debug", name));

/** Waits until a debug node shows this, as text or JSON. */
export async function shows(imported: Imported, name: string, wanted: RegExp): Promise<string> {
  for (;;) {
    const shown = await debug(imported, name);
    const text = typeof shown === "string" ? shown : JSON.stringify(shown);
    if (wanted.test(text)) return text;
  }
}

/** Loads a page anew with every change of the registry until it has all of this. */
export async function pageHas(
  imported: Imported,
  path: string,
  ...wanted: readonly RegExp[]
): Promise<{ text: string; type: string }> {
  const registry = idOf(imported, "tracker-registry");
  for (;;) {
    const answer = await fetch(`${imported.url}${path}`);
    const text = await answer.text();
    // Node-RED says that it has deployed a little before its pages are there.
    assert.ok(answer.ok || answer.status === 404, text);
    if (answer.ok && wanted.every((one) => one.test(text)))
      return { text, type: answer.headers.get("content-type") ?? "" };
    await imported.editor.changed(registry);
  }
}

/** The same with a simulator that is 50 times as fast, and that begins so long ago that nothing is from the future. */
export function atFifty(nodes: readonly FlowNode[]): FlowNode[] {
  const start = new Date(Date.now() - 3 * 3_600_000).toISOString();
  return nodes.map((node) => (node.type === "tracker-simulator" ? { ...node, factor: "50", start } : node));
}

const TABLE = /(<!-- measured -->\n)[\s\S]*?(<!-- end -->)/;

/** Writes what was measured into the table of docs/uses.md; rows of others stay, all in the order of `names`. */
export function writeTable(measured: readonly (readonly string[])[], names: readonly string[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const text = readFileSync("docs/uses.md", "utf8");
  const rows = new Map(text.split("\n").map((row) => [row.split(" | ")[0]?.slice(2) ?? "", `${row}\n`]));
  for (const cells of measured) rows.set(cells[0] ?? "", line(cells));
  const head = ["use", "example", "outcome", "seconds from import to outcome"];
  const table = [line(head), line(head.map(() => "---")), ...names.map((name) => rows.get(name) ?? "")].join(
    "",
  );
  writeFileSync(
    "docs/uses.md",
    text.replace(TABLE, (_, begin, end) => `${begin}${table}${end}`),
  );
}
