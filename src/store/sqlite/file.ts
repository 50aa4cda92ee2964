import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, extname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { AskedRecord } from "../../dedupe/port";
import type { Device } from "../../devices/device";
import { type Problem, TrackerError } from "../../errors";
import type { Changes, Copy, Found, Opened, OwnerName, Stored, Unreadable } from "../../fleet/store";
import type { JournalEntry } from "../../journal/entry";
import type { LiveState } from "../../state/live-state";
import { Copies } from "./copies";
import { Documents } from "./documents";
import { InboxLog } from "./inbox-log";
import { APPLICATION_ID, MIGRATIONS, TABLES } from "./migrations";
import type { PageRequest, TablePage } from "./pages";
import { Damage, goneProblem, isDamage, isNoDatabase } from "./problems";
import { SaveLog } from "./save-log";
import { setAside } from "./set-aside";
import { Stamp } from "./stamp";
import { ownerTables } from "./tables";

/**
 * An exclusive lock from the first access to the end; asked for some time, because a restart may overlap. What a migration
 * takes out is overwritten: there may be passwords in it.
 */
const BEFORE_LOCK = "PRAGMA busy_timeout = 2000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON";

/**
 * FULL: a commit has reached the disk when it is done. The log goes into the database after 16 MB instead of 4:
 * it is the same few pages that change again and again, and an SD card lives by how seldom they are rewritten. What is
 * deleted is overwritten where that costs no page more: frames in the inbox are as the device sent them.
 */
const AFTER_LOCK =
  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA secure_delete = FAST";

/** How the names of databases end; a file that has another name is not put aside because it is none. */
const DATABASE_NAMES = [".sqlite", ".sqlite3", ".db"];

interface Parts {
  readonly database: DatabaseSync;
  readonly tables: ReturnType<typeof ownerTables>;
  readonly inboxLog: InboxLog;
}

/** The database file of a registry, by this connection alone from open to close. Blocks: for a worker only. */
export class StoreFile {
  private database: DatabaseSync | undefined;
  private parts: Parts | undefined;
  /** What the files looked like after the last write, whatever has their names by now. */
  private stamp: Stamp | undefined;
  private readonly copies: Copies;
  private readonly saves: SaveLog;
  /** There is a transaction, of what is in {@link saves}. */
  private isBegun = false;
  /** All of it could be read. */
  private isSound = true;
  /** What was put aside while it was open. */
  private found: Found | undefined;

  constructor(private readonly path: string) {
    this.copies = new Copies(path);
    this.saves = new SaveLog(`${path}-saves`);
  }

  open(): Opened {
    makeFolder(dirname(this.path));
    const existed = existsSync(this.path);
    if (existed) this.look();
    try {
      return this.startOrReplace();
    } catch (error) {
      this.letGo();
      // What was only begun here would be taken for damage the next time.
      if (!existed && sizeOf(this.path) === 0) rmSync(this.path);
      throw error;
    }
  }

  /** Returns when the changes are on the disk: in the database, or, where they are those of a small save, in a log until then. */
  commit(changes: Changes): void {
    const parts = this.opened();
    const { database, tables } = parts;
    this.checkPlace();
    try {
      const isInLogs = changes.inbox === undefined || parts.inboxLog.hasAll(changes.inbox.keys());
      const save = isInLogs ? this.saves.encode(changes) : undefined;
      this.begin(parts);
      writeAll(parts, changes);
      if (save === undefined) this.settle(parts);
      else this.saves.add(save);
    } catch (error) {
      this.isBegun = false;
      undo(database);
      throw error;
    } finally {
      this.stamp?.take();
    }
    if (changes.inbox !== undefined) tables.inbox.committed(changes.inbox);
  }

  /** Takes new messages of the inbox, as `bytesOfMessages` writes them. */
  keep(messages: Uint8Array): void {
    const { inboxLog } = this.opened();
    this.checkPlace();
    inboxLog.keep(messages);
  }

  /** Devices or states, which {@link open} leaves out. */
  page({ table, after }: PageRequest): TablePage {
    const { devices, state } = this.opened().tables;
    return (table === "device" ? devices : state).page(after);
  }

