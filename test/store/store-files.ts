import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "../../src/store/sqlite/store";

/** A registry's file of one test in a folder of its own, with its store, which is not open yet. */
export interface StoreFiles {
  readonly folder: string;
  readonly path: string;
  readonly store: SqliteStore;
  /** Another store; all are closed after the test. */
  storeAt(path: string): SqliteStore;
  /** Processes that are stopped after the test. */
  readonly children: ChildProcess[];
  /** A copy of the files as a power cut would leave them. */
  cut(): string;
}

/** Makes one for each test; `logs` is how the names of the logs that are looked at end. */
export function eachStoreFiles(
  name: string,
  logs: readonly string[],
  use: (files: StoreFiles) => void,
): void {
  const stores: SqliteStore[] = [];
  const children: ChildProcess[] = [];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), `${name}-`));
    const path = join(folder, "registry.db");
    const storeAt = (at: string) => {
      const made = new SqliteStore(at);
      stores.push(made);
      return made;
    };
    let copies = 0;
    const cut = (): string => {
      const copy = join(folder, `copy${++copies}.db`);
      for (const part of ["", "-wal", ...logs])
        if (existsSync(path + part)) copyFileSync(path + part, copy + part);
      return copy;
    };
    use({ folder, path, store: storeAt(path), storeAt, children, cut });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "close");
    }
    await Promise.all(stores.splice(0).map((one) => one.close()));
    await rm(folder, { recursive: true });
  });
}
