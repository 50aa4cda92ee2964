import { USE_FILES } from "../support/use-list";
import { usesSuite } from "../support/uses-suite";

describe("further uses, in a Node-RED with the tarball alone", function () {
  this.timeout(600_000);
  usesSuite(USE_FILES[2]);
});
