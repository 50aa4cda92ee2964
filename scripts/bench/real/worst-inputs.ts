// Messages and lists of 1 MB, made to cost as much as possible.
import { gzipSync } from "node:zlib";
import { imeiCheckDigit } from "../../../src/model/imei";
import { CAPTURE } from "./frames";

const SIZE = 1024 * 1024;
/** Who sends the messages. */
export const OWN = "869595061374194";

export interface Input {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function imei(number: number): string {
  const first14 = `86${String(number).padStart(12, "0")}`;
  return first14 + imeiCheckDigit(first14);
}

/** A list of as many items as there is room for. */
function listOf(item: (index: number) => string, size = SIZE): string {
  const parts: string[] = [];
  for (let length = 2; ; ) {
    const part = item(parts.length);
    length += part.length + 1;
    if (length > size) return `[${parts.join(",")}]`;
    parts.push(part);
  }
}

function times(count: number, item: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => item(index));
}

function object(count: number, key: (index: number) => string): string {
  return `{${times(count, (index) => `"${key(index)}":${index}`).join(",")}}`;
}

/** The same bytes on each run. */
function randomBytes(seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: SIZE }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const TEXTS: Readonly<Record<string, string>> = {
  "2,000 readings of 25 other keys each": `[${times(2000, (at) => object(25, (key) => `k${at}x${key}`))}]`,
  "2,000 readings of the same 25 keys": `[${times(2000, () => object(25, (key) => `signal${key}`))}]`,
  "10 readings of 5,000 keys": `[${times(10, (at) => object(5000, (key) => `key${at}x${key}`))}]`,
  "one object of 60,000 keys": object(60_000, (key) => `key${key}`),
  "an object in a list of 60,000 keys": `[${object(60_000, (key) => `key${key}`)}]`,
  "60,000 long keys": object(9000, (key) => `${"latitude_".repeat(10)}${key}`),
  "numbers beyond a double": listOf(() => "1e400"),
  "numbers with an exponent": listOf(() => "1e5"),
  "numbers of 16 digits": listOf((at) => String(9_000_000_000_000_000 + at)),
  "numbers of 15 digits": listOf((at) => imei(at)),
  "texts of 15 digits": listOf((at) => `"${imei(at)}"`),
  "IMEIs with dashes": listOf((at) => `"${imei(at).replace(/(..)(?=.)/g, "$1-")}"`),
  "IMEIs with their name": listOf((at) => `{"imei":"${imei(at)}"}`),
  "own IMEI again and again": listOf(() => `{"imei":"${OWN}"}`),
  "IMEIs in full-width digits": listOf(
    (at) => `"${imei(at).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))}"`,
    SIZE / 3,
  ),
  "IMEIs with a name in the text": listOf((at) => `"IMEI: ${imei(at)}"`),
  "16 digits in texts": listOf((at) => `"${imei(at)}${at % 10}"`),
  "lists inside each other": "[".repeat(SIZE),
  "objects inside each other": '{"a":'.repeat(SIZE / 5),
  "closed lists": `[${listOf(() => "[]")}]`,
  "empty objects": listOf(() => "{}"),
  zeros: listOf(() => "0"),
  "words that are none": listOf(() => "nan"),
  "one-letter texts": listOf(() => '""'),
  spaces: " ".repeat(SIZE),
  lines: "\n".repeat(SIZE),
  "lines of objects": "{}\n".repeat(SIZE / 3),
  "broken lines": "{\n".repeat(SIZE / 2),
  "lines with readings": `${object(25, (key) => `signal${key}`)}\n`.repeat(2000),
  NULs: "\0".repeat(SIZE),
  digits: "1".repeat(SIZE),
  "a long text of digits": `"${"1".repeat(SIZE - 2)}"`,
  "15 digits, a space": "123456789012345 ".repeat(SIZE / 16),
  "a text of 15 digits, a space": `"${"123456789012345 ".repeat(SIZE / 16)}"`,
  backslashes: `"${"\\\\".repeat(SIZE / 2 - 1)}"`,
  "escaped quotes": `"${'\\"'.repeat(SIZE / 2 - 1)}"`,
  escapes: listOf(() => '"\\u0031\\u0032\\u0033aaaaaaaaaaaaa"'),
  colons: ":".repeat(SIZE),
  quotes: '"'.repeat(SIZE),
  "quotes and colons": '"":'.repeat(SIZE / 3),
  "text with JSON in it": JSON.stringify({
    a: JSON.stringify({ b: JSON.stringify({ c: listOf((at) => imei(at), 300_000) }) }),
  }),
  "texts with brackets": listOf(() => '"[[[[[[[[[[[[[[["'),
  "sender names": listOf((at) => `{"name":"imei","value":"${imei(at)}"}`),
  signals: listOf((at) => `{"name":"signal${at}","value":${at}}`),
  "names in camel case": object(20_000, (key) => `aBcDeFgHiJkLmNoPqRsTuVwXyZ${key}`),
  "keys of an IMEI": object(40_000, (key) => imei(key)),
  "hex digits": `02${"0123456789abcdef".repeat(SIZE / 16 - 1)}`,
  "hex digits with spaces": "02 ".repeat(SIZE / 3),
  "deep paths": `[${times(
    2000,
    () => `${'{"a":'.repeat(25)}${object(20, (key) => `k${key}`)}${"}".repeat(25)}`,
  )
    .join(",")
    .slice(0, SIZE)}]`,
};

/** Messages, each also as gzip. */
export function worstMessages(): Input[] {
  const latin1 = Uint8Array.from({ length: SIZE }, (_, at) => [0xfc, 0x80, 0x20, 0x9f][at % 4] as number);
  const frames = Buffer.concat(Array.from({ length: Math.floor(SIZE / CAPTURE.length) }, () => CAPTURE));
  const plain: Input[] = [
    ...Object.entries(TEXTS).map(([name, text]) => ({ name, bytes: Buffer.from(text).subarray(0, SIZE) })),
    { name: "bytes that are no UTF-8", bytes: latin1 },
    { name: "random bytes", bytes: randomBytes(1) },
    { name: "frames", bytes: frames },
    {
      name: "02 and random bytes",
      bytes: Buffer.concat([Buffer.from([2]), randomBytes(2)]).subarray(0, SIZE),
    },
  ];
  return plain.flatMap((input) => [input, { name: `${input.name}, gzip`, bytes: gzipSync(input.bytes) }]);
}

/** For the import of devices. */
export const WORST_LISTS: Readonly<Record<string, string>> = {
  "lines of devices": table("imei;name", (at) => `${imei(at)};Van ${at}`),
  "lines that are wrong": table("imei", (at) => `x${at}`),
  "lines with too many cells": table("imei", () => "1;2;3"),
  "empty lines": table("imei", () => ";"),
  columns: `imei${";a".repeat(SIZE / 2 - 2)}`,
  "IMEIs as JSON": listOf((at) => imei(at)),
  "wrong IMEIs as JSON": listOf(() => "1"),
};

function table(header: string, line: (index: number) => string): string {
  const lines = [header];
  for (let length = header.length; length < SIZE; ) {
    const next = line(lines.length);
    lines.push(next);
    length += next.length + 1;
  }
  return lines.join("\n");
}
