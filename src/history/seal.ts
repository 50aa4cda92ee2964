import type { DayChunks, Head } from "./chunks";
import { findRow, firstFrom, inOrder, RecordTable } from "./table";

/** Records of a chunk that compress well and are read at once. */
const TARGET = 1024;
/** So many small chunks of a day, and some more, become one; a large fleet writes few records of a device at a time. */
const MOST_SMALL = 3;
const SPREAD = 3;

/**
 * What is done in one go, so that nobody waits long for it: records that come, chunks that are written anew because of them,
 * chunks and gaps between chunks in which they lie, and small chunks that become one.
 */
export const MOST_AT_ONCE = 1536;
const MOST_CHANGED = 2;
const MOST_PLACES = 16;
const MOST_JOINED = 8;

/**
 * Puts a day's records, or the first ones of many, into its chunks, where they belong: a late one into the chunk that has
 * its time, one that is there already nowhere. Returns up to which row they are done; `table` is in the order of time, and
 * `rows` are those of it, in order. `group` is a number of devices that join their small chunks at the same time, and not
 * all of them do.
 */
export function sealSome(
  chunks: DayChunks,
  table: RecordTable,
  rows: readonly number[],
  group: number,
): number {
  const count = countAtOnce(chunks.heads, table, rows);
  sealRows(chunks, table, rows.slice(0, count), group);
  const next = rows[count];
  return next === undefined ? table.length : firstFrom(table, table.times[next] as number);
}

/** How many of the rows are put into chunks in one go; those of one moment are not parted. */
function countAtOnce(heads: readonly Head[], { times }: RecordTable, rows: readonly number[]): number {
  const ends = [...heads].sort((a, b) => a.start - b.start);
  let [changed, places, at] = [0, 0, 0];
  let last = Number.NaN;
  for (const [index, row] of rows.entries()) {
    const time = times[row] as number;
    while (at < ends.length && (ends[at]?.end as number) < time) at++;
    const isChange = at < ends.length && (ends[at]?.start as number) <= time;
    const place = 2 * at + (isChange ? 1 : 0);
    if (place === last) continue;
    last = place;
    if (isChange) changed++;
    places++;
    if (changed > MOST_CHANGED || places > MOST_PLACES) return index;
  }
  return rows.length;
}

function sealRows(chunks: DayChunks, table: RecordTable, rows: readonly number[], group: number): void {
  const { into, rest } = sorted(chunks.heads, table, rows);
  let left = rest;
  const lost = new Set<Head>();
  for (const [head, late] of into) {
    const old = chunks.load(head);
    if (old === undefined) {
      // What is damaged cannot be joined with anything, but stays away from what is sound.
      lost.add(head);
      const those = new Set([...left, ...late]);
      left = rows.filter((row) => those.has(row));
    } else insert(chunks, head, old, table, late);
  }
  if (left.length === 0) return;
  for (const head of lost) chunks.drop(head);
  const kept = chunks.heads.filter((head) => !lost.has(head));
  const small = smallOnes(kept, (head) => head.count < TARGET / 2 && !into.has(head));
  if (small.length < MOST_SMALL + (group % SPREAD)) {
    putBetween(chunks, kept, table, left);
    return;
  }
  const joined = new RecordTable(left.length + small.length * (TARGET / 2));
  const others = new Set(kept);
  for (const head of small) {
    const old = chunks.load(head);
    chunks.drop(head);
    others.delete(head);
    if (old !== undefined) joined.copyRows(old);
  }
  joined.copyRows(table, left);
  putBetween(chunks, [...others], joined, inOrder(joined));
}

/** The most small chunks that follow each other with no other one between. */
function smallOnes(heads: readonly Head[], isSmall: (head: Head) => boolean): Head[] {
  let most: Head[] = [];
  let run: Head[] = [];
  for (const head of heads) {
    if (!isSmall(head)) run = [];
    else if (run.push(head) > most.length) most = run;
  }
  return most.slice(0, MOST_JOINED);
}

/** Which of the rows lie in the time of a chunk. */
function sorted(
  heads: readonly Head[],
  { times }: RecordTable,
  rows: readonly number[],
): { into: Map<Head, number[]>; rest: number[] } {
  const into = new Map<Head, number[]>();
  const rest: number[] = [];
  for (const row of rows) {
    const time = times[row] as number;
    const head = heads.find(({ start, end }) => start <= time && time <= end);
    if (head === undefined) rest.push(row);
    else if (into.has(head)) into.get(head)?.push(row);
    else into.set(head, [row]);
  }
  return { into, rest };
}

/** Late records, of which those that are there already fall away. */
function insert(
  chunks: DayChunks,
  head: Head,
  old: RecordTable,
  table: RecordTable,
  late: readonly number[],
): void {
  const news = late.filter((row) => findRow(old, table.times[row] as number, table.keys[row] as number) < 0);
  if (news.length === 0) return;
  old.copyRows(table, news);
  chunks.drop(head);
  const rows = inOrder(old);
  putPieces(chunks, old, rows, 2 * TARGET);
}

/** Rows that no chunk has the time of; a run of them does not reach over a chunk. */
function putBetween(
  chunks: DayChunks,
  heads: readonly Head[],
  table: RecordTable,
  rows: readonly number[],
): void {
  const starts = heads.map(({ start }) => start).sort((a, b) => a - b);
  let passed = 0;
  let run: number[] = [];
  for (const row of rows) {
    const time = table.times[row] as number;
    if (passed < starts.length && time >= (starts[passed] as number)) {
      putPieces(chunks, table, run, 1.5 * TARGET);
      run = [];
      while (passed < starts.length && time >= (starts[passed] as number)) passed++;
    }
    run.push(row);
  }
  putPieces(chunks, table, run, 1.5 * TARGET);
}

/** In chunks of about the same length; records of one moment stay together. */
function putPieces(chunks: DayChunks, table: RecordTable, rows: readonly number[], most: number): void {
  if (rows.length === 0) return;
  const size = Math.ceil(rows.length / Math.ceil(rows.length / most));
  for (let from = 0; from < rows.length; ) {
    let to = Math.min(rows.length, from + size);
    while (to < rows.length && sameTime(table, rows[to] as number, rows[to - 1] as number)) to++;
    chunks.put(table, rows.slice(from, to));
    from = to;
  }
}

function sameTime({ times }: RecordTable, a: number, b: number): boolean {
  return times[a] === times[b];
}
