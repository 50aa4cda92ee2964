import { TrackerError } from "../errors";

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

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
  for (let index = /^\s*0x/i.exec(text)?.[0].length ?? 0; index < text.length; index++) {
    const char = text[index] as string;
    if (/[\s:-]/.test(char)) continue;
    const digit = Number.parseInt(char, 16);
    if (Number.isNaN(digit)) {
      throw new TrackerError({
        code: "PAYLOAD_HEX",
        offset: index,
        message: `not hex text: ${JSON.stringify(char)} at character ${index}`,
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