  /**
   * An empty registry is not copied, nor one that is not sound (also by what its pages had): it would only take the place of
   * a good copy.
   */
  copy(areSound: boolean): void {
    const parts = this.opened();
    const { database } = parts;
    if (!areSound || !this.isSound || !this.stamp?.holds()) return;
    this.settle(parts);
    this.stamp.take();
    if (first(database, "SELECT count(*) FROM device") === 0) return;
    this.copies.take(database);
  }

  readCopy(wanted: string | undefined): Copy {
    const { name, value } = this.copies.read(wanted, (database) => {
      this.versionOf(database);
      return {
        devices: new Documents<Device>(database, "device").all([]).map(([, device]) => device),
        states: new Documents<LiveState>(database, "state").all([]),
      };
    });
    return { name, ...value };
  }

  journal(imei: string): JournalEntry[] {
    return this.opened().tables.journal.of(imei);
  }

  wasSeen(records: readonly AskedRecord[]): boolean[] {
    return this.opened().tables.dedupe.wasSeen(records);
  }

  /** Returns what was put aside while it was open. */
  close(): Found | undefined {
    if (this.parts !== undefined && this.stamp?.holds()) this.takeOver(this.parts);
    this.letGo();
    return this.found;
  }

  /** Begins a transaction, with what is in the log alone because one was undone; or goes on with the one that there is. */
  private begin(parts: Parts): void {
    if (this.isBegun) return;
    parts.database.exec("BEGIN IMMEDIATE");
    this.isBegun = true;
    for (const changes of this.saves.all()) writeAll(parts, changes);
  }

  /** Puts what was saved into the database. */
  private settle({ database }: Parts): void {
    if (!this.isBegun) return;
    database.exec("COMMIT");
    this.isBegun = false;
    this.saves.clear();
  }

  /** Puts the logs into the file, so that it is one file that is left. Where that fails, they stay. */
  private takeOver(parts: Parts): void {
    const { database, tables, inboxLog } = parts;
    try {
      this.begin(parts);
      tables.inbox.takeOver();
      this.settle(parts);
      this.saves.remove();
      inboxLog.remove();
    } catch {
      undo(database);
    }
  }

  private letGo(): void {
    this.database?.close();
    this.database = undefined;
    this.isBegun = false;
    this.saves.close();
    this.parts?.inboxLog.close();
    this.parts = undefined;
    this.stamp?.close();
    this.stamp = undefined;
  }

  /**
   * Writing to a file that has no name any more, or on what somebody else has written, goes well, and nobody would ever
   * find it again.
   */
  private checkPlace(): void {
    if (this.stamp?.holds()) return;
    this.giveUp();
    throw new TrackerError(goneProblem(this.path));
  }

  /** Lets the file go without writing to what somebody else has put there, which is kept where it can be ours. */
  private giveUp(): void {
    try {
      if (existsSync(this.path)) {
        this.look();
        this.found = { ...this.putAside(), inUse: true };
      }
    } catch {
      // It is said when the file is opened again.
    }
    this.letGo();
  }

  /** Renames the file with its log, and keeps its last good copy with it. */
  private putAside(): Found {
    // Renamed while it is open: nobody else gets it in between, and SQLite leaves a file that has moved as it
    // is. Windows renames no open file.
    if (process.platform === "win32") this.letGo();
    const to = setAside(this.path);
    const copy = this.copies.keepFor(to);
    return { setAside: to, ...(copy === undefined ? {} : { copy }) };
  }

  private opened(): Parts {
    if (this.parts !== undefined) return this.parts;
    throw new TrackerError({ code: "STORE_FAILED", message: `${this.path} is not open` });
  }

