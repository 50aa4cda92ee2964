import { createHash } from "node:crypto";
import { type BigIntStats, closeSync, openSync, readSync, statSync } from "node:fs";

const CHUNK = 1 << 20;

/** Which files there are and how long they are, and when the database was written. */
interface Seen {
  readonly database: string;
  readonly log: string;
  readonly time: bigint | undefined;
}

/**
 * What tells an open database from a file that was put in its place or written over. A new time alone says nothing:
 * a backup or `touch` sets it too. Blocks: for a worker only.
 */
export class Stamp {
  /** Stays open as long as the database: a closed descriptor takes the locks of the whole process with it (fcntl). */
  private readonly file: number;
  private seen: Seen;
  private digest: string;

  constructor(private readonly path: string) {
    this.file = openSync(path, "r");
    this.seen = this.look();
    this.digest = this.read();
  }

  /** Takes what is there now as our own; content is read anew only where SQLite has written to the database itself. */
  take(): void {
    const now = this.look();
    if (now.database !== this.seen.database || now.time !== this.seen.time) this.digest = this.read();
    this.seen = now;
  }

  /** Whether the files are still the ones that were left. */
  holds(): boolean {
    const now = this.look();
    if (now.database !== this.seen.database || now.log !== this.seen.log) return false;
    if (now.time !== this.seen.time && this.read() !== this.digest) return false;
    this.seen = now;
    return true;
  }

  /** To be called after the database was closed. */
  close(): void {
    closeSync(this.file);
  }

  private look(): Seen {
    const database = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const log = statSync(`${this.path}-wal`, { bigint: true, throwIfNoEntry: false });
    return { database: placeOf(database), log: placeOf(log), time: database?.mtimeNs };
  }

  private read(): string {
    const hash = createHash("sha1");
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let at = 0, length = CHUNK; length > 0; at += length) {
      length = readSync(this.file, chunk, 0, CHUNK, at);
      hash.update(chunk.subarray(0, length));
    }
    return hash.digest("base64");
  }
}

function placeOf(stat: BigIntStats | undefined): string {
  return stat === undefined ? "" : `${stat.dev} ${stat.ino} ${stat.size}`;
}
