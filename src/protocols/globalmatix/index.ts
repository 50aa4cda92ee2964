import { jsonProtocol } from "../json/protocol";
import { CLOUD } from "./set-up";

/** The trackers of GlobalmatiX, whose cloud publishes for them. Source: docs/protocols/globalmatix.md. */
export const GLOBALMATIX = jsonProtocol({
  id: "globalmatix",
  label: "GlobalmatiX",
  models: [{ id: "xtcu", name: "GlobalmatiX xTCU" }],
  connects: "gateway",
  defaults: { topics: { telemetry: "globalmatix/in" }, clientId: "", user: "globalmatix_device" },
  tools: [CLOUD],
});
