import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import type * as Core from "../../src/core";
import type { PackedUserDir } from "./packed";
import { run } from "./process";
import { CAPTURES } from "./vectors";

const CORE = "@mqtt-trackers/node-red-trackers/core";

/** Uses that a compiler has to refuse; it would accept them if the types were lost on the way. */
const WRONG = `import { encodeFrame, findTerm, iotmDecoder, jsonDecoder, type Kind, labelIn, makeEvent, type TermGroup } from "${CORE}";
// @ts-expect-error: bytes, no text
iotmDecoder()("0202");
// @ts-expect-error: an IMEI is text or null
const imei: number = iotmDecoder()(new Uint8Array()).records[0]?.imei;
// @ts-expect-error: no record of this type has an IMEI
encodeFrame([{ type: 1, imei: "1" }]);
// @ts-expect-error: no such choice
jsonDecoder({ noTime: "never" });
// @ts-expect-error: may be undefined
findTerm("ignition").label;
// @ts-expect-error: no text, but one in each language
labelIn(findTerm("ignition")?.label ?? "", "de").toUpperCase();
// @ts-expect-error: no type of event
makeEvent("boom", "derived");
// @ts-expect-error: no kind of value
const kind: Kind = "speedometer";
// @ts-expect-error: no group of values
const group: TermGroup = "everything";
export { group, imei, kind };
`;

/** All that the example needs of a program around it: the types need nothing of Node.js or a browser. */
const CONSOLE = "declare const console: Record<'log' | 'warn' | 'error', (...all: unknown[]) => void>;";

/** How other programs are compiled. */
const COMPILERS: Readonly<Record<string, object>> = {
  "CommonJS of Node.js": { module: "node16", type: "commonjs" },
  "modules of Node.js": { module: "nodenext", type: "module" },
  "a bundler": { module: "esnext", moduleResolution: "bundler", type: "module" },
};

