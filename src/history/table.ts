/** What a cell is; numbers and texts have a value beside it. */
export const ABSENT = 0;
export const NUMBER = 1;
export const FALSE = 2;
export const TRUE = 3;
export const NULL = 4;
export const TEXT = 5;

/** The column of a row that was thinned out, of which only time, key and a digest are left; see thin.ts. */
export const THINNED = "thinned";

export type Cell = number | string | boolean | null | undefined;

/** A value of each row: what it is, and the number, or the number of the text in {@link RecordTable.texts}. */
export interface Column {
  tags: Uint8Array;
  values: Float64Array;
}

/** A table as it goes from a thread to another one. */
export interface PlainTable {
  readonly length: number;
  readonly times: Float64Array;
  readonly keys: Float64Array;
  readonly columns: readonly (readonly [name: string, tags: Uint8Array, values: Float64Array])[];
  readonly texts: readonly string[];
}

/** Records of one device as columns, in any order. */
export class RecordTable {
  length = 0;
  /** Epoch milliseconds. */
  times: Float64Array;
  /** What tells records of one time apart; see identity.ts. */
  keys: Float64Array;
  readonly columns = new Map<string, Column>();
  readonly texts: string[] = [];
  private readonly textNumbers = new Map<string, number>();
  private capacity: number;

  constructor(capacity = 16) {
    this.capacity = Math.max(1, capacity);
    this.times = new Float64Array(this.capacity);
    this.keys = new Float64Array(this.capacity);
  }

  column(name: string): Column {
    let column = this.columns.get(name);
    if (column === undefined) {
      column = { tags: new Uint8Array(this.capacity), values: new Float64Array(this.capacity) };
      this.columns.set(name, column);
    }
    return column;
  }

  /** The number of a text. */
  textNumber(text: string): number {
    let number = this.textNumbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.textNumbers.set(text, number);
    }
    return number;
  }

  /** Returns the number of the new row, of which every cell is absent. */
  addRow(time: number, key: number): number {
    if (this.length === this.capacity) this.grow();
    this.times[this.length] = time;
    this.keys[this.length] = key;
    return this.length++;
  }

  put(row: number, name: string, cell: Cell): void {
    if (cell === undefined) return;
    const column = this.column(name);
    column.tags[row] = tagOf(cell);
    if (typeof cell === "number") column.values[row] = cell;
    else if (typeof cell === "string") column.values[row] = this.textNumber(cell);
  }

  cell(column: Column, row: number): Cell {
    switch (column.tags[row]) {
      case NUMBER:
        return column.values[row];
      case TEXT:
        return this.texts[column.values[row] as number];
      case FALSE:
        return false;
      case TRUE:
        return true;
      case NULL:
        return null;
      default:
        return undefined;
    }
  }

  /** Adds rows of another table, all of them where none are named. */
  copyRows(from: RecordTable, rows?: readonly number[]): void {
    const start = this.length;
    const count = rows?.length ?? from.length;
    for (let at = 0; at < count; at++) {
      const row = rows === undefined ? at : (rows[at] as number);
      this.addRow(from.times[row] as number, from.keys[row] as number);
    }
    for (const [name, column] of from.columns) this.copyCells(from, column, this.column(name), start, rows);
  }

  private copyCells(
    from: RecordTable,
    source: Column,
    target: Column,
    start: number,
    rows?: readonly number[],
  ): void {
    for (let to = start; to < this.length; to++) {
      const row = rows === undefined ? to - start : (rows[to - start] as number);
      const tag = source.tags[row] as number;
      const value = source.values[row] as number;
      target.tags[to] = tag;
      target.values[to] = tag === TEXT ? this.textNumber(from.texts[value] as string) : value;
    }
  }

  private grow(): void {
    this.capacity *= 2;
    this.times = longer(this.times, this.capacity);
    this.keys = longer(this.keys, this.capacity);
    for (const column of this.columns.values()) {
      column.values = longer(column.values, this.capacity);
      const tags = new Uint8Array(this.capacity);
      tags.set(column.tags);
      column.tags = tags;
    }
  }
}

function longer(values: Float64Array, length: number): Float64Array {
  const grown = new Float64Array(length);
  grown.set(values);
  return grown;
}

function tagOf(cell: number | string | boolean | null): number {
  if (typeof cell === "number") return NUMBER;
  if (typeof cell === "string") return TEXT;
  if (cell === null) return NULL;
  return cell ? TRUE : FALSE;
}

/** The rows in the order of their records, without those that are there twice, of which the first row counts. */
export function inOrder(table: RecordTable): number[] {
  const { length } = table;
  const rows = Array.from({ length }, (_, row) => row);
  let isSorted = true;
  for (let row = 1; isSorted && row < length; row++) isSorted = compareRecords(table, row - 1, row) < 0;
  if (isSorted) return rows;
  rows.sort((a, b) => compareRecords(table, a, b) || a - b);
  return rows.filter((row, at) => at === 0 || compareRecords(table, rows[at - 1] as number, row) !== 0);
}

/** The rows by the text in a column, then by time. */
export function inOrderOf(table: RecordTable, name: string): number[] {
  const of = table.column(name).values;
  return Array.from({ length: table.length }, (_, row) => row).sort(
    (a, b) => (of[a] as number) - (of[b] as number) || compareRecords(table, a, b),
  );
}

/** Below 0 where the record of row `a` comes first; 0 where both are the same record. */
function compareRecords({ times, keys }: RecordTable, a: number, b: number): number {
  return (times[a] as number) - (times[b] as number) || (keys[a] as number) - (keys[b] as number);
}

/** Whether a row has the same cells as one of another table. */
export function hasSameCells(table: RecordTable, row: number, other: RecordTable, otherRow: number): boolean {
  return hasCellsOf(table, row, other, otherRow) && hasCellsOf(other, otherRow, table, row);
}

function hasCellsOf(table: RecordTable, row: number, other: RecordTable, otherRow: number): boolean {
  for (const [name, column] of other.columns) {
    const cell = other.cell(column, otherRow);
    if (cell === undefined) continue;
    const own = table.columns.get(name);
    if (own === undefined || table.cell(own, row) !== cell) return false;
  }
  return true;
}

/** The row of a record in a table whose rows are in order; -1 where it has none. */
export function findRow(table: RecordTable, time: number, key: number): number {
  let low = firstFrom(table, time);
  for (; low < table.length && table.times[low] === time; low++) if (table.keys[low] === key) return low;
  return -1;
}

/** The first row, of rows in order, whose time is `time` or later. */
export function firstFrom({ times, length }: RecordTable, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A table as it goes to another thread; of its columns those of these names. */
export function plainOf(table: RecordTable, names?: readonly string[]): PlainTable {
  const wanted = names === undefined ? [...table.columns.keys()] : names;
  const columns = wanted.flatMap((name) => {
    const column = table.columns.get(name);
    return column === undefined ? [] : [[name, column.tags, column.values] as const];
  });
  return { length: table.length, times: table.times, keys: table.keys, columns, texts: table.texts };
}

export function tableOf({ length, times, keys, columns, texts }: PlainTable): RecordTable {
  const table = new RecordTable(0);
  table.length = length;
  table.times = times;
  table.keys = keys;
  table.texts.push(...texts);
  for (const [name, tags, values] of columns) table.columns.set(name, { tags, values });
  return table;
}
