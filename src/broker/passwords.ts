import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import type { LoginMemory } from "./login-memory";

/** Of a password that nobody could guess, and so needs no stretching. */
interface FastHash {
  readonly salt: Buffer;
  readonly key: Buffer;
}

interface Hash {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number };
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Who asks: hashing is shared fairly among addresses, and not done for those who are no longer heard. */
export interface Asker {
  readonly address: string;
  readonly gone: () => boolean;
}

/** Thrown where a password was not looked at, because its asker has gone or too many wait. */
export class NotHashed extends Error {}

interface Job {
  readonly asker: Asker;
  readonly start: (isWanted: boolean) => void;
}

const derive = promisify<Uint8Array, Buffer, number, Hash["cost"], Buffer>(scrypt);
/** The cost of a hash that our own registry makes. */
const COST = { N: 16_384, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
/** For those whose password cannot be right: takes as long as a real one. */
const NOBODY: Hash = { cost: COST, salt: randomBytes(16), key: randomBytes(32) };
/** Node.js hashes on four threads that files and names need, too. */
const PARALLEL = Math.min(availableParallelism(), 3);
const MAX_WAITING = 20_000;

/**
 * Compares passwords with what is kept of them. A hash is worked out once; afterwards a keyed MAC of the right
 * password answers at once, and the salted SHA-256 of a generated one always does. Every wrong password costs one hash,
 * whether there is such a user or not, so the time tells nothing.
 */
export class Passwords {
  /** Of each address, in the order in which they are next. */
  private readonly waiting = new Map<string, Job[]>();
  private waitingCount = 0;
  private running = 0;

  constructor(private readonly memory: LoginMemory) {}

  /**
   * Whether a password is that of a hash, `scrypt$N$r$p$salt$key` or, of a generated one, `sha256$salt$key`. A hash that
   * cannot be read fits none. Rejects, as all here, with {@link NotHashed}.
   */
  async fitsHash(kept: string, password: Uint8Array, asker: Asker): Promise<boolean> {
    const fast = readFastHash(kept);
    if (fast !== undefined) {
      const key = createHash("sha256").update(fast.salt).update(password).digest();
      return timingSafeEqual(key, fast.key) || this.fitsNobody(password, asker);
    }
    const name = createHash("sha256").update(kept).digest("base64");
    const mac = this.mac(kept, password);
    const known = this.memory.get(name);
    if (known !== undefined && timingSafeEqual(known, mac)) return true;
    // Also where another is remembered: what is remembered only ever saves time.
    const hash = readHash(kept);
    const isRight = await this.hash(hash ?? NOBODY, password, asker);
    if (hash === undefined || !isRight) return false;
    this.memory.set(name, mac);
    return true;
  }

  /** Whether a password is the given one. */
  async fitsPlain(kept: string, password: Uint8Array, asker: Asker): Promise<boolean> {
    if (kept !== "" && timingSafeEqual(this.mac("", Buffer.from(kept)), this.mac("", password))) return true;
    return this.fitsNobody(password, asker);
  }

  /** False, after the time that it takes to find that out of a real one. */
  async fitsNobody(password: Uint8Array, asker: Asker): Promise<false> {
    await this.hash(NOBODY, password, asker);
    return false;
  }

  private mac(kept: string, password: Uint8Array): Buffer {
    return createHmac("sha256", this.memory.key).update(`${kept}\0`).update(password).digest();
  }

  private async hash({ cost, salt, key }: Hash, password: Uint8Array, asker: Asker): Promise<boolean> {
    if (!(await this.turn(asker))) throw new NotHashed();
    try {
      return timingSafeEqual(await derive(password, salt, key.length, cost), key);
    } catch {
      return false;
    } finally {
      this.running--;
      this.next();
    }
  }

  /** Waits until it is this asker's turn; false where it has gone, or too many wait. */
  private turn(asker: Asker): Promise<boolean> {
    if (this.waitingCount >= MAX_WAITING) return Promise.resolve(false);
    return new Promise((resolve) => {
      const jobs = this.waiting.get(asker.address) ?? [];
      jobs.push({ asker, start: resolve });
      this.waiting.set(asker.address, jobs);
      this.waitingCount++;
      this.next();
    });
  }

  /** Starts what can be started, one of each address in turn. */
  private next(): void {
    while (this.running < PARALLEL) {
      const [first] = this.waiting;
      if (first === undefined) return;
      const [address, jobs] = first;
      const job = jobs.shift() as Job;
      this.waitingCount--;
      this.waiting.delete(address);
      if (jobs.length > 0) this.waiting.set(address, jobs);
      const isWanted = !job.asker.gone();
      if (isWanted) this.running++;
      job.start(isWanted);
    }
  }
}

function readFastHash(kept: string): FastHash | undefined {
  const [kind, salt = "", key = "", ...rest] = kept.split("$");
  const hash = { salt: Buffer.from(salt, "base64"), key: Buffer.from(key, "base64") };
  return kind === "sha256" && rest.length === 0 && hash.salt.length >= 16 && hash.key.length === 32
    ? hash
    : undefined;
}

const MAX_N = 2 ** 17;

function readHash(kept: string): Hash | undefined {
  const [kind, N, r, p, salt, key, ...rest] = kept.split("$");
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const isSound =
    kind === "scrypt" && rest.length === 0 && cost.N > 1 && cost.N <= MAX_N && cost.r <= 32 && cost.p <= 16;
  const bytes = Buffer.from(key ?? "", "base64");
  if (!isSound || bytes.length < 16) return undefined;
  return {
    cost: { ...cost, maxmem: 256 * cost.N * cost.r },
    salt: Buffer.from(salt ?? "", "base64"),
    key: bytes,
  };
}
