import { PROTOCOLS } from "../../../src/protocols/index";
import type { Protocol, TrackerModel } from "../../../src/protocols/protocol";

export interface Model extends TrackerModel {
  readonly protocol: Protocol;
}

/** The models that the dialog offers, and what they speak. */
export const MODELS: readonly Model[] = PROTOCOLS.flatMap((protocol) =>
  protocol.models.map((model) => ({ ...model, protocol })),
);
