import { USE_FILES } from "../support/use-list";
import { usesSuite } from "../support/uses-suite";

describe("more uses, in a Node-RED with the tarball alone", function () {
  this.timeout(600_000);
  usesSuite(USE_FILES[1]);
});
