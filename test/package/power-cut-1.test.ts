import { powerCutSuite } from "../support/power-cut";

describe("messages that the built-in broker has acknowledged, in a Node-RED that is killed, part 1", function () {
  this.timeout(600_000);
  powerCutSuite("1");
});
