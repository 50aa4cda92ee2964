import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Definition, definitionsIn } from "../support/definitions";
import { badlyDrawn } from "../support/drawing";
import { EXAMPLES, type FlowNode } from "../support/end-to-end";
import type { LoadedPackage } from "../support/load-package";
import { nodeRedRequire } from "../support/node-red";
import { type PackedUserDir, packedUserDir } from "../support/packed";
import { packedCoreSuite } from "../support/packed-core";
import { run } from "../support/process";

interface Manifest {
  name: string;
  keywords: string[];
  dependencies?: Record<string, string>;
  "node-red": { nodes: Record<string, string>; plugins: Record<string, string> };
}

const { nodes: NODES, plugins: PLUGINS }: Manifest["node-red"] = JSON.parse(
  readFileSync("package.json", "utf8"),
)["node-red"];

/** Every part with texts: its folder in the sources and its name. */
const PARTS = [
  ...Object.values(NODES).map((file) => [sourceFolder(file), basename(file, ".js")] as const),
  ...Object.values(PLUGINS).map((file) => [sourceFolder(file), basename(file, ".html")] as const),
];
function sourceFolder(file: string): string {
  return dirname(file).replace(/^dist\//, "");
}
const OWN = new Map(
  Object.values(NODES).flatMap((file) => [...definitionsIn(file.replace(/\.js$/, ".html"))]),
);

/** Of a tarball; what is larger takes too long on a Raspberry Pi with a slow connection. */
const MOST_BYTES = 8 * 1024 * 1024;

/** By the function that asks for a text, the one that asks for that of a number of things. */
const COUNTED: Readonly<Record<string, string>> = { text: "counted", mapText: "mapCounted" };

/** Keys of texts that a source asks for by a function of this name. */
function textsAskedFor(source: string, call: string): string[] {
  return [...source.matchAll(/\b(\w+)\(\s*"([\w.-]+)"/g)].flatMap(([, name, key = ""]) => {
    if (name === call) return [key];
    return name === COUNTED[call] ? [`${key}_one`, `${key}_other`] : [];
  });
}

describe("the package", () => {
  let packed: PackedUserDir;
  let manifest: Manifest;
  before(async function () {
    this.timeout(120_000);
    packed = await packedUserDir();
    manifest = JSON.parse(await readFile(join(packed.packageDir, "package.json"), "utf8"));
  });
  after(() => packed?.remove());

  it("has what it needs and nothing else", () => {
    const files = globSync("**/*", { cwd: packed.packageDir }).filter((file) => basename(file).includes("."));
    for (const needed of [
      "README.md",
      "CHANGELOG.md",
      "LICENSE",
      "THIRD-PARTY.md",
      "resources/editor.js",
      ...["index.html", "editor.html", "page.js", "page.css", "base.pmtiles"].map(
        (file) => `resources/map/${file}`,
      ),
      ...Object.values(NODES),
      ...Object.values(PLUGINS),
      ...EXAMPLES,
    ]) {
      assert.ok(existsSync(join(packed.packageDir, needed)), needed);
    }
    for (const file of files)
      assert.doesNotMatch(file, /\.map$|\.test\.|^(?!dist.src.*\.d).*\.ts$|node_modules|^scripts/);
    assert.ok(Object.keys(manifest.dependencies ?? {}).length <= 6);
  });

  it("is small", () => {
    assert.ok(statSync(packed.tarball).size <= MOST_BYTES);
  });

  it("has no address of a registry in its lock file", () => {
    assert.doesNotMatch(readFileSync("package-lock.json", "utf8"), /"resolved": "https?:/);
  });

  it("loads through Node-RED's own loader: every set enabled, with constructor, dialog, help and texts", async () => {
    const script = join(__dirname, "..", "support", "load-package.js");
    const loaded: LoadedPackage = JSON.parse(await run(process.execPath, [script, packed.packageDir]));
    assert.equal(loaded.sets.length, Object.keys(NODES).length);
    for (const set of loaded.sets) {
      assert.deepEqual([set.error, set.enabled], [null, true], set.id);
      for (const { type, hasConstructor } of set.types) {
        assert.ok(hasConstructor, `${type} has no constructor`);
        for (const html of Object.values(loaded.html)) {
          assert.ok(html.includes(`data-template-name="${type}"`), `${type} has no dialog`);
          assert.ok(html.includes(`data-help-name="${type}"`), `${type} has no help`);
        }
      }
    }
    assert.notEqual(loaded.html.de, loaded.html["en-US"]);
    assert.equal(loaded.plugins.length, Object.keys(PLUGINS).length);
    for (const plugin of loaded.plugins) {
      assert.deepEqual([plugin.error, plugin.enabled], [null, true], plugin.id);
      for (const language of ["en-US", "de"] as const) {
        assert.ok(
          loaded.pluginHtml[language].includes(`[red-plugin:${plugin.id}]`),
          `${plugin.id} is not in the editor`,
        );
        assert.ok(plugin.keys[language] > 0, `${plugin.id} has no texts in ${language}`);
      }
    }
  });

  it("has the same texts in every language, and all that the dialogs ask for", () => {
    const keysOf = (value: object, prefix = ""): string[] =>
      Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === "string" ? [`${prefix}${key}`] : keysOf(inner, `${prefix}${key}.`),
      );
    for (const [folder, base] of PARTS) {
      const [english, german] = ["en-US", "de"].map((language) =>
        keysOf(JSON.parse(readFileSync(`${folder}/locales/${language}/${base}.json`, "utf8"))),
      ) as [string[], string[]];
      assert.deepEqual(german, english, base);
      const html = readFileSync(`${folder}/${base}.html`, "utf8");
      for (const [, key] of html.matchAll(/data-i18n="(?:\[\w+\])?([\w.-]+)"/g)) {
        assert.ok(english.includes(key as string), `${base}: no text for ${key}`);
      }
    }
  });

  /** Where texts are asked for by name, how, and whose they are: a folder, a part and what its catalogue begins with. */
  const ASKED: readonly (readonly [
    sources: string,
    call: string,
    folder: string,
    part: string,
    root: string,
  ])[] = [
    ["nodes/editor/sidebar/*.ts", "text", "plugins", "trackers-sidebar", "sidebar"],
    ["nodes/editor/field-map/*.ts", "mapText", "nodes/editor/kit", "trackers-editor", "fieldMap"],
    ["nodes/**/*.ts", "translate", "nodes/device-config", "device-config", "device-config"],
    ...globSync("nodes/*/dialog.ts")
      .filter((file) => textsAskedFor(readFileSync(file, "utf8"), "text").length > 0)
      .map(
        (file) => [file, "text", dirname(file), basename(dirname(file)), basename(dirname(file))] as const,
      ),
  ];
  for (const [sources, call, folder, part, root] of ASKED) {
    it(`has every text of ${root} that is asked for by name`, () => {
      const texts = JSON.parse(readFileSync(`${folder}/locales/en-US/${part}.json`, "utf8"))[root];
      const asked = globSync(sources).flatMap((file) => textsAskedFor(readFileSync(file, "utf8"), call));
      assert.ok(asked.length > 0);
      for (const key of asked) {
        const found = key.split(".").reduce((inner, name) => inner?.[name], texts);
        assert.equal(typeof found, "string", key);
      }
    });
  }

  describe("its core, for other programs", () => packedCoreSuite(() => packed));

  it("passes the Flow Library's scorecard", async function () {
    this.timeout(120_000);
    const folder = await mkdtemp(join(tmpdir(), "scorecard-"));
    try {
      const require = createRequire(join(process.cwd(), "package.json"));
      const tool = join(dirname(require.resolve("node-red-dev/package.json")), "bin", "run");
      const card = join(folder, "card.json");
      const preload = join(__dirname, "..", "support", "scorecard-offline.js");
      const printed = await run(process.execPath, [
        "--require",
        preload,
        tool,
        "validate",
        "-p",
        packed.packageDir,
        "-o",
        card,
      ]);
      assert.doesNotMatch(printed, /Unable to parse/);
      const marks: Record<string, { test?: boolean; nodes?: string[] }> = JSON.parse(
        await readFile(card, "utf8"),
      );
      for (const mark of ["P01", "P03", "P04", "P05", "P06", "P07", "P08", "N01", "N02", "D01", "D02"]) {
        assert.equal(marks[mark]?.test, true, `${mark}: ${JSON.stringify(marks[mark])}\n${printed}`);
      }
      assert.ok(manifest.keywords.includes("node-red"));
      const flowNodes = [...OWN].filter(([, { category }]) => category !== "config").map(([type]) => type);
      assert.deepEqual(marks.N02?.nodes, flowNodes);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("the README", () => {
  const readme = readFileSync("README.md", "utf8");

  it("has the two commands that do all the set-up, before any address that is not there yet", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync("package.json", "utf8"));
    const [, commands = ""] = /## Try it.*?```\n(.*?)```/s.exec(readme) ?? [];
    assert.deepEqual(
      commands
        .trim()
        .split("\n")
        .map((line) => line.replace(/\s+#.*/, "")),
      ["npm start", "npm test"],
    );
    assert.ok(scripts.start && scripts.test);
    assert.match(readme, /Once the project\s+is published, `git clone/);
  });

  it("has its pictures and documents beside it", () => {
    const files = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, file]) => file as string);
    assert.ok(files.length > 10 && files.some((file) => file.endsWith(".png")));
    for (const file of files) assert.ok(existsSync(file), file);
  });
});

describe("what is said of a map", () => {
  it("no text says that the worldmap node reads msg.location", () => {
    for (const file of [
      "README.md",
      ...globSync("docs/**/*.md"),
      ...globSync("nodes/*/locales/*/*.html"),
      ...EXAMPLES,
    ]) {
      for (const sentence of readFileSync(file, "utf8").split(/[.:;](?:\s|$)/)) {
        assert.doesNotMatch(sentence, /geofence (and|und) worldmap|location.*suits.*worldmap/s, file);
      }
    }
  });

  it("the expression in the document makes what it reads", async () => {
    const [, expression = ""] = /```jsonata\n(.*?)```/s.exec(readFileSync("docs/messages.md", "utf8")) ?? [];
    const make = nodeRedRequire("jsonata")(expression);
    const message = { payload: { imei: "869595061374194" }, location: { lat: 43.248249, lon: 27.978071 } };
    assert.deepEqual({ ...(await make.evaluate(message)) }, { name: "869595061374194", ...message.location });
    const known = await make.evaluate({ ...message, device: { name: "Van" } });
    assert.deepEqual({ ...known }, { name: "Van", ...message.location });
  });
});

describe("node definitions", () => {
  it("all have the project's prefix, and flow nodes its category", () => {
    assert.deepEqual([...OWN.keys()], Object.keys(NODES));
    for (const [type, { category }] of OWN) {
      assert.ok(type.startsWith("tracker-"));
      assert.ok(["config", "trackers"].includes(category), type);
    }
  });
});

interface DeviceConfigs extends FlowNode {
  device?: string;
  deviceConfig?: string;
  inputNames?: string[];
  outputNames?: string[];
  outputStops?: string[];
}

describe("examples", () => {
  for (const file of [...EXAMPLES, "scripts/start-flow.json"]) {
    it(`${basename(file)}: wires go from left to right, through no comment and no other node`, () => {
      assert.deepEqual(badlyDrawn(JSON.parse(readFileSync(file, "utf8"))), []);
    });
  }
  it("nothing is said to be wired to a real tracker's inputs and outputs", () => {
    for (const file of [...EXAMPLES, "scripts/start-flow.json"]) {
      const nodes: DeviceConfigs[] = JSON.parse(readFileSync(file, "utf8"));
      const ofSimulated = nodes
        .filter(({ type }) => type === "tracker-simulator")
        .map(({ device }) => device);
      const others = nodes.filter(
        ({ id, type }) => type === "tracker-device-config" && !ofSimulated.includes(id),
      );
      for (const { name, inputNames = [], outputNames = [], outputStops = [] } of others) {
        const said = [inputNames, outputNames, outputStops].flat().filter((word) => word !== "");
        assert.deepEqual(said, [], `${file}: ${name}`);
      }
      // A new device has what its registry says. Where real ones can come, that is not what simulated ones have.
      if (!nodes.some(({ type }) => type === "mqtt-broker")) continue;
      const registry = nodes.find(({ type }) => type === "tracker-registry");
      assert.ok(!ofSimulated.includes(registry?.deviceConfig), file);
    }
  });
  it("servers are the broker of this computer, or the one of npm start", () => {
    for (const file of EXAMPLES) {
      const nodes: (FlowNode & { broker?: string })[] = JSON.parse(readFileSync(file, "utf8"));
      for (const { type, broker, port } of nodes) {
        if (type === "mqtt-broker")
          assert.match(
            `${broker}:${port}`,
            /^(\$\{TRACKERS_MQTT_HOST\}|127\.0\.0\.1):\$\{TRACKERS_\w+_PORT\}$/,
          );
      }
    }
  });
  const STANDARD = [
    "id",
    "type",
    "z",
    "g",
    "x",
    "y",
    "d",
    "l",
    "wires",
    "name",
    "info",
    "label",
    "disabled",
    "inputs",
  ];
  const core = new Map<string, Definition>();
  before(() => {
    const folder = dirname(nodeRedRequire.resolve("@node-red/nodes/package.json"));
    for (const file of globSync(join(folder, "core", "**", "*.html"))) {
      for (const [type, definition] of definitionsIn(file)) core.set(type, definition);
    }
  });
  it("06: says of each connection who, why and with which code, also of one that has not said who it is", async () => {
    const nodes: FlowNode[] = JSON.parse(readFileSync("examples/06-your-own-broker.json", "utf8"));
    const shown = nodes.find(({ name }) => name === "connections");
    const said = nodeRedRequire("jsonata")(String(shown?.complete));
    const event = { imei: null, client: "", address: "192.0.2.1", reason: "it speaks TLS" };
    assert.equal(
      await said.evaluate({ payload: { ...event, event: "refused", code: "TLS" } }),
      "refused: 192.0.2.1, TLS: it speaks TLS",
    );
    const denied = {
      ...event,
      event: "denied",
      client: "1",
      imei: "1",
      topic: "bce/d",
      code: "TOPIC_NOT_OWN",
    };
    assert.equal(
      await said.evaluate({ payload: { ...denied, reason: "not its own" } }),
      "denied: 1, topic bce/d, TOPIC_NOT_OWN: not its own",
    );
    const connected = { ...event, event: "connected", client: "1", imei: "1", code: "CONNECTED", reason: "" };
    assert.equal(await said.evaluate({ payload: connected }), "connected: 1");
  });
  for (const file of [...EXAMPLES, "scripts/start-flow.json"]) {
    it(`${basename(file)}: its nodes, their properties and wires exist`, () => {
      const nodes: FlowNode[] = JSON.parse(readFileSync(file, "utf8"));
      const ids = nodes.map(({ id }) => id);
      const types = nodes.map(({ type }) => type);
      assert.deepEqual([...new Set(ids)], ids, "ids are unique");
      assert.equal(types.filter((type) => type === "tab").length, 1);
      assert.ok(types.includes("comment"), "it explains itself");
      for (const { type, wires = [], ...properties } of nodes.filter(
        (node) => !["tab", "group"].includes(node.type),
      )) {
        const definition = OWN.get(type) ?? core.get(type);
        assert.ok(definition, `${type} does not exist`);
        const known = new Set([...STANDARD, ...Object.keys(definition.defaults)]);
        assert.deepEqual(
          Object.keys(properties).filter((name) => !known.has(name)),
          [],
          `${type}: properties`,
        );
        assert.deepEqual(
          wires.flat().filter((target) => !ids.includes(target)),
          [],
          `${type}: wires`,
        );
      }
    });
  }
});
