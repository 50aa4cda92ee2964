// Makes a release: the version, the changelog's section, a commit and a tag, after a check of the tarball.
// `npm run release -- 0.2.0` says what it would do and checks the tarball; with `--do` it does it. It publishes nothing.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { releasedChangelog, unreleased } from "./changelog";
import { runTests } from "./mocha";
import { runVisibly } from "./run";
import { checkNext } from "./version";

const CHANGELOG = "CHANGELOG.md";
const CHANGED = ["package.json", "package-lock.json", CHANGELOG];
const TARBALLS = "build/release";

const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();

async function npm(...args: string[]): Promise<void> {
  const code = await runVisibly("npm", args);
  if (code !== 0) throw new Error(`npm ${args[0]} ended with ${code}.`);
}

/** Packs and installs it, and loads it as Node-RED does. */
async function checkTarball(): Promise<void> {
  const code = await runTests(["dist/test/package/package.test.js"], 1);
  if (code !== 0) throw new Error("The tarball is not as it has to be, see above.");
}

/** Throws where there cannot be such a release now. */
function checkPlace(version: string): void {
  checkNext(version, JSON.parse(readFileSync("package.json", "utf8")).version);
  if (git("tag", "--list", `v${version}`) !== "") throw new Error(`The tag v${version} is there already.`);
  if (git("status", "--porcelain") !== "") throw new Error("There are changes that are not committed.");
}

async function release(version: string, notes: string, changelog: string): Promise<void> {
  try {
    await npm("version", version, "--no-git-tag-version", "--ignore-scripts");
    writeFileSync(CHANGELOG, changelog);
    await checkTarball();
  } catch (error) {
    git("checkout", "--", ...CHANGED);
    throw error;
  }
  git("commit", "--quiet", "--message", `Release ${version}`, "--", ...CHANGED);
  // Headings of the notes begin with what git takes for comments.
  git("tag", "--annotate", `v${version}`, "--cleanup=verbatim", "--message", `${version}\n\n${notes}\n`);
  mkdirSync(TARBALLS, { recursive: true });
  await npm("pack", "--loglevel=error", "--pack-destination", TARBALLS);
}

async function main(args: readonly string[]): Promise<void> {
  const isReal = args.includes("--do");
  const [version = "", ...others] = args.filter((arg) => arg !== "--do");
  if (version === "" || others.length > 0) throw new Error("Usage: npm run release -- <version> [--do]");
  const before = readFileSync(CHANGELOG, "utf8");
  const notes = unreleased(before);
  const changelog = releasedChangelog(before, version, new Date().toISOString().slice(0, 10));
  checkPlace(version);
  if (isReal) {
    await release(version, notes, changelog);
    console.log(`Released ${version}: see ${TARBALLS}. Next: git push --follow-tags, npm publish.`);
  } else {
    await checkTarball();
    console.log(
      `\n${notes}\n\nThese would be the notes of ${version}. With --do it is committed and tagged.`,
    );
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
