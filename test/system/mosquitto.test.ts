import { commandsSuite } from "../support/commands-end-to-end";
import { endToEndSuite } from "../support/end-to-end";
import { startMosquitto } from "./mosquitto";

describe("the installed package with Mosquitto", () => {
  endToEndSuite(() => startMosquitto());
});

describe("commands over Mosquitto", () => {
  commandsSuite(startMosquitto);
});
