import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is there while the tests of a `describe` run; returns how to ask for its path. */
export function useFolder(name: string): () => string {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), `${name}-`));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
