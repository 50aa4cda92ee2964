import { fromHex } from "../../src/bytes/hex";
import { TrackerError } from "../../src/errors";

const HINT = "a Buffer, a Uint8Array or hex text is needed (mqtt in: Output “a Buffer”)";

/**
 * The bytes of a message property: Buffer, Uint8Array or hex text. A frame that a node took for text, because
 * it happens to be valid UTF-8, is turned back into its bytes; that loses nothing.
 * Throws `PAYLOAD_MISSING`, `PAYLOAD_TYPE`, `PAYLOAD_TEXT`, `PAYLOAD_HEX` or `PAYLOAD_TOO_LARGE`.
 */
export function payloadBytes(value: unknown, property: string, maxBytes: number): Uint8Array {
  const refuse = (code: string, message: string): never => {
    throw new TrackerError({ code, path: property, message });
  };
  if (value === undefined || value === null) {
    return refuse("PAYLOAD_MISSING", `there is no msg.${property}`);
  }
  const isText = typeof value === "string";
  if (!isText && !(value instanceof Uint8Array)) {
    return refuse("PAYLOAD_TYPE", `msg.${property} is of type ${typeName(value)}; ${HINT}`);
  }
  // Hex text has two digits and at most one separator a byte.
  const size = isText ? Math.ceil(value.length / 3) : value.length;
  const bytes = size > maxBytes ? undefined : isText ? textBytes(value, refuse) : value;
  if (bytes === undefined || bytes.length > maxBytes) {
    return refuse("PAYLOAD_TOO_LARGE", `msg.${property} has more than ${maxBytes} bytes`);
  }
  return bytes;
}

function textBytes(text: string, refuse: (code: string, message: string) => never): Uint8Array {
  if (text.includes("\ufffd")) {
    return refuse("PAYLOAD_TEXT", `bytes were lost when the payload was turned into text; ${HINT}`);
  }
  if (text.startsWith("\u0002")) return Buffer.from(text, "utf8");
  try {
    return fromHex(text);
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    throw new TrackerError({ ...error, message: `${error.message}; ${HINT}` });
  }
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}
