import { startBroker } from "../../scripts/broker";
import { endToEndSuite } from "../support/end-to-end";

describe("the installed package with the built-in broker", () => {
  endToEndSuite(() => startBroker());
});
