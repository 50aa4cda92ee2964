// Runs the test suite against the oldest Node-RED that the package supports, on the Node.js that goes with it.
// Both come from test/compat/package.json.
import { join } from "node:path";
import { runVisibly } from "./run";
import { runAll } from "./test";

const FOLDER = join(process.cwd(), "test", "compat");

async function main(): Promise<number> {
  const installed = await runVisibly(process.execPath, [join("scripts", "install.mjs"), FOLDER]);
  if (installed !== 0) return installed;
  const node = join(FOLDER, "node_modules", ".bin", "node");
  const PATH = `${join(FOLDER, "node_modules", ".bin")}:${process.env.PATH}`;
  return runAll({ node, env: { NODE_RED_FROM: FOLDER, PATH } });
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
