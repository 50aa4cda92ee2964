import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definitionsIn } from "../support/definitions";
import { type FlowNode, helper, NODE_NAMES, NODES, useHelperServer } from "../support/flow";
import { ODD } from "../support/odd";

/** Everything that a node has said so far, as text. */
function saidBy(node: FlowNode): string {
  const spies = node as unknown as Record<
    "error" | "warn" | "status",
    { args?: readonly unknown[][] } | undefined
  >;
  const calls = [spies.error, spies.warn, spies.status].flatMap((spy) => spy?.args ?? []);
  return calls
    .map((args) => JSON.stringify(args.map((one) => (one instanceof Error ? one.message : one))))
    .join("\n");
}

describe("saved configs that no dialog makes", () => {
  useHelperServer();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "saved-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const name of NODE_NAMES) {
    it(`${name}: whatever stands in a field, the node is there and says what is wrong, if anything is`, async function () {
      this.timeout(60_000);
      const [[type, definition] = []] = [...definitionsIn(`dist/nodes/${name}/${name}.html`)];
      const fields = Object.keys(definition?.defaults ?? {}).filter(
        (field) => field !== "name" && !field.startsWith("wires"),
      );
      assert.ok(type !== undefined && fields.length > 0);
      for (const odd of [...ODD, "${NOTHING}"]) {
        const nodes = fields.map((field, index) => ({
          id: `n${index}`,
          z: "tab",
          type,
          wires: [[], [], []],
          // A registry makes a file of each name that is one.
          ...(field === "file" ? { storage: "memory" } : { file: join(folder, `${index}.sqlite`) }),
          [field]: odd,
        }));
        await helper.load(NODES, [{ id: "tab", type: "tab" }, ...nodes]);
        fields.forEach((field, index) => {
          const node = helper.getNode(`n${index}`);
          assert.ok(node, `${field} ${JSON.stringify(odd)}`);
          assert.doesNotMatch(
            saidBy(node),
            /INTERNAL|undefined|Cannot read|is not a function|is not iterable/,
            `${field} ${JSON.stringify(odd)}: ${saidBy(node)}`,
          );
        });
        await helper.unload();
      }
    });
  }
});
