import { closeSync, copyFileSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { TrackerError } from "../../errors";
import { Damage } from "./problems";

/** Copies kept beside a registry's file, one a day. */
export const MAX_COPIES = 3;

/** The last good copies of a registry's file, which lie beside it. Blocks: for a worker only. */
export class Copies {
  private readonly folder: string;
  private readonly name: string;

  constructor(path: string) {
    this.folder = dirname(path);
    this.name = basename(path);
  }

  /** Copies what is open as the copy of this day; it takes the name only once it is whole, sound and on the disk. */
  take(database: DatabaseSync): void {
    const copy = join(this.folder, `${this.name}.copy-${new Date().toISOString().slice(0, 10)}`);
    const unfinished = join(this.folder, `${this.name}.copying`);
    rmSync(unfinished, { force: true });
    try {
      database.prepare("VACUUM INTO ?").run(unfinished);
      readCopy(unfinished, checkWhole);
      sync(unfinished);
      renameSync(unfinished, copy);
    } finally {
      rmSync(unfinished, { force: true });
    }
    for (const old of this.named(".copy-").sort().slice(0, -MAX_COPIES)) rmSync(join(this.folder, old));
  }

  /**
   * Puts the newest copy beside a file that was put aside, where the copies of later days do not take its place.
   * Returns its name; undefined where there is no copy.
   */
  keepFor(setAside: string): string | undefined {
    const newest = this.named(".copy-").sort().at(-1);
    if (newest === undefined) return undefined;
    renameSync(join(this.folder, newest), `${setAside}.copy`);
    return basename(`${setAside}.copy`);
  }

  /** Reads the copy of this name, or the one that was kept last. Throws `COPY_UNKNOWN`. */
  read<T>(wanted: string | undefined, work: (database: DatabaseSync) => T): { name: string; value: T } {
    const [kept, daily] = [this.kept(), this.named(".copy-")];
    const name = wanted ?? kept.sort().at(-1) ?? daily.sort().at(-1);
    const known = [...kept, ...daily];
    if (name === undefined || !known.includes(name)) {
      const message = known.length === 0 ? "there is no copy" : `there are the copies ${known.join(", ")}`;
      throw new TrackerError({ code: "COPY_UNKNOWN", path: "copy", message });
    }
    try {
      return { name, value: readCopy(join(this.folder, name), work) };
    } catch (error) {
      // The registry's own file is none the worse for it.
      const said = error instanceof Error ? error.message : String(error);
      const message = `the copy ${name} cannot be read: ${said}`;
      throw new TrackerError({ code: "COPY_DAMAGED", path: "copy", message });
    }
  }

  /** Changes every copy; one that cannot be changed stays as it is, and is judged when it is read. */
  renew(work: (database: DatabaseSync) => void): void {
    const unfinished = join(this.folder, `${this.name}.copying`);
    for (const name of [...this.kept(), ...this.named(".copy-")]) {
      const copy = join(this.folder, name);
      try {
        copyFileSync(copy, unfinished);
        changeCopy(unfinished, work);
        sync(unfinished);
        renameSync(unfinished, copy);
      } catch {
      } finally {
        rmSync(unfinished, { force: true });
      }
    }
  }

  private kept(): string[] {
    return this.named(".damaged-").filter((name) => name.endsWith(".copy"));
  }

  private named(middle: string): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith(this.name + middle));
  }
}

/** Reads a file that nobody writes; no log is made beside it. */
function readCopy<T>(path: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(`${pathToFileURL(path)}?immutable=1`, { readOnly: true });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function changeCopy(path: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA secure_delete = ON; PRAGMA journal_mode = DELETE; BEGIN");
    work(database);
    database.exec("COMMIT; VACUUM");
    checkWhole(database);
  } finally {
    database.close();
  }
}

function checkWhole(database: DatabaseSync): void {
  const found = Object.values(database.prepare("PRAGMA integrity_check(1)").get() ?? {})[0];
  if (found !== "ok") throw new Damage(String(found));
}

function sync(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
