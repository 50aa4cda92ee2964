import { powerCutSuite } from "../support/power-cut";
import { share } from "../support/share";

for (const [when, kills, saveEvery] of [
  ["often", share(20), "0.3"],
  ["as seldom as by default", 2, ""],
] as const) {
  describe(`messages that the built-in broker has acknowledged, in a Node-RED that is killed and saves ${when}`, function () {
    this.timeout(1_800_000);
    powerCutSuite(kills, saveEvery);
  });
}
