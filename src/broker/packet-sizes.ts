const CONNECT = 1;
/** A TLS record of a handshake (RFC 8446, 5.1): no MQTT packet begins so. */
const TLS_HANDSHAKE = 0x16;
const LENGTH_BYTES = 4;

export type PacketProblem = "PACKET_SIZE" | "PROTOCOL" | "TLS";

/**
 * Follows the packets in a stream of bytes by their fixed headers (MQTT 3.1.1, 2.2), so that one that is too large
 * is refused at its first bytes, before anything of it is kept in memory.
 */
export class PacketSizes {
  /** Bytes of the current packet that are still to come. */
  private missing = 0;
  private length = 0;
  /** Length bytes read of the current header; −1 before its first byte. */
  private lengthBytes = -1;
  private isFirst = true;

  /** What is wrong with the next bytes, where no packet may be larger than `limit` bytes. */
  problemOf(bytes: Uint8Array, limit: number): PacketProblem | undefined {
    for (let at = 0; at < bytes.length; ) {
      if (this.missing > 0) {
        const skipped = Math.min(this.missing, bytes.length - at);
        this.missing -= skipped;
        at += skipped;
        continue;
      }
      const problem = this.header(bytes[at] as number, limit);
      if (problem !== undefined) return problem;
      at++;
    }
    return undefined;
  }

  private header(byte: number, limit: number): PacketProblem | undefined {
    if (this.lengthBytes < 0) {
      if (this.isFirst && byte === TLS_HANDSHAKE) return "TLS";
      if (this.isFirst && byte >> 4 !== CONNECT) return "PROTOCOL";
      this.isFirst = false;
      this.lengthBytes = 0;
      this.length = 0;
      return undefined;
    }
    this.length += (byte & 0x7f) * 128 ** this.lengthBytes++;
    if (this.length > limit) return "PACKET_SIZE";
    if (byte & 0x80) return this.lengthBytes < LENGTH_BYTES ? undefined : "PROTOCOL";
    this.missing = this.length;
    this.lengthBytes = -1;
    return undefined;
  }
}
