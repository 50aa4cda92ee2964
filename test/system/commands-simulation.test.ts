import { commandWorldSuite } from "../support/command-world/suite";

describe("commands: a vehicle, a broker, and everything that can go wrong", function () {
  this.timeout(600_000);
  commandWorldSuite(10_000);
});
