import type { Protocol } from "../../../src/device-config/device-config";

/** The models that the dialog offers, and what they speak. The names are the makers' own. */
export const OFFERED_MODELS = [
  { id: "fms500-light", name: "Xirgo Global FMS500 Light", protocol: "iotm" },
  { id: "fms500-light-plus", name: "Xirgo Global FMS500 Light+", protocol: "iotm" },
  { id: "fms500-stcan", name: "Xirgo Global FMS500 StCAN", protocol: "iotm" },
  { id: "iotm", name: "", protocol: "iotm" },
  { id: "xtcu", name: "GlobalmatiX xTCU", protocol: "globalmatix" },
] as const satisfies readonly { id: string; name: string; protocol: Protocol }[];

export type OfferedModel = (typeof OFFERED_MODELS)[number];
