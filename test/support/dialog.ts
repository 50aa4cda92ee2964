import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { anything, type Definition, definitionsIn } from "./definitions";

/** A field of a dialog's form. */
export interface FormField {
  readonly name: string;
  /** `select`, `textarea`, or the type of an `input`. */
  readonly kind: string;
  readonly placeholder: string | undefined;
  /** Values of a select's options. */
  readonly choices: readonly string[];
}

/** What a node's dialog is made of. */
export interface Dialog {
  readonly type: string;
  readonly definition: Definition;
  readonly fields: ReadonlyMap<string, FormField>;
}

/** The editor's code of this package as it is bundled, in an editor that knows no other node. */
export function editorBundle(): Record<string, Record<string, unknown>> {
  const code = readFileSync("resources/editor.js", "utf8");
  const load = runInThisContext(`(function (window, $, document) { ${code}; return RedTrackers; })`);
  return load({ RED: anything }, anything, anything);
}

/** The dialog of a node; its validators are those of the bundle. */
export function dialogOf(name: string, bundle = editorBundle()): Dialog {
  const file = `nodes/${name}/${name}.html`;
  const [[type, definition] = []] = [...definitionsIn(file, bundle)];
  if (type === undefined || definition === undefined) throw new Error(`${file} has no node`);
  return { type, definition, fields: fieldsIn(readFileSync(file, "utf8")) };
}

function fieldsIn(html: string): ReadonlyMap<string, FormField> {
  const found = html.matchAll(/<(input|select|textarea)\b([^>]*)>/g);
  return new Map(
    [...found].flatMap(({ index, 0: { length }, 1: tag = "", 2: attributes = "" }) => {
      const name = /\bid="node-(?:config-)?input-([\w-]+)"/.exec(attributes)?.[1];
      if (name === undefined) return [];
      const kind = tag === "input" ? (/\btype="(\w+)"/.exec(attributes)?.[1] ?? "text") : tag;
      const placeholder = /(?<!\])\bplaceholder="([^"]*)"/.exec(attributes)?.[1];
      const content = tag === "select" ? html.slice(index + length, html.indexOf("</select>", index)) : "";
      const choices = [...content.matchAll(/<option value="([^"]*)"/g)].map(([, value = ""]) => value);
      return [[name, { name, kind, placeholder, choices }]];
    }),
  );
}
