import { checksum } from "../../src/protocols/iotm/frame";
import { VECTORS } from "./vectors";

/** A small seeded random generator (mulberry32), so that a failing run can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const FRAMES = VECTORS.map(({ hex }) => Buffer.from(hex, "hex"));

/**
 * A random payload: pure noise, or a known frame with bytes changed, cut out or put in; half of the latter get
 * a right checksum again, because otherwise nothing behind the checksum would ever be tried.
 */
export function wildPayload(random: () => number): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit);
  if (random() < 0.2) {
    const noise = Buffer.from(Array.from({ length: below(64) }, () => below(256)));
    if (noise.length > 0 && random() < 0.5) noise[0] = 2;
    return noise;
  }
  let bytes = Buffer.from(FRAMES[below(FRAMES.length)] as Buffer);
  for (let changes = 1 + below(4); changes > 0 && bytes.length > 0; changes--) {
    const at = below(bytes.length);
    const kind = random();
    if (kind < 0.6) bytes[at] = below(256);
    else if (kind < 0.8) bytes = bytes.subarray(0, at);
    else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), bytes.subarray(at)]);
  }
  if (bytes.length > 1 && random() < 0.7) bytes[bytes.length - 1] = checksum(bytes, bytes.length - 1);
  return bytes;
}
