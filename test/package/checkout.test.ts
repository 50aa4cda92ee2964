import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Locked {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/** Every dependency of every package in a lock file that the lock file itself has not, as `package needs other`. */
function missingIn(file: string): string[] {
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(readFileSync(file, "utf8"));
  const isFound = (from: string, name: string): boolean => {
    if (packages[`${from === "" ? "" : `${from}/`}node_modules/${name}`] !== undefined) return true;
    const above = from.lastIndexOf("node_modules/");
    return above >= 0 && isFound(from.slice(0, above).replace(/\/$/, ""), name);
  };
  return Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isFound(path, name))
      .map((name) => `${path} needs ${name}`),
  );
}

describe("a checkout", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "checkout-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const file of ["package-lock.json", "test/compat/package-lock.json"]) {
    it(`has in ${file} what every platform needs, and no address of a registry`, () => {
      assert.deepEqual(missingIn(file), []);
      assert.doesNotMatch(readFileSync(file, "utf8"), /"resolved": "https?:/);
    });
  }

  it("is not changed by the commands: none of them runs npm install in it", () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync("package.json", "utf8"));
    for (const [name, command] of Object.entries(scripts))
      assert.doesNotMatch(command, /npm (i|install)\b/, name);
  });

  it("gets what its lock file names, once, and keeps that file as it was", async function () {
    this.timeout(60_000);
    const put = (file: string, content: object) =>
      writeFileSync(join(folder, file), JSON.stringify(content, null, 2));
    await mkdir(join(folder, "part"));
    const dependencies = { part: "file:part" };
    put("package.json", { name: "whole", version: "1.0.0", dependencies });
    put("part/package.json", { name: "part", version: "1.0.0" });
    put("package-lock.json", {
      name: "whole",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: {
        "": { name: "whole", version: "1.0.0", dependencies },
        "node_modules/part": { resolved: "part", link: true },
        part: { version: "1.0.0" },
      },
    });
    const before = readFileSync(join(folder, "package-lock.json"), "utf8");
    const install = (env: NodeJS.ProcessEnv = process.env) =>
      execFileSync(process.execPath, ["scripts/install.mjs", folder], { stdio: "pipe", env });
    install();
    assert.ok(existsSync(join(folder, "node_modules", "part", "package.json")));
    assert.equal(readFileSync(join(folder, "package-lock.json"), "utf8"), before);
    // Without npm on the path, it can only end well by doing nothing.
    const withoutNpm = { ...process.env, PATH: folder };
    install(withoutNpm);
    rmSync(join(folder, "node_modules"), { recursive: true });
    assert.throws(() => install(withoutNpm), /npm/);
  });

  it("is looked at after all suites: git sees no change, and no process is left", async () => {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
    git("init", "--quiet");
    const run = `test-${process.pid}`;
    const look = async (): Promise<[code: number | null, said: string]> => {
      const child = spawn(join(process.cwd(), ".ci", "left-behind"), {
        cwd: folder,
        env: { ...process.env, TRACKERS_RUN: run },
      });
      let said = "";
      child.stdout.on("data", (chunk) => {
        said += chunk;
      });
      const [code] = await once(child, "close");
      return [code, said];
    };
    assert.deepEqual(await look(), [0, ""]);
    const left = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1e6)"], {
      env: { TRACKERS_RUN: run },
    });
    try {
      const [code, said] = await look();
      assert.equal(code, 1);
      assert.match(said, new RegExp(`^${left.pid} .*setInterval`, "m"));
    } finally {
      left.kill();
      await once(left, "exit");
    }
    writeFileSync(join(folder, "changed"), "");
    assert.match((await look())[1], /\?\? changed/);
  }).timeout(30_000);
});
