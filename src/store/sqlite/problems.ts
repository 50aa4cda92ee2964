import { type Problem, TrackerError } from "../../errors";

type Describe = (path: string, said: string) => Problem;

export const lockedProblem = (path: string): Problem => ({
  code: "STORE_LOCKED",
  message: `in use by another registry or program: ${path}; stop the other one, or give each a file of its own`,
});
const readOnly: Describe = (path, said) => ({
  code: "STORE_READ_ONLY",
  message: `cannot be written: ${path} (${said}); let Node-RED write the file and its folder, or choose another path`,
});
const full: Describe = (path) => ({
  code: "STORE_FULL",
  message: `no space left for ${path}: free some on its disk, or choose another path`,
});
const disk: Describe = (path, said) => ({
  code: "STORE_FAILED",
  message: `reading or writing ${path} failed (${said}): check its disk, and what limits the size of files`,
});
const damaged: Describe = (path, said) => ({ code: "STORE_LOST", message: `${path} is damaged (${said})` });
export const goneProblem = (path: string): Problem => ({
  code: "STORE_LOST",
  message: `${path} was removed, replaced or written over while it was in use`,
});
export const endedProblem = (path: string, said: string): Problem => ({
  code: "STORE_LOST",
  message: `${path} is not open any more (${said})`,
});
const failed: Describe = (path, said) => ({
  code: "STORE_FAILED",
  message: `${path} cannot be used as registry: ${said}`,
});

/** By primary result code, https://sqlite.org/rescode.html. */
const SQLITE: Readonly<Record<number, Describe>> = {
  3: readOnly, // PERM
  5: lockedProblem, // BUSY
  6: lockedProblem, // LOCKED
  8: readOnly, // READONLY
  10: disk, // IOERR
  11: damaged, // CORRUPT
  13: full, // FULL
  14: readOnly, // CANTOPEN: a file that may not be opened, or not made in its folder
  26: damaged, // NOTADB
};

/** Where the folder is made or a file renamed; ENOENT is what /proc says to a new folder. */
const SYSTEM: Readonly<Record<string, Describe>> = {
  EACCES: readOnly,
  EPERM: readOnly,
  EROFS: readOnly,
  ENOENT: readOnly,
  ENOSPC: full,
  EDQUOT: full,
};

/** The content of a file is not what this package writes. */
export class Damage extends Error {}

/** Whether a file of which this came while it was opened is damaged; a SyntaxError is JSON's. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damage || error instanceof SyntaxError || describe(error) === damaged;
}

/** SQLite's NOTADB: nothing in the file says that it is a database. */
export function isNoDatabase(error: unknown): boolean {
  return (error as { errcode?: number } | null)?.errcode === 26;
}

/** What went wrong with the file, in the words of {@link TrackerError}. */
export function problemOf(error: unknown, path: string): Problem {
  if (error instanceof TrackerError) return { code: error.code, message: error.message };
  return describe(error)(path, error instanceof Error ? error.message : String(error));
}

function describe(error: unknown): Describe {
  const { errcode = 0, code = "" } = (error ?? {}) as { errcode?: number; code?: string };
  return SQLITE[errcode & 0xff] ?? SYSTEM[code] ?? failed;
}
