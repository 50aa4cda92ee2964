import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";

const KEY_BYTES = 32;
const MAC_BYTES = 32;
const MAX_REMEMBERED = 100_000;
/** What is learnt is written together, after this time. */
const WRITE_MS = 5000;
/** For its owner alone. */
const MODE = 0o600;

/**
 * Keyed checksums of passwords that were right once, and their key, so that a hash need not be worked out again, also after
 * a restart: `<path>.key` and `<path>.macs`, neither of them in the registry's file or its copies. Whoever has the
 * registry's file alone has the slow hashes alone. Without a path, or where the files cannot be written, it is in memory.
 */
export class LoginMemory {
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    readonly key: Buffer,
    private readonly macs: Map<string, Buffer>,
    private readonly path: string | undefined,
    private readonly problem: (error: Error) => void,
  ) {}

  /** `problem` is told once of files that cannot be written. */
  static async open(path?: string, problem: (error: Error) => void = () => undefined): Promise<LoginMemory> {
    if (path === undefined) return new LoginMemory(randomBytes(KEY_BYTES), new Map(), undefined, problem);
    const known = await readFile(`${path}.key`).catch(() => undefined);
    if (known?.length === KEY_BYTES) return new LoginMemory(known, await readMacs(path), path, problem);
    const key = randomBytes(KEY_BYTES);
    try {
      await put(`${path}.key`, key);
      return new LoginMemory(key, new Map(), path, problem);
    } catch (error) {
      problem(error as Error);
      return new LoginMemory(key, new Map(), undefined, problem);
    }
  }

  /** Forgets for ever: its files are deleted. */
  static async remove(path: string): Promise<void> {
    await Promise.all(["key", "macs"].map((part) => rm(`${path}.${part}`, { force: true })));
  }

  /** What a password that was right for `name` has as its checksum. */
  get(name: string): Buffer | undefined {
    return this.macs.get(name);
  }

  set(name: string, mac: Buffer): void {
    if (this.macs.size >= MAX_REMEMBERED) this.macs.delete(this.macs.keys().next().value as string);
    this.macs.set(name, mac);
    if (this.path !== undefined) this.timer ??= setTimeout(() => void this.write(), WRITE_MS).unref();
  }

  async close(): Promise<void> {
    if (this.timer !== undefined) await this.write();
    await this.writing;
  }

  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = Array.from(this.macs, ([name, mac]) => `${name} ${mac.toString("base64")}\n`);
    this.writing = this.writing.then(() => put(`${this.path}.macs`, lines.join(""))).catch(this.problem);
    return this.writing;
  }
}

async function readMacs(path: string): Promise<Map<string, Buffer>> {
  const text = await readFile(`${path}.macs`, "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => line.split(" "));
  return new Map(
    lines.flatMap(([name = "", mac = ""]): [string, Buffer][] => {
      const bytes = Buffer.from(mac, "base64");
      return name === "" || bytes.length !== MAC_BYTES ? [] : [[name, bytes]];
    }),
  );
}

/** A file is there as a whole, or as it was before. */
async function put(path: string, content: string | Buffer): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: MODE });
  await rename(`${path}.new`, path);
}
