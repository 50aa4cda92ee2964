import { types } from "node:util";
import { fromHex } from "../../src/bytes/hex";
import { TrackerError } from "../../src/errors";
import { decodeFrame } from "../../src/protocols/iotm/frame";

const HINT = "a Buffer, a Uint8Array or hex text is needed (mqtt in: Output “a Buffer”)";
/** Hex text has two digits a byte, and room for some separators. */
const MAX_CHARACTERS_A_BYTE = 8;

/**
 * The bytes of a message property: Buffer, Uint8Array or hex text. A frame that a node took for text, because
 * it happens to be valid UTF-8, is turned back into its bytes; that loses nothing. With `mayBeFile`, text that
 * is no frame is a file.
 * Throws `PAYLOAD_MISSING`, `PAYLOAD_TYPE`, `PAYLOAD_TEXT`, `PAYLOAD_HEX` or `PAYLOAD_TOO_LARGE`.
 */
export function payloadBytes(
  value: unknown,
  { property, maxBytes }: { readonly property: string; readonly maxBytes: number },
  mayBeFile: boolean,
): Uint8Array {
  const refuse = (code: string, message: string) => new TrackerError({ code, path: property, message });
  const tooLarge = () => refuse("PAYLOAD_TOO_LARGE", `msg.${property} has more than ${maxBytes} bytes`);
  if (value === undefined || value === null) {
    throw refuse("PAYLOAD_MISSING", `there is no msg.${property}`);
  }
  let bytes: Uint8Array;
  if (typeof value === "string") {
    if (value.length > maxBytes * MAX_CHARACTERS_A_BYTE) throw tooLarge();
    bytes = mayBeFile ? fileBytes(value) : textBytes(value, refuse);
  } else if (types.isUint8Array(value)) {
    // Also one made in a Function node, which has classes of its own.
    bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  } else {
    throw refuse("PAYLOAD_TYPE", `msg.${property} is ${typeName(value)}; ${HINT}`);
  }
  if (bytes.length > maxBytes) throw tooLarge();
  return bytes;
}

function textBytes(text: string, refuse: (code: string, message: string) => TrackerError): Uint8Array {
  if (text.includes("\ufffd")) {
    throw refuse("PAYLOAD_TEXT", `bytes were lost when the payload was turned into text; ${HINT}`);
  }
  if (text.startsWith("\u0002")) return Buffer.from(text, "utf8");
  try {
    return fromHex(text);
  } catch (error) {
    throw refuse("PAYLOAD_HEX", `${(error as Error).message}; ${HINT}`);
  }
}

/** Text on a file topic: a frame written as hex text where it is one, else the text itself. */
function fileBytes(text: string): Uint8Array {
  try {
    const bytes = fromHex(text);
    if (decodeFrame(bytes).error === undefined) return bytes;
  } catch {
    // Not hex text: a file like any other.
  }
  return Buffer.from(text, "utf8");
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? "an array" : `of type ${typeof value}`;
}
