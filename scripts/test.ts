// Runs every test that needs nothing but npm packages.
import { availableParallelism } from "node:os";
import { runTests, SYSTEM, testFiles } from "./mocha";

/** Most files wait for a broker, a Node-RED or a timer more than they compute. */
const JOBS_PER_CORE = 3;

export const runAll = (options?: Parameters<typeof runTests>[2]): Promise<number> =>
  runTests(testFiles("dist/test/**/*.test.js", SYSTEM), availableParallelism() * JOBS_PER_CORE, options);

if (require.main === module) {
  runAll().then(
    (code) => process.exit(code),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}
