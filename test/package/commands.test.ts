import { startBroker } from "../../scripts/broker";
import { commandsSuite } from "../support/commands-end-to-end";

describe("commands over the built-in broker", function () {
  this.timeout(60_000);
  commandsSuite(startBroker);
});
