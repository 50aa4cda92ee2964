import { reporters } from "mocha";
import { SEED } from "./seed";

/** Mocha's usual report, and at its end the failures, the seed that repeats the run, and one line that counts. */
class Reporter extends reporters.Spec {
  override epilogue(): void {
    const { passes, failures } = this.stats;
    if (failures > 0) reporters.Base.list(this.failures);
    console.log(`\nTEST_SEED=${SEED} repeats the random tests of this run.`);
    console.log(`${passes} passed, ${failures} failed`);
  }
}

export = Reporter;