/** What the packed tarball gives to other programs, as an installed package has it. */
export function packedCoreSuite(packed: () => PackedUserDir): void {
  const document = readFileSync("docs/core.md", "utf8");
  const [, example = ""] = /```ts\n(.*?)```/s.exec(document) ?? [];
  const load = () => createRequire(join(packed().userDir, "flows.js"));
  const core = (): typeof Core => load()(CORE);

  for (const [how, { type, ...options }] of Object.entries(COMPILERS) as [string, { type: string }][]) {
    it(`its example and its types are right for ${how}`, async function () {
      this.timeout(120_000);
      const folder = join(packed().userDir, `typed-${how.replaceAll(" ", "-")}`);
      await mkdir(folder);
      const compilerOptions = {
        ...{ target: "es2022", lib: ["es2024"], types: [], strict: true },
        ...{ exactOptionalPropertyTypes: true, noUnusedLocals: true, skipLibCheck: false },
        ...options,
      };
      const config = { compilerOptions, files: ["console.d.ts", "example.ts", "wrong.ts"] };
      await writeFile(join(folder, "package.json"), JSON.stringify({ type }));
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
      await writeFile(join(folder, "console.d.ts"), CONSOLE);
      await writeFile(join(folder, "example.ts"), example);
      await writeFile(join(folder, "wrong.ts"), WRONG);
      const compiler = createRequire(join(process.cwd(), "package.json")).resolve("typescript/bin/tsc");
      await run(process.execPath, [compiler, "--project", folder]);
      const printed = await run(process.execPath, [join(folder, "example.js")]);
      assert.deepEqual(printed.trim().split("\n"), ["External voltage: 12.139 V", "Fuel level: 71 %"]);
    });
  }

  it("has what its document lists, by require and by import", async () => {
    const listed = [...document.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name as string),
    );
    const isOwn = (name: string) => !["default", "module.exports", "__esModule"].includes(name);
    const required = Object.keys(core()).filter(isOwn).sort();
    assert.deepEqual(required, listed.toSorted());
    const names = `import("${CORE}").then((all) => console.log(JSON.stringify(Object.keys(all).sort())))`;
    const imported = await run(process.execPath, ["--input-type=module", "--eval", names], {
      cwd: packed().userDir,
    });
    assert.deepEqual(JSON.parse(imported).filter(isOwn), required);
  });

  it("gives package.json and nothing else by name", () => {
    const manifest = load()("@mqtt-trackers/node-red-trackers/package.json");
    assert.equal(manifest.name, "@mqtt-trackers/node-red-trackers");
    for (const inner of ["", "/dist/src/core.js", "/dist/src/fleet/fleet.js", "/core.js"]) {
      assert.throws(() => load()(`@mqtt-trackers/node-red-trackers${inner}`), {
        code: "ERR_PACKAGE_PATH_NOT_EXPORTED",
      });
    }
  });

  it("reads what nodes read, also bytes of a function node, and answers everything else", () => {
    const { iotmDecoder, jsonDecoder, fromHex } = core();
    const [capture] = CAPTURES;
    const bytes = fromHex(capture?.hex ?? "");
    const { records } = iotmDecoder()(bytes, { receivedAt: 5 });
    assert.deepEqual(
      records.map(({ identity: _, ...record }) => record),
      capture?.normalized.map((record) => ({ ...record, receivedAt: 5 })),
    );
    const foreign: Uint8Array = runInNewContext("Uint8Array.from(bytes)", { bytes });
    assert.ok(!(foreign instanceof Uint8Array));
    assert.deepEqual(iotmDecoder()(foreign, { receivedAt: 5 }).records, records);
    const reading = { imei: "490154203237518", ts: 1_779_631_011, speed: 5 };
    const text = JSON.stringify(reading);
    const ofText = jsonDecoder()(text, { receivedAt: 5 });
    for (const payload of [reading, new TextEncoder().encode(text), runInNewContext(`(${text})`)]) {
      assert.deepEqual(jsonDecoder()(payload, { receivedAt: 5 }), ofText);
    }
    assert.equal(ofText.records.length, 1);
    for (const odd of [undefined, null, 5, "", "text", [], {}, () => 1, 1n] as never[]) {
      for (const { records, error } of [iotmDecoder()(odd), jsonDecoder()(odd)])
        assert.ok(records.length + Number(error !== undefined) > 0);
    }
  });

  it("has labels in both languages, and events", () => {
    const { EVENT_TYPE_NAMES, EVENT_TYPES, findTerm, isEventType, labelIn, makeEvent, TERM_GROUPS } = core();
    const ignition = findTerm("ignition");
    assert.ok(ignition);
    const ofIgnition = ["en-US", "de", "de-AT", "fr"].map((language) => labelIn(ignition.label, language));
    assert.deepEqual(ofIgnition, ["Ignition", "Zündung", "Zündung", "Ignition"]);
    assert.equal(labelIn(TERM_GROUPS[ignition.group], "de"), "Fahrzeug");
    assert.ok(EVENT_TYPE_NAMES.includes("overspeed") && isEventType("overspeed"));
    assert.ok(!isEventType("boom"));
    assert.equal(labelIn(EVENT_TYPES.overspeed.label, "de"), "Zu schnell");
    const event = makeEvent("overspeed", "derived", { speed: 63, limit: 50 });
    assert.deepEqual(event, {
      type: "overspeed",
      source: "derived",
      severity: "warning",
      speed: 63,
      limit: 50,
    });
  });

  it("refuses wrong sensors and field maps when the decoder is made", () => {
    const { iotmDecoder, jsonDecoder, TrackerError } = core();
    const code = (wanted: string) => (error: unknown) =>
      error instanceof TrackerError && error.code === wanted;
    assert.throws(() => iotmDecoder({ sensors: [{ id: "x", key: "a" }] }), code("SENSOR_ID"));
    assert.throws(
      () => jsonDecoder({ fieldMap: { rules: [{ from: "a..b", to: "vin" }] } }),
      code("RULE_FROM"),
    );
    const jsonata = { from: "$sum(a)", language: "jsonata", to: "vin" } as const;
    assert.throws(() => jsonDecoder({ fieldMap: { rules: [jsonata] } }), code("EXPRESSION"));
  });
}
