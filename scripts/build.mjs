// Builds the package: compiles TypeScript into dist/, bundles the dialogs' shared code and the map's page into
// resources/, makes the base map, and copies what Node-RED looks for beside the compiled nodes (HTML, locales, icons).
import { execFileSync } from "node:child_process";
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

rmSync("dist", { recursive: true, force: true });
rmSync("resources", { recursive: true, force: true });

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
try {
  execFileSync(process.execPath, [tsc, "--project", "."], { stdio: "inherit" });
} catch {
  console.error("The build stopped: TypeScript found errors, see above.");
  process.exit(1);
}
await build({
  entryPoints: ["nodes/editor/index.ts"],
  outfile: "resources/editor.js",
  bundle: true,
  format: "iife",
  globalName: "RedTrackers",
  target: "es2020",
  logLevel: "warning",
});
await build({
  entryPoints: { page: "nodes/map/page/main.ts" },
  outdir: "resources/map",
  bundle: true,
  minify: true,
  format: "esm",
  // What not every page needs is fetched when it does.
  splitting: true,
  chunkNames: "[name]-[hash]",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});
for (const file of globSync("nodes/map/page/*.{html,svg,webmanifest}"))
  cpSync(file, join("resources", "map", basename(file)));
// The editor opens the page with its own token, a link to share with its secret.
const page = readFileSync("resources/map/index.html", "utf8");
for (const door of ["editor", "share"])
  writeFileSync(`resources/map/${door}.html`, page.replace("<html ", `<html data-${door} `));
const { buildBaseMap, buildPlaceList } = createRequire(import.meta.url)("../dist/scripts/base-map/build.js");
await buildBaseMap(join("resources", "map", "base.pmtiles"));
buildPlaceList(join("resources", "map", "places.bin"));
const OF_BROWSER = [join("nodes", "map", "page")];
cpSync("nodes", "dist/nodes", {
  recursive: true,
  filter: (source) =>
    !source.endsWith(".ts") &&
    basename(source) !== "tsconfig.json" &&
    !OF_BROWSER.some((folder) => source.startsWith(folder)),
});
cpSync("plugins", "dist/plugins", { recursive: true });
for (const html of globSync("nodes/*/*.html"))
  cpSync("icons", join("dist", dirname(html), "icons"), { recursive: true });
