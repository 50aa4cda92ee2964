// What opening a large registry does to a process that has done nothing else.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { area } from "../frame";
import { type Opening, openingOf, writeRegistry } from "../opening";

const ROUNDS = 3;

export const AREA = area("opening", async (report) => {
  const folder = await mkdtemp(join(tmpdir(), "bench-opening-"));
  report.atEnd(() => rm(folder, { recursive: true }));
  const path = join(folder, "trackers.sqlite");
  await writeRegistry(path);
  const rounds: Opening[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await openingOf(path));
  for (const name of ["blocked", "peak", "firstMessage"] as const)
    report.add(
      name,
      rounds.map((round) => round[name]),
    );
});
