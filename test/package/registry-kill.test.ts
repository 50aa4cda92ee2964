import { registryKillSuite } from "../support/registry-kill";
import { share } from "../support/share";

describe("the registry in a Node-RED that is killed", function () {
  this.timeout(1_200_000);
  registryKillSuite(share(20));
});
