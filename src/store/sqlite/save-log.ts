import type { DatabaseSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Changes } from "../../fleet/store";
import { CommitLog } from "../log/commit-log";
import { DedupeTable } from "./dedupe";
import { DeviceTables } from "./devices";
import { StateTable } from "./state";
import { TripsTable } from "./trips";

/** The kind of its frames. */
const SAVED = 2;
/** Of more devices, rows in the database cost no more. */
const MOST_DEVICES = 500;
/** What is saved is put into the database before the log is longer. */
const MOST_BYTES = 512 * 1024;

/**
 * What a save brings again and again. To write any of it twice changes nothing: it is in the log and in the database, where
 * a kill comes between the two.
 */
const TABLES = {
  devices: DeviceTables,
  state: StateTable,
  dedupe: DedupeTable,
  trips: TripsTable,
} as const;
type LoggedName = keyof typeof TABLES;

const isLogged = (name: string): name is LoggedName => Object.hasOwn(TABLES, name);

/** Whether changes are those of a save alone, and few. */
function isSmallSave({ devices, inbox: _, state, ...others }: Changes): boolean {
  if (devices?.devices?.size || (state?.size ?? 0) > MOST_DEVICES) return false;
  return Object.entries(others).every(([name, changes]) => changes === undefined || isLogged(name));
}

/**
 * Saves of a small fleet that are on the disk, but in no committed transaction yet, in a commit log beside the registry's
 * file: a few blocks of the disk for each, where rows in the database take some dozens. Blocks: for a worker only.
 */
export class SaveLog {
  private log: CommitLog | undefined;
  private saves: Uint8Array[] = [];
  private bytes = 0;

  constructor(private readonly path: string) {}

  /**
   * Writes what was saved before a kill into the database, in the caller's transaction and before any migration: it is as
   * the version that wrote the database has it. Returns whether all of it could be read.
   */
  replay(database: DatabaseSync): boolean {
    if (!CommitLog.exists(this.path)) return true;
    this.log = this.open();
    let areRead = this.log.damaged === 0;
    for (const save of this.saves) {
      try {
        for (const [name, changes] of Object.entries(decode(save)))
          if (isLogged(name)) new TABLES[name](database).write(changes as never);
      } catch {
        areRead = false;
      }
    }
    return areRead;
  }

  /** Deletes what is left of a database that is gone. */
  discard(): void {
    if (CommitLog.exists(this.path)) this.log = this.open();
    this.remove();
  }

  /** A save as the log has it, without what goes from the inbox; undefined where it has to go into the database. */
  encode(changes: Changes): Uint8Array | undefined {
    if (!isSmallSave(changes) || this.log?.isInPlace === false) return undefined;
    const logged = Object.entries(changes).filter(([name]) => isLogged(name));
    const save = deflateRawSync(serialize(Object.fromEntries(logged)));
    return this.bytes + save.length > MOST_BYTES ? undefined : save;
  }

  /** Returns when it is on the disk. */
  add(save: Uint8Array): void {
    this.log ??= this.open();
    this.log.append([{ kind: SAVED, data: save }]);
    this.take(save);
  }

  /** All saves that are in no committed transaction, oldest first. */
  *all(): Generator<Changes> {
    for (const save of this.saves) yield decode(save);
  }

  /** All that was added is in the database now. */
  clear(): void {
    const { log, saves } = this;
    if (log === undefined) return;
    this.saves = [];
    this.bytes = 0;
    if (!log.isInPlace) this.close();
    else if (saves.length > 0) {
      log.turn();
      log.giveUp(false);
    }
  }

  /** The same; deletes its files. */
  remove(): void {
    this.log?.remove();
    this.log = undefined;
    this.close();
  }

  close(): void {
    this.log?.close();
    this.log = undefined;
    this.saves = [];
    this.bytes = 0;
  }

  private open(): CommitLog {
    return new CommitLog(this.path, ({ data }) => this.take(data));
  }

  private take(save: Uint8Array): void {
    this.saves.push(save);
    this.bytes += save.length;
  }
}

function decode(save: Uint8Array): Changes {
  return deserialize(inflateRawSync(save)) as Changes;
}
