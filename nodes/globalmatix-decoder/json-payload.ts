import { types } from "node:util";
import { gunzipSync } from "node:zlib";
import { isGzip } from "../../src/bytes/gzip";
import { TrackerError } from "../../src/errors";

/** What came: bytes of JSON text, or what another node made of it. */
export type JsonPayload = { readonly bytes: Uint8Array } | { readonly parsed: object };

interface Limits {
  readonly property: string;
  readonly maxBytes: number;
}

/**
 * The JSON of a message property: text, a Buffer or Uint8Array, gzip or not, or an object. The limit counts for what
 * comes out of gzip, too.
 * Throws `PAYLOAD_MISSING`, `PAYLOAD_TYPE`, `PAYLOAD_TOO_LARGE` or `PAYLOAD_GZIP`.
 */
export function jsonPayload(value: unknown, limits: Limits): JsonPayload {
  const { property, maxBytes } = limits;
  if (value === undefined || value === null) {
    throw refusal("PAYLOAD_MISSING", property, `there is no msg.${property}`);
  }
  // Also an array of bytes made in a Function node, which has classes of its own.
  if (types.isUint8Array(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { bytes: unzipped(within(bytes, limits), limits) };
  }
  if (typeof value === "string") {
    if (value.length > maxBytes) throw tooLarge(limits);
    return { bytes: within(Buffer.from(value, "utf8"), limits) };
  }
  if (typeof value === "object") return { parsed: value };
  const message = `msg.${property} is a ${typeof value}; JSON as text, Buffer or object is needed`;
  throw refusal("PAYLOAD_TYPE", property, message);
}

function within(bytes: Uint8Array, limits: Limits): Uint8Array {
  if (bytes.length > limits.maxBytes) throw tooLarge(limits);
  return bytes;
}

/** The bytes, unpacked where they are gzip data. */
function unzipped(bytes: Uint8Array, limits: Limits): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limits.maxBytes });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limits);
    throw refusal("PAYLOAD_GZIP", limits.property, `the gzip data is damaged: ${message}`);
  }
}

function tooLarge({ property, maxBytes }: Limits): TrackerError {
  return refusal("PAYLOAD_TOO_LARGE", property, `msg.${property} has more than ${maxBytes} bytes`);
}

function refusal(code: string, path: string, message: string): TrackerError {
  return new TrackerError({ code, path, message });
}
