import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { damaged } from "../../history/bytes";
import { DICTIONARY } from "./dictionary";

/** The first byte: how the rest is written. */
const AS_IT_IS = 0;
/** What was written before there was a dictionary. */
const DEFLATED = 1;
const WITH_DICTIONARY = 2;
/** Bytes before the content: how, and 2 of its checksum. SQLite has none, and deflate would give rubbish. */
const HEAD = 3;

/** Compressed, where that makes it shorter. `level` as zlib has it: 1 fast, 6 usual. */
export function pack(bytes: Uint8Array, level = 6): Uint8Array {
  const deflated = deflateRawSync(bytes, { level, memLevel: 9, dictionary: DICTIONARY });
  const how = deflated.length < bytes.length ? WITH_DICTIONARY : AS_IT_IS;
  const content = how === WITH_DICTIONARY ? deflated : bytes;
  const packed = new Uint8Array(HEAD + content.length);
  packed[0] = how;
  const checksum = crc32(content);
  packed[1] = checksum & 255;
  packed[2] = (checksum >>> 8) & 255;
  packed.set(content, HEAD);
  return packed;
}

/** Throws `HISTORY_DAMAGED`. */
export function unpack(packed: Uint8Array): Uint8Array {
  const content = packed.subarray(HEAD);
  const checksum = (packed[1] as number) | ((packed[2] as number) << 8);
  if (packed.length < HEAD || (crc32(content) & 65535) !== checksum) throw damaged("its checksum is wrong");
  if (packed[0] === WITH_DICTIONARY) return inflateRawSync(content, { dictionary: DICTIONARY });
  return packed[0] === DEFLATED ? inflateRawSync(content) : content;
}
