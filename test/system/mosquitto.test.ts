import { endToEndSuite } from "../support/end-to-end";
import { startMosquitto } from "./mosquitto";

describe("the installed package with Mosquitto", () => {
  endToEndSuite(startMosquitto);
});
