import type { RecordBatch } from "./batch";
import { type Chunks, DAY_MS, dayOf, type Head } from "./chunks";
import { TRACK_COLUMNS } from "./codec";
import { rowsThat } from "./conditions";
import { type Hot, tableOfBatches } from "./hot";
import type { Condition, Extent, LastQuery, Page, RecordsQuery, Span, WasSeen } from "./port";
import { columnOf } from "./record";
import {
  ABSENT,
  findRow,
  hasSameCells,
  inOrder,
  type PlainTable,
  plainOf,
  RecordTable,
  THINNED,
} from "./table";
import { valuesMark } from "./thin";

/** Records of a page, about: chunks are not cut. */
const PAGE = 5000;
/** Chunks of which the times and keys are remembered, and of which all is, for a device that uploads old records. */
const REMEMBERED = 64;
const REMEMBERED_WHOLE = 8;

/** The column that says whose an asked record is; no other begins so. */
const IMEI = "imei";

/** Records of a part of a time: of a chunk and what came since, or what lies between chunks. */
interface Segment {
  readonly table: RecordTable;
  /** The records of the query's time are in `table` up to here. */
  readonly end: number;
}

/** Answers from chunks and from what is in none yet. */
export class HistoryReading {
  private readonly keys = new Map<number, RecordTable>();
  private readonly whole = new Map<number, RecordTable>();

  constructor(
    private readonly chunks: Chunks,
    /** Two while one of them is put into chunks. */
    private readonly hot: () => readonly Hot[],
  ) {}

  /** A device's records of a time in order, piece by piece; of their columns at least those that are named, if wanted keys. */
  *segments(imei: string, { from, to }: Span, columns?: readonly string[], keys = true): Generator<Segment> {
    const hot = this.hotTable(imei);
    let start = from;
    for (const head of this.chunks.headsOf(imei, from, to)) {
      if (start > to) return;
      const end = Math.min(head.end, to);
      yield { table: this.segment(head, hot, { from: start, to: end }, { columns, keys }), end };
      start = end + 1;
    }
    if (start <= to)
      yield { table: this.segment(undefined, hot, { from: start, to }, { columns, keys }), end: to };
  }

  page(query: RecordsQuery): Page {
    const { imei, to, where = [], every } = query;
    const shown = query.paths?.map(columnOf);
    const columns = shown && [...shown, ...where.map(({ path }) => columnOf(path))];
    const found = new RecordTable();
    let next = query.from;
    for (const { table, end } of this.segments(imei, query, columns)) {
      const chosen = chosenRows(table, next, where, every);
      found.copyRows(table, chosen.rows);
      next = Math.max(chosen.next, end + 1);
      if (found.length >= PAGE && next <= to) return { table: plainOf(found, shown), next };
      next = chosen.next;
    }
    return { table: plainOf(found, shown) };
  }

  last({ imei, count, paths }: LastQuery): PlainTable {
    const extent = this.extent(imei);
    const pieces: RecordTable[] = [];
    let missing = count;
    let to = extent?.last ?? 0;
    while (extent !== undefined && missing > 0 && to >= extent.first) {
      const from = this.startOfLast(imei, to, missing);
      const found = [...this.segments(imei, { from, to })].map(({ table }) => table);
      pieces.unshift(...found);
      missing -= found.reduce((sum, { length }) => sum + length, 0);
      to = from - 1;
    }
    const found = new RecordTable();
    let tooMany = Math.max(0, -missing);
    for (const piece of pieces) {
      const left = Math.min(tooMany, piece.length);
      tooMany -= left;
      found.copyRows(
        piece,
        rowsOf(piece, (_, row) => row >= left),
      );
    }
    return plainOf(found, paths?.map(columnOf));
  }

  /** From when on there are about so many records of the day that `to` is of. */
  private startOfLast(imei: string, to: number, count: number): number {
    const startOfDay = dayOf(to) * DAY_MS;
    let missing = count;
    for (const head of this.chunks.headsOf(imei, startOfDay, to).reverse()) {
      missing -= head.count;
      if (missing <= 0) return head.start;
    }
    return startOfDay;
  }

