import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { circle, type Imports, importsBelow } from "./support/imports";

/** `nodes/<node>` of every node of the package. */
const NODE_ROOMS = Object.values<string>(
  JSON.parse(readFileSync("package.json", "utf8"))["node-red"].nodes,
).map((file) => dirname(file).replace(/^dist\//, ""));

/**
 * The house from its ground up: a layer imports only what stands below it, and of its own layer only the same room.
 * A room is a folder (all below it) or a file without `.ts`.
 */
const LAYERS: readonly (readonly string[])[] = [
  [
    "src/errors",
    "src/clock",
    "src/listeners",
    "src/owner",
    "src/address",
    "src/slices",
    "src/status-text",
    "src/age-text",
  ],
  ["src/saved", "src/room"],
  ["src/bytes", "src/model"],
  ["src/protocols"],
  ["src/device-config", "src/saved-nodes"],
  [
    "src/devices",
    "src/state",
    "src/dedupe",
    "src/inbox",
    "src/journal",
    "src/history",
    "src/fences",
    "src/shares",
    "src/trips",
  ],
  ["src/commands", "src/alarms"],
  ["src/formats"],
  ["src/fleet"],
  ["src/store", "src/broker", "src/simulator", "src/map", "src/core"],
  ["nodes/runtime", "nodes/editor/kit"],
  ["nodes/editor/field-map", "nodes/editor/sidebar"],
  NODE_ROOMS,
  ["nodes/editor/index"],
];

/** What else a room may import; nothing where it is not said. */
const FROM_OUTSIDE: Readonly<Record<string, RegExp>> = {
  "src/store": /^node:/,
  "src/broker": /^(node:|aedes$)/,
  "nodes/runtime": /^(node:|node-red$|papaparse$|sax$)/,
  "nodes/editor": /^@node-red\//,
  "nodes/map/page": /^(ol\/|pmtiles$)/,
  nodes: /^(node:|node-red$|@node-red\/|mqtt$|jsonata$|express$)/,
};
/** Texts and styles of our own. */
const DATA = /^nodes\/.*\.(json|css)$/;
/** What runs in the browser. */
const DIALOGS = /^nodes\/(editor\/|map\/page\/|[^/]+\/(dialog|form-parts)(\.ts)?$)/;

const MOST_LINES = 400;

const isIn = (file: string, room: string) => file.startsWith(`${room}/`) || file === `${room}.ts`;
const roomOf = (file: string) => LAYERS.flat().find((room) => isIn(file, room));
const layerOf = (room: string) => LAYERS.findIndex((rooms) => rooms.includes(room));

describe("architecture", () => {
  let imports: Imports = new Map();
  before(() => {
    imports = importsBelow("src", "nodes");
  });
  const own = () =>
    [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => imports.has(target)).map((target) => [file, target] as const),
    );

  it("every file of code is in a room of the list, and every room of the list has one", () => {
    const files = [...imports.keys()];
    assert.ok(files.length > 200, `${files.length} files`);
    assert.deepEqual(
      files.filter((file) => roomOf(file) === undefined),
      [],
    );
    assert.deepEqual(
      LAYERS.flat().filter((room) => !files.some((file) => isIn(file, room))),
      [],
    );
  });

  it("no file imports from a layer above its own, or from another room beside it", () => {
    const wrong = own().filter(([file, target]) => {
      const [from = "", to = ""] = [roomOf(file), roomOf(target)];
      return from !== to && layerOf(to) >= layerOf(from);
    });
    assert.ok(own().length > 500, `${own().length} imports`);
    assert.deepEqual(wrong, []);
  });

  it("no files import each other in a circle", () => {
    assert.deepEqual(circle(imports), []);
  });

  it("from outside, a room imports only what it is for", () => {
    const wrong = [...imports].flatMap(([file, targets]) => {
      const allowed = Object.entries(FROM_OUTSIDE).find(([room]) => isIn(file, room))?.[1];
      return targets
        .filter((target) => !imports.has(target) && !DATA.test(target) && allowed?.test(target) !== true)
        .map((target) => `${file}: ${target}`);
    });
    assert.deepEqual(wrong, []);
  });

  it("dialogs import nothing of what runs in Node-RED", () => {
    const dialogs = [...imports].filter(([file]) => DIALOGS.test(file));
    assert.ok(dialogs.length > 40, `${dialogs.length} files of dialogs`);
    const wrong = dialogs.flatMap(([file, targets]) =>
      targets
        .filter((target) => target.startsWith("nodes/") && !DIALOGS.test(target))
        .map((target) => `${file}: ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  it(`no file of code is longer than ${MOST_LINES} lines`, () => {
    const lengths = [...imports.keys()].map((file) => {
      const lines = readFileSync(file, "utf8").split("\n").length - 1;
      return [file, lines] as const;
    });
    assert.deepEqual(
      lengths.filter(([, lines]) => lines > MOST_LINES),
      [],
    );
  });
});

describe("the search for circles", () => {
  const of = (edges: Readonly<Record<string, readonly string[]>>) => circle(new Map(Object.entries(edges)));

  it("finds the shortest", () => {
    assert.deepEqual(of({ a: ["b"], b: ["c"], c: ["a", "d"], d: ["c"] }), ["c", "d"]);
    assert.deepEqual(of({ a: ["a"] }), ["a"]);
  });

  it("finds none where there is none", () => {
    assert.deepEqual(of({ a: ["b", "c"], b: ["c"], c: ["node:fs"] }), []);
  });

  it("refuses to look at nothing", () => {
    assert.throws(() => importsBelow("no/such/folder"), /no code/);
  });
});
