import { commandWorldSuite } from "../support/command-world/suite";

/** A tenth of what the system tests do. */
describe("commands: a vehicle, a broker, and everything that can go wrong", function () {
  this.timeout(120_000);
  commandWorldSuite(1000);
});
