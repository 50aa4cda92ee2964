import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type Option, readOptions } from "../../nodes/runtime/options";
import { SAVED_NODE_STEPS } from "../../src/saved-nodes";
import { openEditor } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";
import { OPTION_TABLES } from "../support/option-tables";
import { type SavedNode, type SavedNodeVector, savedNodeVectors } from "../support/saved-nodes";

/** The editor's global, as far as it is asked here. */
type WithEditor = {
  RED: {
    nodes: {
      node(id: string): HeldNode | null;
      eachConfig(look: (node: HeldNode) => boolean): void;
      dirty(): boolean;
      createCompleteNodeSet(): HeldNode[];
    };
    view: { importNodes(nodes: object[], options: object): void };
    workspaces: { show(id: string): void };
    editor: {
      edit(node: HeldNode): void;
      editConfig(name: string, type: string, id: string, prefix: string): void;
    };
  };
};
interface HeldNode extends Record<string, unknown> {
  readonly id: string;
  readonly type: string;
  readonly users?: readonly { readonly id: string }[];
}

const FLOW = "ffff000000000001";
const LOCKED = "ffff000000000002";
/** One node of each type, with the ids of the flows of its example. */
const EXAMPLES = savedNodeVectors(0).filter(({ saved }) => saved.id !== "registry");
/** Registries, each with an id of its own; what they refer to is there. */
const REGISTRIES = savedNodeVectors(0)
  .filter(({ saved }) => saved.id === "registry")
  .map(({ why, saved, today }, index): SavedNodeVector => {
    const id = `registry${index}`;
    return { why, saved: { ...saved, id, z: LOCKED }, today: { ...today, id, z: LOCKED } };
  });
/** Device configs that others refer to, but for the one that is among the examples. */
const CONFIGS = ["config", "old", "e03a000000000061", "e07a000000000061"].map((id) => ({
  id,
  type: "tracker-device-config",
  name: id,
  protocol: "iotm",
}));
const NEWER = { id: "newer", type: "tracker-registry", name: "newer", storage: "memory", version: 1_000_000 };

const inFlow = (node: SavedNode): SavedNode => ("x" in node ? { ...node, z: FLOW, wires: [] } : node);
const flows = () => [
  { id: FLOW, type: "tab", label: "old" },
  { id: LOCKED, type: "tab", label: "locked", locked: true },
  ...CONFIGS,
  ...EXAMPLES.map(({ saved }) => inFlow(saved)),
  ...REGISTRIES.map(({ saved }) => saved),
  NEWER,
];

describe("nodes of version 0 in the editor", () => {
  inOrder();
  const session = useEditorInBrowser(flows);
  let page: Page;
  let complaints: readonly string[] = [];

  const held = (id: string): Promise<HeldNode> =>
    page.evaluate((wanted) => {
      const { RED } = globalThis as unknown as WithEditor;
      const {
        id,
        type,
        deviceConfig,
        profile,
        version,
        valid,
        validationErrors = [],
        users = [],
      } = RED.nodes.node(wanted) as HeldNode;
      const userIds = users.map(({ id }) => id);
      return { id, type, deviceConfig, profile, version, valid, validationErrors, userIds };
    }, id);
  const deployed = async (): Promise<ReadonlyMap<string, SavedNode>> => {
    const nodes = (await (await fetch(`${session().url}/flows`)).json()) as SavedNode[];
    return new Map(nodes.map((node) => [node.id, node]));
  };
  /** Fields that the editor itself makes of what it draws. */
  const ownFields = ({ x: _x, y: _y, z: _z, wires: _wires, ...fields }: SavedNode) => fields;

  before(async () => {
    ({ page, complaints } = await openEditor(session().browser, session().url, {
      theme: "light",
      language: "en-US",
    }));
  });
  after(() => page?.close());

  it("loads them without a complaint, and has nothing to deploy", async () => {
    assert.deepEqual(complaints, []);
    assert.equal(await page.evaluate(() => (globalThis as unknown as WithEditor).RED.nodes.dirty()), false);
  });

  it("holds them as today's version has them, also in a locked flow, with users where they are", async () => {
    for (const { saved, today } of [...EXAMPLES, ...REGISTRIES]) {
      const { version, profile, deviceConfig, valid } = await held(saved.id);
      assert.deepEqual(
        [version, profile, deviceConfig],
        [today.version, undefined, today.deviceConfig],
        saved.id,
      );
      if (saved.type !== "tracker-registry") continue;
      assert.equal(valid, true, saved.id);
      if (!deviceConfig) continue;
      const { userIds } = await held(String(deviceConfig));
      assert.ok((userIds as string[]).includes(saved.id), `${deviceConfig} is used by ${saved.id}`);
    }
  });

  it("says what is wrong with a node of a newer version, and leaves it alone", async () => {
    const { version, valid, validationErrors } = await held("newer");
    assert.deepEqual([version, valid], [NEWER.version, false]);
    assert.match(String((validationErrors as string[])[0]), /newer version of this package/);
  });

  it("shows the device config of a registry in its dialog", async () => {
    const { saved, today } = EXAMPLES.find(({ saved }) => saved.type === "tracker-registry") ?? {};
    assert.ok(saved !== undefined && today !== undefined);
    await page.evaluate(
      (id) => (globalThis as unknown as WithEditor).RED.editor.editConfig("", "tracker-registry", id, ""),
      saved.id,
    );
    const chosen = page.locator("#node-config-input-deviceConfig");
    await chosen.waitFor();
    assert.equal(await chosen.inputValue(), today.deviceConfig);
    await page.click("#node-config-dialog-cancel");
    await page.locator("#node-config-dialog-cancel").waitFor({ state: "detached" });
  });

  for (const applyNodeDefaults of [false, true]) {
    it(`upgrades what is imported, with new ids${applyNodeDefaults ? " and with defaults for what is absent" : ""}`, async () => {
      const name = `imported ${applyNodeDefaults}`;
      const found = await page.evaluate(
        ({ nodes, options, name }) => {
          const { RED } = globalThis as unknown as WithEditor;
          RED.view.importNodes(nodes, { generateIds: true, addFlow: false, notify: false, ...options });
          const all: HeldNode[] = [];
          RED.nodes.eachConfig((node) => all.push(node) > 0);
          const byName = (type: string) => all.find((node) => node.type === type && node.name === name);
          const [registry, config] = [byName("tracker-registry"), byName("tracker-device-config")];
          return {
            id: registry?.id,
            chosen: registry?.deviceConfig,
            config: config?.id,
            version: registry?.version,
          };
        },
        {
          name,
          options: { applyNodeDefaults },
          nodes: [
            { id: "c", type: "tracker-device-config", name },
            { id: "r", type: "tracker-registry", name, storage: "memory", profile: "c" },
            { id: "d", type: "tracker-device-registry", z: FLOW, registry: "r", x: 300, y: 300, wires: [] },
          ],
        },
      );
      assert.notEqual(found.id, "r");
      assert.ok(found.config !== undefined && found.config !== "c");
      assert.deepEqual(
        [found.chosen, found.version],
        [found.config, SAVED_NODE_STEPS["tracker-registry"]?.length],
      );
      // What is imported follows the mouse until it is put down.
      await page.locator("#red-ui-workspace-chart").click({ position: { x: 500, y: 400 } });
    });
  }

  it("saves them as today's version with the next deploy", async () => {
    const [answer] = await Promise.all([
      page.waitForResponse(
        (response) => response.url().endsWith("/flows") && response.request().method() === "POST",
      ),
      page
        .click("#red-ui-header-button-deploy")
        // The one of a newer version is not properly configured.
        .then(() => page.getByRole("button", { name: "Confirm deploy" }).click()),
    ]);
    assert.ok(answer.ok());
    const nodes = await deployed();
    for (const { saved, today } of [...EXAMPLES, ...REGISTRIES]) {
      const node = nodes.get(saved.id);
      assert.ok(node !== undefined && !("profile" in node), saved.id);
      const wanted = ownFields(today);
      const kept = Object.fromEntries(Object.keys(wanted).map((field) => [field, node[field]]));
      assert.deepEqual(kept, wanted);
    }
    assert.equal(nodes.get("newer")?.version, NEWER.version);
    assert.deepEqual(complaints, []);
  });
});