  extent(imei: string): Extent | undefined {
    const ends = this.chunks.endsOf(imei);
    let { first, last } = ends ?? { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    const { times, length } = this.hotTable(imei) ?? new RecordTable(0);
    for (let row = 0; row < length; row++) {
      first = Math.min(first, times[row] as number);
      last = Math.max(last, times[row] as number);
    }
    return first <= last ? { first, last } : undefined;
  }

  wasSeen(batch: RecordBatch, horizon: number): WasSeen[] {
    const asked = tableOfBatches([batch], IMEI);
    const imeis = asked.column(IMEI);
    asked.columns.delete(IMEI);
    return Array.from({ length: asked.length }, (_, row) => {
      if ((asked.times[row] as number) < horizon) return "expired";
      return this.isThere(String(asked.cell(imeis, row)), asked, row) ? "yes" : "no";
    });
  }

  private isThere(imei: string, asked: RecordTable, row: number): boolean {
    const time = asked.times[row] as number;
    const key = asked.keys[row] as number;
    for (const hot of this.hot()) {
      for (const table of hot.withKey(imei, time, key)) if (hasSameCells(asked, row, table, 0)) return true;
    }
    return this.chunks.headsOf(imei, time, time).some((head) => {
      const found = findRow(this.remembered(head, this.keys, REMEMBERED), time, key);
      return found >= 0 && tells(this.remembered(head, this.whole, REMEMBERED_WHOLE), found, asked, row);
    });
  }

  /** Times and keys of a chunk, or all of it. */
  private remembered(head: Head, tables: Map<number, RecordTable>, most: number): RecordTable {
    let table = tables.get(head.body);
    if (table === undefined) {
      const options = tables === this.whole ? {} : { columns: [], keys: true, values: false };
      table = this.chunks.load(head, options) ?? new RecordTable(0);
      if (tables.size >= most) tables.clear();
      tables.set(head.body, table);
    }
    return table;
  }

  /** A device's records that are in no chunk yet, as they came. */
  private hotTable(imei: string): RecordTable | undefined {
    const tables = this.hot().flatMap((hot) => hot.tableOf(imei) ?? []);
    const [first, ...others] = tables;
    for (const other of others) first?.copyRows(other);
    return first;
  }

  private segment(
    head: Head | undefined,
    hot: RecordTable | undefined,
    { from, to }: Span,
    { columns, keys }: { readonly columns: readonly string[] | undefined; readonly keys: boolean },
  ): RecordTable {
    const isWithin = ({ times }: RecordTable, row: number) =>
      (times[row] as number) >= from && (times[row] as number) <= to;
    const recent = hot === undefined ? [] : rowsOf(hot, isWithin);
    // Keys tell which of them are in the chunk already.
    const table = (head && this.load(head, columns, keys || recent.length > 0)) ?? new RecordTable();
    const isWhole = recent.length === 0 && head !== undefined && from <= head.start && head.end <= to;
    if (isWhole && !table.columns.has(THINNED)) return table;
    if (hot !== undefined) table.copyRows(hot, recent);
    const thinned = table.columns.get(THINNED)?.tags;
    const rows =
      recent.length === 0 ? rowsOf(table, isWithin) : inOrder(table).filter((row) => isWithin(table, row));
    const kept = new RecordTable(rows.length);
    kept.copyRows(
      table,
      rows.filter((row) => (thinned?.[row] ?? ABSENT) === ABSENT),
    );
    return kept;
  }

  private load(head: Head, columns: readonly string[] | undefined, keys: boolean): RecordTable | undefined {
    const values = columns === undefined || columns.some((name) => !TRACK_COLUMNS.includes(name));
    const wanted = columns && [...columns, THINNED];
    return this.chunks.load(head, { columns: wanted, values, keys });
  }
}

/** Whether a row of a chunk is the record that is asked for, where time and key are the same. */
function tells(chunk: RecordTable, found: number, asked: RecordTable, row: number): boolean {
  const thinned = chunk.columns.get(THINNED);
  if (thinned === undefined || thinned.tags[found] === ABSENT) return hasSameCells(chunk, found, asked, row);
  return chunk.cell(thinned, found) === valuesMark(asked, row);
}

/** Rows from a time on that fulfil the conditions, of each `every` milliseconds the first; and where the next may be. */
function chosenRows(
  table: RecordTable,
  from: number,
  where: readonly Condition[],
  every: number | undefined,
): { readonly rows: number[]; readonly next: number } {
  const fulfils = rowsThat(table, where);
  const rows: number[] = [];
  let next = from;
  for (let row = 0; row < table.length; row++) {
    const time = table.times[row] as number;
    if (time < next || !fulfils(row)) continue;
    rows.push(row);
    if (every !== undefined) next = (Math.floor(time / every) + 1) * every;
  }
  return { rows, next };
}

function rowsOf(table: RecordTable, isWanted: (table: RecordTable, row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) if (isWanted(table, row)) rows.push(row);
  return rows;
}
