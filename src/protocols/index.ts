import { GLOBALMATIX } from "./globalmatix/index";
import { IOTM } from "./iotm/index";
import type { Protocol } from "./protocol";

const LIST = [IOTM, GLOBALMATIX] as const;

export type ProtocolId = (typeof LIST)[number]["id"];
export type KnownProtocol = Protocol & { readonly id: ProtocolId };

export const PROTOCOLS: readonly KnownProtocol[] = LIST;

/** Of a device config that names none. */
export const DEFAULT_PROTOCOL: KnownProtocol = IOTM;

/** The protocol with this id, which may come from outside. */
export function findProtocol(id: unknown): KnownProtocol | undefined {
  return PROTOCOLS.find((protocol) => protocol.id === id);
}

export function protocolOf(id: ProtocolId): KnownProtocol {
  return findProtocol(id) ?? DEFAULT_PROTOCOL;
}
