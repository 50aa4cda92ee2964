import { BytesIn, BytesOut, damaged } from "./bytes";
import { readIntegers, writeIntegers } from "./integers";
import { readNumbers, writeNumbers } from "./numbers";
import { ABSENT, type Column, NUMBER, RecordTable, TEXT, THINNED } from "./table";

/** Columns that a map needs; they are written apart, so that a track is read without the rest. */
export const TRACK_COLUMNS: readonly string[] = [
  "valid",
  "latitude",
  "longitude",
  "speed",
  "course",
  THINNED,
];
const isCoordinate = (name: string): boolean => name === "latitude" || name === "longitude";
const inTrack: ReadonlySet<string> = new Set(TRACK_COLUMNS);

/** Rows of one device as bytes, not compressed yet. */
export interface Encoded {
  /** Times, and {@link TRACK_COLUMNS}. */
  readonly track: Uint8Array;
  /** All other columns. */
  readonly values: Uint8Array;
  /** Keys, which hardly compress. */
  readonly keys: Uint8Array;
}

/** What of a table is read: everything where a part is there, or of its columns those that are wanted. */
export interface Wanted {
  readonly values?: Uint8Array;
  readonly keys?: Uint8Array;
  readonly columns?: readonly string[] | undefined;
}

/** How the values of a column are written. */
const NUMBERS = 0;
const TEXTS = 1;
const MIXED = 2;

/** Writes rows in this order, at least one. */
export function encode(table: RecordTable, rows: readonly number[]): Encoded {
  const track = new BytesOut();
  const values = new BytesOut();
  writeTimes(
    track,
    Float64Array.from(rows, (row) => table.times[row] as number),
  );
  for (const [name, column] of table.columns) {
    if (!rows.some((row) => column.tags[row] !== ABSENT)) continue;
    const out = inTrack.has(name) ? track : values;
    out.text(name);
    out.section((section) => writeColumn(section, name, table, column, rows));
  }
  const keys = new BytesOut();
  writeKeys(
    keys,
    Float64Array.from(rows, (row) => table.keys[row] as number),
  );
  return { track: track.taken(), values: values.taken(), keys: keys.taken() };
}

/** Reads so many rows. Throws `HISTORY_DAMAGED`. */
export function decode(count: number, track: Uint8Array, wanted: Wanted = {}): RecordTable {
  const table = new RecordTable(count);
  table.length = count;
  const from = new BytesIn(track);
  readTimes(from, table.times);
  readColumns(from, table, wanted.columns);
  if (wanted.values !== undefined) readColumns(new BytesIn(wanted.values), table, wanted.columns);
  if (wanted.keys !== undefined) readKeys(new BytesIn(wanted.keys), table.keys);
  return table;
}

/** Devices tell seconds, but not all do. */
function writeTimes(out: BytesOut, times: Float64Array): void {
  const unit = times.every((time) => time % 1000 === 0) ? 1000 : 1;
  out.u8(unit === 1000 ? 1 : 0);
  writeIntegers(
    out,
    times.map((time) => time / unit),
    times.length,
  );
}

function readTimes(from: BytesIn, times: Float64Array): void {
  const unit = from.u8() === 1 ? 1000 : 1;
  readIntegers(from, times.length, times);
  for (let row = 0; row < times.length; row++) times[row] = (times[row] as number) * unit;
}

/** Which rows are of the longer keys, then 2 bytes of all, then what is left of the longer ones. */
function writeKeys(out: BytesOut, keys: Float64Array): void {
  const highs = keys.map((key) => Math.floor(key / 65536));
  const isLong = highs.map((high) => (high > 0 ? 1 : 0));
  writeIntegers(out, isLong, keys.length);
  for (const key of keys) out.u8(key % 256);
  for (const key of keys) out.u8(Math.floor(key / 256) % 256);
  for (const high of highs) if (high > 0) out.unsigned(high);
}

function readKeys(from: BytesIn, keys: Float64Array): void {
  const isLong = new Float64Array(keys.length);
  readIntegers(from, keys.length, isLong);
  const low = from.raw(keys.length);
  const high = from.raw(keys.length);
  for (let row = 0; row < keys.length; row++) {
    keys[row] = (low[row] as number) + (high[row] as number) * 256;
    if (isLong[row] === 1) keys[row] = (keys[row] as number) + from.unsigned() * 65536;
  }
}

function writeColumn(
  out: BytesOut,
  name: string,
  table: RecordTable,
  column: Column,
  rows: readonly number[],
): void {
  const tags = Float64Array.from(rows, (row) => column.tags[row] as number);
  writeIntegers(out, tags, rows.length);
  const withValue = rows.filter((row) => hasValue(column.tags[row]));
  if (withValue.length === 0) return;
  const values = Float64Array.from(withValue, (row) => column.values[row] as number);
  const texts = withValue.filter((row) => column.tags[row] === TEXT).length;
  if (texts === 0) {
    out.u8(NUMBERS);
    writeNumbers(out, values, values.length, isCoordinate(name));
  } else if (texts === withValue.length) writeTexts(out, table.texts, values);
  else {
    // A name that now is a number and now a text; rare.
    out.u8(MIXED);
    out.text(JSON.stringify(withValue.map((row) => table.cell(column, row))));
  }
}

const hasValue = (tag: number | undefined): boolean => tag === NUMBER || tag === TEXT;

/** The different texts in the order in which they come, and of each row which one. */
function writeTexts(out: BytesOut, texts: readonly string[], values: Float64Array): void {
  const numbers = new Map<number, number>();
  const places = values.map((value) => {
    const place = numbers.get(value) ?? numbers.size;
    numbers.set(value, place);
    return place;
  });
  out.u8(TEXTS);
  out.unsigned(numbers.size);
  for (const number of numbers.keys()) out.text(texts[number] as string);
  writeIntegers(out, places, places.length);
}

function readColumns(from: BytesIn, table: RecordTable, wanted: readonly string[] | undefined): void {
  while (!from.done) {
    const name = from.text();
    const length = from.unsigned();
    const end = from.at + length;
    if (wanted === undefined || wanted.includes(name)) readColumn(from, table, table.column(name));
    from.at = end;
  }
}

function readColumn(from: BytesIn, table: RecordTable, column: Column): void {
  const count = table.length;
  const tags = new Float64Array(count);
  readIntegers(from, count, tags);
  let valueCount = 0;
  for (let row = 0; row < count; row++) {
    const tag = tags[row] as number;
    column.tags[row] = tag;
    if (tag === NUMBER || tag === TEXT) valueCount++;
  }
  if (valueCount === 0) return;
  const values = valueCount === count ? column.values : new Float64Array(valueCount);
  readValues(from, table, values, valueCount);
  if (values === column.values) return;
  for (let row = 0, at = 0; row < count; row++) {
    if (hasValue(column.tags[row])) column.values[row] = values[at++] as number;
  }
}

function readValues(from: BytesIn, table: RecordTable, values: Float64Array, count: number): void {
  const how = from.u8();
  if (how === NUMBERS) readNumbers(from, count, values);
  else if (how === TEXTS) {
    const numbers: number[] = [];
    for (let left = from.unsigned(); left > 0; left--) numbers.push(table.textNumber(from.text()));
    readIntegers(from, count, values);
    for (let at = 0; at < count; at++) values[at] = numbers[values[at] as number] as number;
  } else if (how === MIXED) {
    const cells: (number | string)[] = JSON.parse(from.text());
    cells.forEach((cell, at) => {
      values[at] = typeof cell === "string" ? table.textNumber(cell) : cell;
    });
  } else throw damaged(`there is no way ${how} to write values`);
}
