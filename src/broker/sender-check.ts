import { gunzipSync } from "node:zlib";
import { isGzip } from "../bytes/gzip";
import { fromHex } from "../bytes/hex";
import { TrackerError } from "../errors";
import { readDocuments } from "../protocols/globalmatix/json";
import { decodePayload } from "../protocols/iotm/decode";

/** What a packed message may become; the decoders take less by default. */
const MAX_UNPACKED = 1024 * 1024;
const UNKNOWN = "an unknown device";
/** A frame written as hex text begins so: its first byte is 02. */
const HEX_FRAME = /^\s*(?:0x)?[\s:-]*0[\s:-]*2/i;
/** JSON, or a line of it, begins so. */
const JSON_LINE = /(?:^|\n)[ \t\r]*[{[]/;

/**
 * The IMEI of another device in a message, or undefined where there is none. A message is read by the very decoders
 * that the flow uses, in every form that these take (frame, hex text, JSON, JSON lines, gzip), so that the two never
 * disagree about who speaks. What cannot be read at all is passed on: the decoders refuse it, too.
 */
export function foreignImei(payload: Uint8Array, own: string): string | undefined {
  const bytes = unpacked(payload);
  if (bytes === undefined) return UNKNOWN;
  const text = new TextDecoder().decode(bytes);
  return (
    foreignInFrame(bytes, own) ??
    (HEX_FRAME.test(text) ? foreignInHex(text, own) : undefined) ??
    (JSON_LINE.test(text) ? foreignInJson(text, own) : undefined)
  );
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

function foreignInFrame(bytes: Uint8Array, own: string): string | undefined {
  const { records } = decodePayload(bytes, { receivedAt: 0, topicImei: own, acceptWrongChecksum: true });
  return records.find(({ imei }) => imei !== null && imei !== own)?.imei ?? undefined;
}

function foreignInHex(text: string, own: string): string | undefined {
  try {
    return foreignInFrame(fromHex(text), own);
  } catch {
    return undefined;
  }
}

/** JSON of devices that say who they are in a field whose name has "imei" in it, or below one. */
function foreignInJson(text: string, own: string): string | undefined {
  let left: { readonly value: unknown; readonly isImei: boolean }[];
  try {
    left = readDocuments(text).documents.map(({ value }) => ({ value, isImei: false }));
  } catch (error) {
    return error instanceof TrackerError && error.code === "JSON_DEPTH" ? UNKNOWN : undefined;
  }
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, isImei } = next;
    if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value))
        left.push({ value: inner, isImei: isImei || /imei/i.test(key) });
      continue;
    }
    const said = String(value).trim();
    if (isImei && /^\d{15}$/.test(said) && said !== own) return said;
  }
  return undefined;
}
