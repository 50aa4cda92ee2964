import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { DEFAULT_PROTOCOL, PROTOCOLS } from "../../src/protocols/index";

const IDS: ReadonlySet<string> = new Set(PROTOCOLS.map(({ id }) => id));
/** The folder of each protocol. */
const FOLDERS = PROTOCOLS.map(({ id }) => join("src", "protocols", id));
const CODE = globSync("{src,nodes,plugins,scripts}/**/*.{ts,mjs}");
const isOwn = (file: string) => FOLDERS.some((folder) => file.startsWith(join(folder, "/")));

/** Places where code has a protocol's id: as text, as the name of a property, or in a type. */
function namesIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isName(node) && IDS.has(node.text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1} ${node.parent.getText().slice(0, 80)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isName(node: ts.Node): node is ts.StringLiteralLike | ts.Identifier {
  if (ts.isStringLiteralLike(node)) return true;
  if (!ts.isIdentifier(node)) return false;
  const { parent } = node;
  const isProperty = ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent);
  return isProperty && parent.name === node;
}

/** A text, or the name of a property, in JavaScript inside of HTML. */
const NAMED = new RegExp([...IDS].map((id) => `["'\`]${id}["'\`]|\\.${id}\\b`).join("|"));

describe("protocols' names", () => {
  it("stand as text in their own folders and in the list alone", () => {
    const others = CODE.filter((file) => !isOwn(file));
    assert.ok(others.length > 200, `${others.length} files`);
    assert.deepEqual(others.flatMap(namesIn), []);
  });

  it("are found where they do stand", () => {
    const own = CODE.filter(isOwn);
    for (const [at, { id }] of PROTOCOLS.entries()) {
      const folder = FOLDERS[at] as string;
      const named = own.filter((file) => file.startsWith(folder)).flatMap(namesIn);
      assert.ok(named.length > 0, `${id} in ${folder}`);
    }
  });

  it("stand in dialogs only as the default, which has to be literal there", () => {
    const dialogs = globSync("{nodes,plugins}/**/*.html").filter((file) => !file.includes("locales"));
    assert.ok(dialogs.length > 7, `${dialogs.length} files`);
    const named = dialogs.flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => NAMED.test(line))
        .map((line) => line.trim().slice(0, 40)),
    );
    const literal = `protocol: { value: "${DEFAULT_PROTOCOL.id}", validate: function`;
    assert.deepEqual(named, [literal.slice(0, 40)]);
  });
});
