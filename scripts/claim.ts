import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Claims a folder until this process ends, however it does: the lock is the operating system's, so none is left behind.
 * False where another process has it.
 */
export function claim(folder: string): boolean {
  const database = new DatabaseSync(join(folder, "in-use.sqlite"));
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    held.add(database);
    return true;
  } catch (error) {
    database.close();
    if (/locked|busy/i.test((error as Error).message)) return false;
    throw error;
  }
}

/** A database that nobody holds any more would be closed, and its lock with it. */
const held = new Set<DatabaseSync>();
