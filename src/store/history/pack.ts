import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { damaged } from "../../history/bytes";

/** The first byte: how the rest is written. */
const AS_IT_IS = 0;
const DEFLATED = 1;
/** Bytes before the content: how, and 2 of its checksum. SQLite has none, and deflate would give rubbish. */
const HEAD = 3;

/** Compressed, where that makes it shorter. `level` as zlib has it: 1 fast, 6 usual. */
export function pack(bytes: Uint8Array, level = 6): Uint8Array {
  const deflated = deflateRawSync(bytes, { level, memLevel: 9 });
  const how = deflated.length < bytes.length ? DEFLATED : AS_IT_IS;
  const content = how === DEFLATED ? deflated : bytes;
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
  return packed[0] === DEFLATED ? inflateRawSync(content) : content;
}
