/**
 * The characters of the bytes 80 to 9F in Windows-1252. A table of our own, because decoders take some of them for
 * control characters. Source: WHATWG Encoding Standard, index windows-1252.
 */
const WINDOWS_1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

/** Byte order marks, and what they say. */
const MARKS: readonly [mark: readonly number[], encoding: "utf-8" | "utf-16le" | "utf-16be"][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * Bytes from outside as text, whatever wrote them: UTF-8 with or without a byte order mark, UTF-16 with one, and
 * Windows-1252 where the bytes are no UTF-8. As {@link cleanText} has it; never throws.
 */
export function toText(bytes: Uint8Array): string {
  const [mark = [], encoding = "utf-8"] =
    MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte)) ?? [];
  const content = bytes.subarray(mark.length);
  try {
    return cleanText(
      new TextDecoder(encoding, { fatal: encoding === "utf-8", ignoreBOM: true }).decode(content),
    );
  } catch {
    return cleanText(fromWindows1252(content));
  }
}

/**
 * Text without what only its transport has put there: byte order marks at the beginning of lines, and NULs at their
 * ends. For what somebody else has decoded already.
 */
export function cleanText(text: string): string {
  const unmarked = text.includes("\ufeff") ? text.replace(/(^|\n)\ufeff+/g, "$1") : text;
  if (!unmarked.includes("\0")) return unmarked;
  // Whole runs, so that the time stays linear.
  return unmarked.replace(/\0+/g, (run, at: number) => (endsLine(unmarked, at + run.length) ? "" : run));
}

function endsLine(text: string, at: number): boolean {
  return (
    at === text.length ||
    text[at] === "\n" ||
    (text[at] === "\r" && (at + 1 === text.length || text[at + 1] === "\n"))
  );
}

function fromWindows1252(bytes: Uint8Array): string {
  const units = new DataView(new ArrayBuffer(bytes.length * 2));
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const unit = byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252.charCodeAt(byte - 0x80) : byte;
    units.setUint16(at * 2, unit, true);
  }
  return new TextDecoder("utf-16le", { ignoreBOM: true }).decode(units);
}
