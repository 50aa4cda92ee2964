import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { PacketSizes } from "./packet-sizes";

/** Time in which what was written last can still go out to a client that reads slowly, or not at all. */
const LINGER_MS = 2000;

/** A socket that lets only sound packets of a bounded size through; anything else ends it. */
export class GuardedStream extends Duplex {
  private readonly sizes = new PacketSizes();
  /** Called where the other side answers the end of the connection: somebody was there. */
  answered: (() => void) | undefined;
  private held = false;

  /** `limit` is asked for each piece that comes, because it changes with the login. */
  constructor(
    private readonly socket: Socket,
    private readonly limit: () => number,
  ) {
    super({ allowHalfOpen: false });
    socket.on("data", (bytes: Buffer) => {
      const problem = this.sizes.problemOf(bytes, this.limit());
      if (problem !== undefined) this.destroy(Object.assign(new Error(problem), { code: problem }));
      else if (!this.push(bytes)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  /** Reads no more until it is let go: who sends too fast has to wait, instead of its messages in memory. */
  hold(): void {
    this.held = true;
    this.socket.pause();
  }

  letGo(): void {
    this.held = false;
    this.socket.resume();
  }

  override _read(): void {
    if (!this.held) this.socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(bytes, done);
  }

  override _writev(pieces: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.socket.write(Buffer.concat(pieces.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  /**
   * What was written before, such as a refusal, still has a moment to arrive. Then it is taken back: else the system
   * goes on sending it for minutes, and a command would arrive as soon as a radio is back.
   */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { socket } = this;
    socket.removeAllListeners("data").resume();
    if (error === null && !socket.destroyed) {
      if (this.answered !== undefined) socket.once("end", this.answered);
      socket.end();
      const linger = setTimeout(() => reset(socket), LINGER_MS);
      socket.once("close", () => clearTimeout(linger));
    } else socket.destroy();
    done(error);
  }
}

/** Ends a connection with a reset; over TLS, Node.js knows no such thing. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
