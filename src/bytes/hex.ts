import { TrackerError } from "../errors";

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const SEPARATOR = -1;
const OTHER = -2;
/** What each character code up to FF means in hex text: a digit, or nothing, or neither. */
const DIGITS: Int8Array = Int8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[\s:-]/.test(char)) return SEPARATOR;
  const digit = Number.parseInt(char, 16);
  return Number.isNaN(digit) ? OTHER : digit;
});

/** Where the digits begin: after white space and `0x`. */
function startOf(text: string): number {
  let at = 0;
  while (DIGITS[text.charCodeAt(at)] === SEPARATOR && text[at] !== ":" && text[at] !== "-") at++;
  return text[at] === "0" && (text[at + 1] === "x" || text[at + 1] === "X") ? at + 2 : 0;
}

/** Bytes as lower-case hex text without separators. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += PAIRS[byte];
  return text;
}

/**
 * Hex text to bytes. Upper and lower case, an optional leading `0x`, and spaces, line breaks, `:` and `-`
 * between digits are accepted. Throws `PAYLOAD_HEX` with the character index of the first offence.
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  let count = 0;
  let high = -1;
  for (let index = startOf(text); index < text.length; index++) {
    const digit = DIGITS[text.charCodeAt(index)] ?? OTHER;
    if (digit === SEPARATOR) continue;
    if (digit === OTHER) {
      throw new TrackerError({
        code: "PAYLOAD_HEX",
        offset: index,
        message: `not hex text: ${JSON.stringify(text[index])} at character ${index}`,
      });
    }
    if (high < 0) {
      high = digit;
    } else {
      bytes[count++] = high * 16 + digit;
      high = -1;
    }
  }
  if (high >= 0) {
    throw new TrackerError({
      code: "PAYLOAD_HEX",
      offset: text.length,
      message: "not hex text: the last byte has only one digit",
    });
  }
  return bytes.slice(0, count);
}
