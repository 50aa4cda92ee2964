import type { GeoBox } from "./earth";

/** Cells of a level are half as wide as those of the level before; the first has the whole earth as one. */
const LEVELS = 20;
const WORLD = 360;

interface Stored<T> {
  readonly item: T;
  readonly box: GeoBox;
}

/**
 * Finds boxes by place. Each lies in a level whose cells are as large as it, so that it is in four of them at most,
 * and cells count round the earth, so that the date line is no border.
 */
export class BoxGrid<T> {
  private readonly levels = new Map<number, { cells: Map<number, Stored<T>[]>; all: Stored<T>[] }>();

  add(item: T, box: GeoBox): void {
    const size = Math.max(box.north - box.south, box.east - box.west, WORLD / 2 ** (LEVELS - 1));
    const level = Math.max(0, Math.floor(Math.log2(WORLD / size)));
    const { cells, all } = this.levels.get(level) ?? { cells: new Map<number, Stored<T>[]>(), all: [] };
    this.levels.set(level, { cells, all });
    const stored = { item, box };
    all.push(stored);
    for (const cell of cellsOf(box, level)) {
      const inCell = cells.get(cell);
      if (inCell === undefined) cells.set(cell, [stored]);
      else inCell.push(stored);
    }
  }

  /** All whose box has something of this one, each once, in no order. */
  search(box: GeoBox): T[] {
    const found = new Set<T>();
    for (const [level, { cells, all }] of this.levels) {
      if (cellCount(box, level) > all.length) pick(all, box, found);
      else for (const cell of cellsOf(box, level)) pick(cells.get(cell) ?? [], box, found);
    }
    return [...found];
  }
}

function pick<T>(from: readonly Stored<T>[], box: GeoBox, found: Set<T>): void {
  for (const { item, box: other } of from) if (doOverlap(box, other)) found.add(item);
}

const columnOf = (longitude: number, level: number) => Math.floor(((longitude + 180) / WORLD) * 2 ** level);
const rowOf = (latitude: number, level: number) => Math.floor(((latitude + 90) / WORLD) * 2 ** level);

function cellCount({ south, north, west, east }: GeoBox, level: number): number {
  const columns = Math.min(2 ** level, columnOf(east, level) - columnOf(west, level) + 1);
  return columns * (rowOf(north, level) - rowOf(south, level) + 1);
}

function* cellsOf({ south, north, west, east }: GeoBox, level: number): Generator<number> {
  const round = 2 ** level;
  const [first, last] = [columnOf(west, level), columnOf(east, level)];
  const columns = Math.min(round, last - first + 1);
  for (let row = rowOf(south, level); row <= rowOf(north, level); row++) {
    for (let column = 0; column < columns; column++)
      yield (row + 1) * round + ((((first + column) % round) + round) % round);
  }
}

function doOverlap(a: GeoBox, b: GeoBox): boolean {
  if (a.south > b.north || b.south > a.north) return false;
  return [-WORLD, 0, WORLD].some((turn) => a.west + turn <= b.east && b.west <= a.east + turn);
}
