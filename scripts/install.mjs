// Brings what package-lock.json names into node_modules, where it is not there yet. Needs Node.js 20 and npm alone.
// `npm ci` never writes the lock file, as `npm install` does; so a fresh checkout stays as it was.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether a folder has every package that its lock file names, in that version. Packages for other platforms are
 * optional. npm writes down what it has installed in node_modules/.package-lock.json.
 */
export function isInstalled(folder) {
  const installed = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const packagesIn = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const has = packagesIn(installed);
  return Object.entries(packagesIn(join(folder, "package-lock.json"))).every(
    ([path, { version, optional }]) =>
      path === "" || (has[path] === undefined ? optional === true : has[path].version === version),
  );
}

export function install(folder) {
  if (isInstalled(folder)) return;
  execFileSync("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
}

install(process.argv[2] ?? process.cwd());
