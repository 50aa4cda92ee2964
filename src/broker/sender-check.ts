import { gunzipSync } from "node:zlib";
import { isGzip } from "../bytes/gzip";
import type { SenderClaim } from "../protocols/sender";
import { findSenders } from "../protocols/senders";

/** What a packed message may become; the decoders take less by default. */
const MAX_UNPACKED = 1024 * 1024;
const UNKNOWN = "an unknown device";

/**
 * The IMEI of another device that a message may be taken for, or undefined where there is none. A message is read as the
 * decoders read it, in every form that these take (frame, hex text, JSON, JSON lines, gzip, text in text), by what they
 * read it with: bytes as text, the names of the sender, the IMEI. What only a field map could take for the sender counts
 * where it is a registered device. What cannot be read at all is passed on: the decoders refuse it, too. Who sends a
 * thousand times more than a device has to say is unknown: to look at all of it would hold up the others.
 */
export function foreignImei(
  payload: Uint8Array,
  own: string,
  isRegistered: (imei: string) => boolean,
): string | undefined {
  const bytes = unpacked(payload);
  if (bytes === undefined) return UNKNOWN;
  let foreign: string | undefined;
  const isForeign = ({ imei, isNamed }: SenderClaim): boolean => {
    if (imei === own || !(isNamed || isRegistered(imei))) return false;
    foreign = imei;
    return true;
  };
  return findSenders(bytes, isForeign) ? (foreign ?? UNKNOWN) : undefined;
}

/** What is in gzip data; undefined where that is too much to look at. */
function unpacked(bytes: Uint8Array): Uint8Array | undefined {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? undefined : bytes;
  }
}
