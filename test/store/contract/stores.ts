import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store, Stored } from "../../../src/fleet/store";
import { MemoryStore } from "../../../src/store/memory/store";
import { SqliteStore } from "../../../src/store/sqlite/store";

const KINDS: Readonly<Record<Store["kind"], (folder: string) => Store>> = {
  memory: () => new MemoryStore(),
  sqlite: (folder) => new SqliteStore(join(folder, "registry.db")),
};

/** A store of one test, in a folder of its own. */
export interface StoreInTest {
  readonly store: Store;
  /** What it gives back when it is closed and opened again. */
  reopened(): Promise<Stored>;
}

/** Runs the tests of one port on every kind of store. */
export function eachStore(port: string, tests: (it_: StoreInTest, kind: Store["kind"]) => void): void {
  for (const [kind, make] of Object.entries(KINDS)) {
    describe(`store: ${kind}: ${port}`, () => {
      let folder: string;
      let store: Store;
      beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "store-"));
        store = make(folder);
      });
      afterEach(async () => {
        await store.close();
        await rm(folder, { recursive: true });
      });
      const it_: StoreInTest = {
        get store() {
          return store;
        },
        reopened: async () => {
          await store.close();
          return (await store.open()).stored;
        },
      };
      tests(it_, kind as Store["kind"]);
    });
  }
}
