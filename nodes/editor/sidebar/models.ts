import { PROTOCOLS } from "../../../src/protocols/index";
import type { Protocol, TrackerModel } from "../../../src/protocols/protocol";

export interface OfferedModel extends TrackerModel {
  readonly protocol: Protocol;
}

/** The models that the dialog offers, and what they speak. */
export const OFFERED_MODELS: readonly OfferedModel[] = PROTOCOLS.flatMap((protocol) =>
  protocol.models.map((model) => ({ ...model, protocol })),
);
