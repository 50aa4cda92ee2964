import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanText, toText } from "../../src/bytes/text";

const UTF16 = { "little end": "utf16le", "big end": "utf16be" } as const;

/** "Mü€\n" in every way that somebody writes it. */
const WAYS: readonly [string, Buffer][] = [
  ["UTF-8", Buffer.from("Mü€\n")],
  ["UTF-8 after a mark", Buffer.from("\ufeffMü€\n")],
  ...Object.entries(UTF16).map(([end, encoding]): [string, Buffer] => {
    const bytes = Buffer.from("\ufeffMü€\n", "utf16le");
    return [`UTF-16, ${end} first`, encoding === "utf16be" ? bytes.swap16() : bytes];
  }),
  ["Windows-1252", Buffer.from([0x4d, 0xfc, 0x80, 0x0a])],
];

describe("bytes as text", () => {
  for (const [way, bytes] of WAYS) {
    it(`are read as ${way}`, () => assert.equal(toText(bytes), "Mü€\n"));
  }

  it("are text in Windows-1252 for every byte, each as one character", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = toText(bytes);
    assert.equal(text.length, 256);
    assert.equal(text.slice(0x80, 0xa0).replace(/[\u0080-\u009f]/g, "?"), "€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ");
    assert.equal(text.slice(0xa0), String.fromCharCode(...bytes.slice(0xa0)));
  });

  it("are UTF-8 wherever a decoder that is strict takes them for it, also with replacement characters in them", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.constantFrom("\ufffd", "ü", "{}", "🚚", "\ufeff").map((text) => Buffer.from(text)),
      fc.constantFrom([0xef], [0xef, 0xbf], [0xf0, 0x9f], [0xbd], [0xc3]).map((bytes) => Buffer.from(bytes)),
    );
    let strict = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const bytes = Buffer.concat([Buffer.from("x"), ...pieces]);
        let text: string;
        try {
          text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
          strict++;
        } catch {
          assert.equal(toText(bytes).length, cleanText(bytes.toString("latin1")).length);
          return;
        }
        assert.equal(toText(bytes), cleanText(text));
      }),
      { numRuns: 2000 },
    );
    assert.ok(strict > 0);
  });

  it("lose marks at the beginning of any line and NULs at its end, and nothing else", () => {
    assert.equal(cleanText("\ufeffa\0\0\n\ufeffb\0\r\nc\0d\ufeff\0"), "a\nb\r\nc\0d\ufeff");
    assert.equal(toText(Buffer.from('{"a":1}\0')), '{"a":1}');
    assert.equal(cleanText("plain"), "plain");
  });
});
