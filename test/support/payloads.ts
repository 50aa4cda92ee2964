import { checksum } from "../../src/protocols/iotm/frame";
import { VECTORS } from "./vectors";

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
