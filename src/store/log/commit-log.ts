import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";

/** The kind of the frame that a file begins with, which has nothing in it. */
const BEGIN = 1;
const MOST_KIND = 255;

export interface LogFrame {
  /** What is in it, as its writer knows: 2 to 255. */
  readonly kind: number;
  readonly data: Uint8Array;
}

/** Size of the data, checksum, generation, kind. */
const HEAD = 16;
/** Files grow by so many zeros at once, so that a commit changes neither their size nor where they lie. */
const STEP = 1 << 20;
const BLOCK = 4096;

interface LogFile {
  readonly path: string;
  readonly descriptor: number;
  size: number;
  /** End of its last frame. */
  at: number;
  /** Counts up with each file that is begun; 0 where there is nothing in it. */
  generation: number;
}

/**
 * Two files that take turns: what is committed is written into one, until all of it is elsewhere; meanwhile the
 * other one goes on. They are overwritten in place: 4 KB reach the disk with a commit of a small fleet, a tenth of what
 * rows in SQLite take. Blocks: for a worker only.
 */
export class CommitLog {
  private readonly files: readonly [LogFile, LogFile];
  private active: LogFile;
  /** Parts of a file that are no frame any more, other than a last one that was cut off by a kill. */
  damaged = 0;

  constructor(path: string, replay: (frame: LogFrame) => void) {
    const [first, second] = pathsOf(path);
    this.files = [open(first), open(second)];
    syncFolder(dirname(path));
    const contents = new Map(this.files.map((file) => [file, this.read(file)]));
    for (const file of this.files) if (file.generation === 0) this.begin(file);
    const [older, newer] = this.files.toSorted((a, b) => a.generation - b.generation) as [LogFile, LogFile];
    this.active = older;
    for (const file of [older, newer]) for (const frame of contents.get(file) ?? []) replay(frame);
    const late = contents.get(newer) ?? [];
    if (late.length === 0) return;
    // It was killed while it sealed: one file has to be free for the next time.
    this.append(late);
    this.begin(newer);
  }

  /** Whether there are files of a log. */
  static exists(path: string): boolean {
    return pathsOf(path).some((file) => existsSync(file));
  }

  /** Bytes that are written in the file that is used now. */
  get length(): number {
    return this.active.at;
  }

  /** False where somebody has removed or replaced a file. */
  get isInPlace(): boolean {
    return this.files.every(({ path, descriptor }) => {
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      const own = fstatSync(descriptor, { bigint: true });
      return found?.ino === own.ino && found.dev === own.dev;
    });
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.files[0].size + this.files[1].size;
  }

  get paths(): readonly string[] {
    return this.files.map(({ path }) => path);
  }

  /** Returns when the frames are on the disk, all of them with one wait. */
  append(frames: readonly LogFrame[]): void {
    const { active } = this;
    const bytes = Buffer.concat(frames.map((frame) => encode(frame, active.generation)));
    makeRoom(active, active.at + bytes.length);
    writeAll(active.descriptor, bytes, active.at);
    fdatasyncSync(active.descriptor);
    active.at += bytes.length;
  }

  /** From here on into the other file. To be called only after {@link giveUp}. */
  turn(): void {
    this.active = this.other;
  }

  /** All that was written before the last turn is elsewhere. `wipe` leaves nothing of it on the disk. */
  giveUp(wipe: boolean): void {
    const { other } = this;
    if (wipe && other.at > HEAD) writeAll(other.descriptor, Buffer.alloc(other.at - HEAD), HEAD);
    this.begin(other);
  }

  close(): void {
    for (const { descriptor } of this.files) closeSync(descriptor);
  }

  /** Closes and deletes its files. */
  remove(): void {
    this.close();
    for (const { path } of this.files) rmSync(path, { force: true });
  }

  private get other(): LogFile {
    return this.files[0] === this.active ? this.files[1] : this.files[0];
  }

  /** What is left of an older generation behind it counts for nothing. */
  private begin(file: LogFile): void {
    file.generation = Math.max(this.files[0].generation, this.files[1].generation) + 1;
    file.at = 0;
    const bytes = encode({ kind: BEGIN, data: new Uint8Array() }, file.generation);
    makeRoom(file, bytes.length);
    writeAll(file.descriptor, bytes, 0);
    fdatasyncSync(file.descriptor);
    file.at = bytes.length;
  }

  /** The frames of a file's generation; one that is damaged costs no other. */
  private read(file: LogFile): LogFrame[] {
    const bytes = Buffer.alloc(file.size);
    readSync(file.descriptor, bytes, 0, file.size, 0);
    const frames: LogFrame[] = [];
    let unknown = false;
    for (let at = 0; at + HEAD <= bytes.length; ) {
      const frame = decode(bytes, at, file.generation);
      if (frame === undefined) {
        unknown = true;
        at++;
        continue;
      }
      if (unknown && file.at > 0) this.damaged++;
      unknown = false;
      file.generation = bytes.readUInt32LE(at + 8);
      at += HEAD + frame.data.length;
      file.at = at;
      if (frame.kind !== BEGIN) frames.push(frame);
    }
    return frames;
  }
}

function encode({ kind, data }: LogFrame, generation: number): Buffer {
  const bytes = Buffer.alloc(HEAD + data.length);
  bytes.writeUInt32LE(data.length, 0);
  bytes.writeUInt32LE(generation, 8);
  bytes.writeUInt32LE(kind, 12);
  bytes.set(data, HEAD);
  bytes.writeUInt32LE(checksumOf(bytes, data.length), 4);
  return bytes;
}

/** Undefined where no frame of this generation (any, where it is 0) begins. */
function decode(bytes: Buffer, at: number, generation: number): LogFrame | undefined {
  const kind = bytes.readUInt32LE(at + 12);
  if (kind === 0 || kind > MOST_KIND) return undefined;
  const found = bytes.readUInt32LE(at + 8);
  if (found === 0 || (generation !== 0 && found !== generation)) return undefined;
  const size = bytes.readUInt32LE(at);
  const end = at + HEAD + size;
  if (end > bytes.length) return undefined;
  const frame = bytes.subarray(at, end);
  if (bytes.readUInt32LE(at + 4) !== checksumOf(frame, size)) return undefined;
  return { kind, data: new Uint8Array(frame.subarray(HEAD)) };
}

/** Of everything but itself. */
function checksumOf(frame: Buffer, size: number): number {
  return crc32(frame.subarray(8), size);
}

function pathsOf(path: string): readonly [string, string] {
  return [`${path}-log0`, `${path}-log1`];
}

function open(path: string): LogFile {
  const descriptor = openSync(path, existsSync(path) ? "r+" : "w+");
  return { path, descriptor, size: fstatSync(descriptor).size, at: 0, generation: 0 };
}

/** So that the names of new files are on the disk, too. Windows opens no folder and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function makeRoom(file: LogFile, end: number): void {
  if (end <= file.size) return;
  const target = Math.ceil(end / STEP) * STEP;
  const zeros = Buffer.alloc(BLOCK);
  try {
    for (let at = file.size; at < target; at += BLOCK) {
      writeAll(file.descriptor, zeros.subarray(0, Math.min(BLOCK, target - at)), at);
    }
    fsyncSync(file.descriptor);
  } finally {
    file.size = fstatSync(file.descriptor).size;
  }
}

/** A disk that is nearly full takes a part, and says so only the next time. */
function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
  }
}
