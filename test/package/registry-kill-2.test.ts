import { registryKillSuite } from "../support/registry-kill";

describe("the registry in a Node-RED that is killed, part 2", function () {
  this.timeout(600_000);
  registryKillSuite("2");
});
