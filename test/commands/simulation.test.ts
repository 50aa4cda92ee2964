import { commandWorldSuite } from "../support/command-world/suite";
import { share } from "../support/share";

describe("commands: a vehicle, a broker, and everything that can go wrong", function () {
  this.timeout(600_000);
  commandWorldSuite(share(10_000));
});
