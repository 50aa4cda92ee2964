import type { GeoBox } from "../model/earth";

/** Cells of a level are a quarter as wide as those of the level before; the first has the whole earth as one. */
const LEVELS = 11;
const NARROWER = 4;
const WORLD = 360;

interface Stored<T> {
  readonly item: T;
  readonly box: GeoBox;
  /** Number of the search that has found it last. */
  foundIn: number;
}

/** Cells whose items are about as large as they are. */
interface Level<T> {
  /** Cells round the earth. */
  readonly round: number;
  readonly cells: Map<number, Stored<T>[]>;
  readonly all: Stored<T>[];
}

/**
 * Finds boxes by place. Each lies in a level whose cells are as large as it, so that it is in four of them at most,
 * and cells count round the earth, so that the date line is no border.
 */
export class BoxGrid<T> {
  private readonly levels = new Map<number, Level<T>>();
  private searches = 0;

  add(item: T, box: GeoBox): void {
    const size = Math.max(box.north - box.south, box.east - box.west, WORLD / NARROWER ** (LEVELS - 1));
    const round = NARROWER ** Math.max(0, Math.floor(Math.log2(WORLD / size) / Math.log2(NARROWER)));
    const level = this.levels.get(round) ?? { round, cells: new Map<number, Stored<T>[]>(), all: [] };
    this.levels.set(round, level);
    const stored = { item, box, foundIn: 0 };
    level.all.push(stored);
    eachCell(box, level.round, (cell) => {
      const inCell = level.cells.get(cell);
      if (inCell === undefined) level.cells.set(cell, [stored]);
      else inCell.push(stored);
    });
  }

  /** All whose box has something of this one, each once, in no order. */
  search(box: GeoBox): T[] {
    const found: T[] = [];
    const search = ++this.searches;
    const pick = (some: readonly Stored<T>[] | undefined) => {
      for (const stored of some ?? []) {
        if (stored.foundIn === search || !doOverlap(box, stored.box)) continue;
        stored.foundIn = search;
        found.push(stored.item);
      }
    };
    for (const { round, cells, all } of this.levels.values()) {
      if (cellCount(box, round) > all.length) pick(all);
      else eachCell(box, round, (cell) => pick(cells.get(cell)));
    }
    return found;
  }
}

const columnOf = (longitude: number, round: number) => Math.floor(((longitude + 180) / WORLD) * round);
const rowOf = (latitude: number, round: number) => Math.floor(((latitude + 90) / WORLD) * round);

function columnsOf({ west, east }: GeoBox, round: number): number {
  return Math.min(round, columnOf(east, round) - columnOf(west, round) + 1);
}

function cellCount(box: GeoBox, round: number): number {
  return columnsOf(box, round) * (rowOf(box.north, round) - rowOf(box.south, round) + 1);
}

function eachCell(box: GeoBox, round: number, take: (cell: number) => void): void {
  const first = columnOf(box.west, round);
  const columns = columnsOf(box, round);
  const last = rowOf(box.north, round);
  for (let row = rowOf(box.south, round); row <= last; row++) {
    for (let column = first; column < first + columns; column++)
      take((row + 1) * round + (((column % round) + round) % round));
  }
}

/** One of them may go on beyond the date line, where the other has begun again. */
function doOverlap(a: GeoBox, b: GeoBox): boolean {
  if (a.south > b.north || b.south > a.north) return false;
  return (
    (a.west <= b.east && b.west <= a.east) ||
    (a.west + WORLD <= b.east && b.west <= a.east + WORLD) ||
    (a.west - WORLD <= b.east && b.west <= a.east - WORLD)
  );
}
