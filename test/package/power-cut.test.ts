import { powerCutSuite } from "../support/power-cut";
import { share } from "../support/share";

describe("messages that the built-in broker has acknowledged, in a Node-RED that is killed", function () {
  this.timeout(1_200_000);
  powerCutSuite(Math.max(2, share(10)));
});
