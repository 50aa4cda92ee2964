import { gunzipSync } from "node:zlib";
import { isGzip } from "../bytes/gzip";
import { fromHex } from "../bytes/hex";
import { toText } from "../bytes/text";
import { jsonSenders, type SenderClaim } from "../protocols/globalmatix/sender";
import { frameSenders } from "../protocols/iotm/sender";

/** What a packed message may become; the decoders take less by default. */
const MAX_UNPACKED = 1024 * 1024;
const UNKNOWN = "an unknown device";
const HEX_FRAME = /^(?:[\s:-]*0[xX])?[\s:-]*0[\s:-]*2/;

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
  const inFrame = (frame: Uint8Array) =>
    frameSenders(frame).some((imei) => isForeign({ imei, isNamed: true }));
  const inHex = (text: string) => startsAsHexFrame(text) && inFrame(bytesOf(text));
  if (inFrame(bytes)) return foreign;
  const text = toText(bytes);
  if (inHex(text)) return foreign;
  return jsonSenders(text, isForeign, inHex) ? (foreign ?? UNKNOWN) : undefined;
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

/** Whether text has the first byte of a frame, 02, as hex digits, with what fromHex() takes before and between them. */
function startsAsHexFrame(text: string): boolean {
  return HEX_FRAME.test(text);
}

/** No bytes where it is no hex text. */
function bytesOf(text: string): Uint8Array {
  try {
    return fromHex(text);
  } catch {
    return new Uint8Array();
  }
}
