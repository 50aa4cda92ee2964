import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { EXAMPLES } from "../support/end-to-end";
import { USE_FILES, USES } from "../support/use-list";
import { usesSuite } from "../support/uses-suite";

describe("the uses, in a Node-RED with the tarball alone", function () {
  this.timeout(600_000);
  usesSuite(USE_FILES[0]);

  it("each has its example, its test, and its row in docs/uses.md", () => {
    const table = readFileSync("docs/uses.md", "utf8");
    for (const { name, file, outcome } of USES) {
      assert.ok(EXAMPLES.includes(`examples/${file}`), file);
      assert.ok(table.includes(`| ${name} | ${file.slice(0, 2)} | ${outcome} |`), name);
    }
    const numbers = USES.map(({ file }) => file.slice(0, 2)).sort();
    assert.deepEqual(USE_FILES.flat().sort(), numbers, "in this file and those beside it");
  });
});