  /**
   * Refuses what is not ours before anything touches it; also closing an unfinished log would write. SQLite
   * reads the file, because a file of which the process has closed any descriptor of its own is no longer
   * locked (fcntl). What cannot be read is judged after it is locked.
   */
  private look(): void {
    if (isFolder(this.path)) {
      throw new TrackerError({
        code: "STORE_FAILED",
        message: `${this.path} is a folder: choose the path of a file`,
      });
    }
    // SQLite would open it for reading only, and then call it a disk error that it cannot be locked.
    accessSync(this.path, constants.R_OK | constants.W_OK);
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(`${pathToFileURL(this.path)}?immutable=1`, { readOnly: true });
      this.versionOf(database);
    } catch (error) {
      if (error instanceof TrackerError) throw error;
    } finally {
      database?.close();
    }
  }

  private start(): Opened {
    const existed = existsSync(this.path);
    // SQLite deletes the log of a file that has nothing in it.
    if (existed && existsSync(`${this.path}-wal`) && sizeOf(this.path) === 0) throw new Damage("it is empty");
    const database = new DatabaseSync(this.path);
    this.database = database;
    database.exec(BEFORE_LOCK);
    database.exec("BEGIN IMMEDIATE");
    if (existed && sizeOf(this.path) === 0) throw new Damage("it is empty");
    const version = this.versionOf(database);
    check(database);
    if (!existed) this.saves.discard();
    const areSavesRead = this.saves.replay(database);
    migrate(database, version);
    database.exec("COMMIT");
    this.saves.clear();
    database.exec(AFTER_LOCK);
    if (version > 0 && version < MIGRATIONS.length) this.cleanUp(database);
    const inboxLog = new InboxLog(`${this.path}-inbox`);
    const tables = ownerTables(database, inboxLog);
    this.parts = { database, tables, inboxLog };
    const unreadable: Unreadable[] = areSavesRead ? [] : [{ table: "state", key: "log" }];
    const all = Object.entries(tables).map(([name, ofOwner]) => [name, ofOwner.all(unreadable)]);
    const stored = Object.fromEntries(all) as Stored;
    this.isSound = unreadable.length === 0;
    this.stamp = new Stamp(this.path);
    return this.isSound ? { stored } : { stored, unreadable };
  }

  /** After a migration: what was taken out goes from free space and from the copies, too, as far as there is room. */
  private cleanUp(database: DatabaseSync): void {
    try {
      database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The registry works without it.
    }
    this.copies.renew((copy) => migrate(copy, this.versionOf(copy)));
  }

  private startOrReplace(): Opened {
    try {
      return this.start();
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (isNoDatabase(error) && !this.shouldBeDatabase()) throw new TrackerError(notOurs(this.path));
    }
    const found = this.putAside();
    this.letGo();
    return { ...this.start(), ...found };
  }

  /** What SQLite does not know was either ours and is badly damaged, or something else altogether. */
  private shouldBeDatabase(): boolean {
    return DATABASE_NAMES.includes(extname(this.path)) || existsSync(`${this.path}-wal`);
  }

  /** How many migrations the file has had. */
  private versionOf(database: DatabaseSync): number {
    const isEmpty = first(database, "SELECT count(*) FROM sqlite_schema") === 0;
    if (!isEmpty && first(database, "PRAGMA application_id") !== APPLICATION_ID) {
      throw new TrackerError(notOurs(this.path));
    }
    const version = Number(first(database, "PRAGMA user_version"));
    if (version > MIGRATIONS.length) {
      const message = `${this.path} was written by a newer version of this package: install that version or choose another path`;
      throw new TrackerError({ code: "STORE_NEWER", message });
    }
    return version;
  }
}

/** Not by `recursive`, which never ends where the parent exists and takes no folder, as under /proc. */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

function notOurs(path: string): Problem {
  return { code: "STORE_FAILED", message: `${path} belongs to another program: choose another path` };
}

export function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function first(database: DatabaseSync, sql: string): unknown {
  return Object.values(database.prepare(sql).get() ?? {})[0];
}

function check(database: DatabaseSync): void {
  const found = first(database, "PRAGMA quick_check(1)");
  if (found !== "ok") throw new Damage(String(found));
}

/** A file that has had all migrations is not written. */
function migrate(database: DatabaseSync, version: number): void {
  for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
  if (version < MIGRATIONS.length) {
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
  }
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const missing = TABLES.find((table) => !tables.some(({ name }) => name === table));
  if (missing !== undefined) throw new Damage(`table ${missing} is missing`);
}

function writeAll({ tables }: Parts, changes: Changes): void {
  for (const [name, ofOwner] of Object.entries(changes)) {
    if (ofOwner !== undefined) tables[name as OwnerName].write(ofOwner as never);
  }
}

/** Some errors have ended the transaction already, and ROLLBACK then says that there is none. */
export function undo(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {}
}
