import { toText } from "../bytes/text";
import { PROTOCOLS } from "./index";
import type { OnClaim } from "./sender";

/** Protocols may share one. */
const SENDERS = [...new Set(PROTOCOLS.map(({ sender }) => sender))];
const nothingInside = () => false;

/**
 * Tells of every IMEI that any decoder could take for the sender's, whatever the protocol of the device: nobody knows
 * which decoder a payload meets. Returns whether `found` has ended the search, or there was too much to look at.
 */
export function findSenders(bytes: Uint8Array, found: OnClaim): boolean {
  const whole = { bytes, text: toText(bytes) };
  return SENDERS.some((sender) => {
    const others = SENDERS.filter((other) => other !== sender);
    return sender(whole, found, (text) => others.some((other) => other({ text }, found, nothingInside)));
  });
}
