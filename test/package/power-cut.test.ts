import { powerCutSuite } from "../support/power-cut";
import { share } from "../support/share";

describe("messages that the built-in broker has acknowledged, in a Node-RED that is killed", function () {
  this.timeout(1_800_000);
  powerCutSuite(share(50));
});
