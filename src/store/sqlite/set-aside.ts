import { existsSync, renameSync } from "node:fs";

/** The files of a database, itself last: until it is gone nothing of it is taken for a part of a new one. */
const PARTS = ["-wal", "-journal", "-shm", "-saves-log0", "-saves-log1", ""];

/** Renames a database with all its files and says what it is called now. */
export function setAside(path: string): string {
  const name = `${path}.damaged-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}`;
  let free = name;
  for (let n = 2; PARTS.some((part) => existsSync(free + part)); n++) free = `${name}-${n}`;
  for (const part of PARTS) if (existsSync(path + part)) renameSync(path + part, free + part);
  return free;
}
