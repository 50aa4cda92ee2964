import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { preProcessFile } from "typescript";

/** What each file of code imports: paths of our own files as they stand in the folder, others by their name. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Reads all TypeScript files below folders. Throws where there is none: a test of nothing finds no fault. */
export function importsBelow(...folders: readonly string[]): Imports {
  const files = new Set(folders.flatMap((folder) => globSync(`${folder}/**/*.ts`)));
  if (files.size === 0) throw new Error(`there is no code below ${folders.join(", ")}`);
  const own = (file: string, target: string): string => {
    if (!target.startsWith(".")) return target;
    const path = normalize(join(dirname(file), target));
    return [`${path}.ts`, join(path, "index.ts")].find((one) => files.has(one)) ?? path;
  };
  return new Map(
    [...files].map((file) => [
      file,
      preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles.map(({ fileName }) =>
        own(file, fileName),
      ),
    ]),
  );
}

/** The shortest of the circles that imports make; empty where there is none. */
export function circle(imports: Imports): string[] {
  const circles = [...imports.keys()]
    .map((start) => wayBack(imports, start))
    .filter(({ length }) => length > 0);
  return circles.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

/** The shortest way from a file back to itself, without the return; empty where there is none. */
function wayBack(imports: Imports, start: string): string[] {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const target of imports.get(way.at(-1) ?? "") ?? []) {
      if (target === start) return way;
      if (seen.has(target)) continue;
      seen.add(target);
      ways.push([...way, target]);
    }
  }
  return [];
}
