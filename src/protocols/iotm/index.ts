import type { Protocol } from "../protocol";
import { decodePayload } from "./decode";
import { IOTM_OUTPUTS } from "./output-control";
import { frameSender } from "./sender";
import { FMSET, IOTM_TOPICS, XDM } from "./set-up";

/** What the trackers of Xirgo Global, formerly BCE, speak. Source: docs/protocols/iotm.md. */
export const IOTM = {
  id: "iotm",
  label: "IOTM",
  models: [
    { id: "fms500-light", name: "Xirgo Global FMS500 Light" },
    { id: "fms500-light-plus", name: "Xirgo Global FMS500 Light+" },
    { id: "fms500-stcan", name: "Xirgo Global FMS500 StCAN" },
    { id: "xg37", name: "Xirgo Global XG37", tool: XDM },
    { id: "xg40", name: "Xirgo Global XG40", tool: XDM },
    { id: "gx47", name: "Xirgo Global GX47", tool: XDM },
    { id: "iotm", name: "" },
  ],
  connects: "device",
  meaning: "sensors",
  defaults: { topics: IOTM_TOPICS, clientId: "%IMEI%", user: "bce_device" },
  tools: [FMSET, XDM],
  decode: decodePayload,
  sender: frameSender,
  outputs: IOTM_OUTPUTS,
} as const satisfies Protocol;
