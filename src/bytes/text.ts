/**
 * The characters of the bytes 80 to 9F in Windows-1252. A table of our own, because decoders take some of them for
 * control characters. Source: WHATWG Encoding Standard, index windows-1252.
 */
const WINDOWS_1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

const decoderOf = (encoding: string) => new TextDecoder(encoding, { ignoreBOM: true });
/** Made once each: that takes longer than to read a message. */
const UTF_8 = decoderOf("utf-8");
const UTF_16 = decoderOf("utf-16le");

/** Byte order marks, and what reads the text behind them. */
const MARKS: readonly [mark: readonly number[], decoder: TextDecoder][] = [
  [[0xef, 0xbb, 0xbf], UTF_8],
  [[0xff, 0xfe], UTF_16],
  [[0xfe, 0xff], decoderOf("utf-16be")],
];

/** What decoders put in the place of bytes that are no UTF-8, and how UTF-8 itself writes it. */
const REPLACEMENT = "\ufffd";
const REPLACEMENT_BYTES: readonly number[] = [0xef, 0xbf, 0xbd];

/**
 * Bytes from outside as text, whatever wrote them: UTF-8 with or without a byte order mark, UTF-16 with one, and
 * Windows-1252 where the bytes are no UTF-8. As {@link cleanText} has it; never throws.
 */
export function toText(bytes: Uint8Array): string {
  // No other byte begins a mark.
  const marked =
    (bytes[0] ?? 0) < 0xef ? undefined : MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte));
  const [mark, decoder] = marked ?? [[], UTF_8];
  const content = bytes.subarray(mark.length);
  const text = decoder.decode(content);
  // A decoder that throws takes many times as long for a frame, of which the broker reads every one as text, too.
  const isOther = decoder === UTF_8 && text.includes(REPLACEMENT) && !isUtf8(content, text);
  return cleanText(isOther ? fromWindows1252(content) : text);
}

/** Whether all that was replaced stands as such in the bytes. */
function isUtf8(bytes: Uint8Array, text: string): boolean {
  let written = 0;
  for (let at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1)) {
    if (REPLACEMENT_BYTES.every((byte, index) => bytes[at + index] === byte)) written++;
  }
  if (written === 0) return false;
  return written === text.split(REPLACEMENT).length - 1;
}

/**
 * Text without what only its transport has put there: byte order marks at the beginning of lines, and NULs at their
 * ends. For what somebody else has decoded already.
 */
export function cleanText(text: string): string {
  const unmarked = text.includes("\ufeff") ? text.replace(/(^|\n)\ufeff+/g, "$1") : text;
  // Whole runs, so that the time stays linear.
  return unmarked.includes("\0") ? unmarked.replace(/(?<!\0)\0+(?=\r?(?:\n|$))/g, "") : unmarked;
}

/** Characters that are made at once: all are arguments of one call. */
const PIECE = 4096;

function fromWindows1252(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes);
  for (let at = 0; at < units.length; at++) {
    const byte = units[at] as number;
    if (byte >= 0x80 && byte < 0xa0) units[at] = WINDOWS_1252.charCodeAt(byte - 0x80);
  }
  let text = "";
  for (let at = 0; at < units.length; at += PIECE) {
    const piece: ArrayLike<number> = units.subarray(at, at + PIECE);
    // Spread, they would be taken one by one.
    text += String.fromCharCode.apply(null, piece as number[]);
  }
  return text;
}