describe("nodes that were written by hand, in the editor", () => {
  inOrder();
  const names = Object.keys(OPTION_TABLES);
  const settings = (name: string): [string, Option<unknown>][] =>
    Object.entries(OPTION_TABLES[name] ?? {}).filter(
      ([field, { default: preset }]) => typeof preset !== "string" || OPTION_TABLES[name]?.[field]?.choices,
    );
  const environment = (name: string) =>
    Object.fromEntries(settings(name).map(([field]) => [field, `\${${field.toUpperCase()}}`]));
  const node = (name: string, id: string, y: number, fields: object) => ({
    id,
    type: `tracker-${name}`,
    ...(name === "registry" ? {} : { z: FLOW, x: 200, y, wires: [] }),
    ...fields,
  });
  const session = useEditorInBrowser(() => [
    { id: FLOW, type: "tab", label: "by hand" },
    ...names.flatMap((name, index) => [
      node(name, `${name}-bare`, 60 + 100 * index, {}),
      node(name, `${name}-environment`, 110 + 100 * index, environment(name)),
    ]),
  ]);
  let page: Page;
  before(async () => {
    const look = { theme: "light", language: "en-US" } as const;
    ({ page } = await openEditor(session().browser, session().url, look));
  });
  after(() => page?.close());

  /** Opens the dialog of a node, presses Done, and gives what the editor then would save. */
  const editedAndDone = async (id: string): Promise<Record<string, unknown>> => {
    const isConfig = id.startsWith("registry-");
    await page.evaluate(
      ({ id, isConfig }) => {
        const { RED } = globalThis as unknown as WithEditor;
        if (isConfig) RED.editor.editConfig("", "tracker-registry", id, "");
        else RED.editor.edit(RED.nodes.node(id) as HeldNode);
      },
      { id, isConfig },
    );
    const done = page.locator(isConfig ? "#node-config-dialog-ok" : "#node-dialog-ok");
    await done.click();
    await done.waitFor({ state: "detached" });
    const nodes = await page.evaluate(() =>
      (globalThis as unknown as WithEditor).RED.nodes.createCompleteNodeSet(),
    );
    const found = nodes.find((one) => one.id === id);
    assert.ok(found !== undefined, id);
    return found as Record<string, unknown>;
  };

  for (const name of names) {
    it(`${name}: with nothing but its type, its dialog is left as the defaults are`, async () => {
      const table = OPTION_TABLES[name] ?? {};
      assert.deepEqual(readOptions(table, await editedAndDone(`${name}-bare`)), readOptions(table, {}));
    });

    it(`${name}: environment variables stay what they are`, async () => {
      const wanted = environment(name);
      const saved = await editedAndDone(`${name}-environment`);
      const kept = Object.fromEntries(Object.keys(wanted).map((field) => [field, saved[field]]));
      assert.deepEqual(kept, wanted);
    });
  }
});
