// Runs the tests that need programs from outside npm. Installs Debian's packages of them where it may.
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { runTests, SYSTEM, testFiles } from "./mocha";
import { runVisibly } from "./run";

/** Program → Debian package that has it. */
const PROGRAMS = { mosquitto: "mosquitto", chromium: "chromium", influxd: "influxdb" };

/** Mosquitto is in /usr/sbin, which is not on every user's PATH. */
const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];

function isInstalled(program: string): boolean {
  return FOLDERS.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const missing = (): string[] =>
  Object.entries(PROGRAMS)
    .filter(([program]) => !isInstalled(program))
    .map(([, debian]) => debian);

async function install(packages: readonly string[]): Promise<void> {
  const sentence = `The system tests need the Debian packages ${packages.join(" and ")}.`;
  if (process.getuid?.() !== 0 || !isInstalled("apt-get")) {
    throw new Error(`${sentence} Install them, or run this as root on Debian, and start again.`);
  }
  console.log(`${sentence} Installing them.`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) => runVisibly("apt-get", ["-qq", ...args], { env });
  await apt("update");
  await apt("install", "-y", "--no-install-recommends", ...packages);
  // Debian starts what it installs as a service; the tests start their own, and nothing is to stay behind.
  for (const service of [PROGRAMS.mosquitto, PROGRAMS.influxd])
    if (packages.includes(service)) await runVisibly("service", [service, "stop"]).catch(() => 1);
  const still = missing();
  if (still.length > 0) throw new Error(`${sentence} They could not be installed: ${still.join(", ")}.`);
}

/** Random tests of which `npm test` makes a share of the runs: here they make all, after the others. */
const sharedTests = (): string[] =>
  testFiles("dist/test/**/*.test.js", SYSTEM).filter((file) =>
    readFileSync(file, "utf8").includes('support/share")'),
  );

/** Chromium needs a core for itself. */
const JOBS = 2;

async function main(): Promise<number> {
  const packages = missing();
  if (packages.length > 0) await install(packages);
  const files = [...testFiles(`${SYSTEM}/**/*.test.js`), ...sharedTests()];
  return runTests(files, JOBS, { env: { PATH: FOLDERS.join(":"), TEST_WHOLE: "1" } });
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
