import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { TrackerError } from "../../errors";
import { first, makeFolder, sizeOf } from "../sqlite/file";
import { Damage } from "../sqlite/problems";
import { HISTORY_APPLICATION_ID, HISTORY_MIGRATIONS, HISTORY_TABLES } from "./schema";

/**
 * Small pages, of a file that is made: a chunk takes 10 KB, of which larger ones would leave a tenth unused. An older file
 * keeps its own. An exclusive lock from the first access to the end; pages that are given back to the system when many are free. FULL:
 * a commit has reached the disk when it is done.
 */
const BEFORE_LOCK =
  "PRAGMA busy_timeout = 2000; PRAGMA page_size = 1024; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA locking_mode = EXCLUSIVE";
const AFTER_LOCK = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 8388608; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY`;

/** Opens a history's database, which is made where there is none. Throws what `isDamage` knows where it is damaged. */
export function openDatabase(path: string): DatabaseSync {
  makeFolder(dirname(path));
  const existed = existsSync(path);
  if (existed) look(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(BEFORE_LOCK);
    database.exec("BEGIN IMMEDIATE");
    migrate(database, versionOf(database, path));
    database.exec("COMMIT");
    database.exec(AFTER_LOCK);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Refuses what is not ours before anything touches it; also closing an unfinished log would write. Without its log, what
 * is ours may look damaged: that is judged when it is locked.
 */
function look(path: string): void {
  // SQLite would open it for reading only, and then call it a disk error that it cannot be locked.
  accessSync(path, constants.R_OK | constants.W_OK);
  if (sizeOf(path) === 0) throw new Damage("it is empty");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(`${pathToFileURL(path)}?immutable=1`, { readOnly: true });
    versionOf(database, path);
  } catch (error) {
    if (error instanceof TrackerError) throw error;
  } finally {
    database?.close();
  }
}

/** How many migrations the file has had. */
function versionOf(database: DatabaseSync, path: string): number {
  const isEmpty = first(database, "SELECT count(*) FROM sqlite_schema") === 0;
  if (!isEmpty && first(database, "PRAGMA application_id") !== HISTORY_APPLICATION_ID) {
    const message = `${path} belongs to another program: choose another path`;
    throw new TrackerError({ code: "STORE_FAILED", message });
  }
  const version = Number(first(database, "PRAGMA user_version"));
  if (version > HISTORY_MIGRATIONS.length) {
    const message = `${path} was written by a newer version of this package: install that version or choose another path`;
    throw new TrackerError({ code: "STORE_NEWER", message });
  }
  return version;
}

function migrate(database: DatabaseSync, version: number): void {
  for (const sql of HISTORY_MIGRATIONS.slice(version)) database.exec(sql);
  if (version < HISTORY_MIGRATIONS.length) {
    database.exec(
      `PRAGMA application_id = ${HISTORY_APPLICATION_ID}; PRAGMA user_version = ${HISTORY_MIGRATIONS.length}`,
    );
  }
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const missing = HISTORY_TABLES.find((table) => !tables.some(({ name }) => name === table));
  if (missing !== undefined) throw new Damage(`table ${missing} is missing`);
}
