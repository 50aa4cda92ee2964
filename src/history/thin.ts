import { identityOfValues } from "../model/identity";
import type { Scalar } from "../model/message";
import { recordKindOf } from "./identity";
import { pointsOf } from "./summary";
import { ABSENT, type Column, NUMBER, RecordTable, TEXT, THINNED } from "./table";

/** Of a standing vehicle, a record stays at least every so many milliseconds. */
const EVERY_MS = 3_600_000;
/** Degrees, about 50 m: further apart, it has moved. */
const STANDING_DEGREES = 0.0005;
const STANDING_KMH = 3;
/** Numbers that change by more than this share of themselves tell something. */
const SHARE = 0.05;
/** What varies while nothing happens. */
const RESTLESS: ReadonlySet<string> = new Set(["course", "altitude", "hdop", "satellites"]);

/** Hex digits of a digest that are kept: 36 bits, which with the 16 of a key make 52. */
const MARK_DIGITS = 9;

/**
 * The same rows, in order, where the repeats of a standing vehicle have nothing but time, key and a digest of their values
 * left: by these a record that comes again is still known. Undefined where there are none. Events, the first and the last record of a
 * stop, and records in which something changes stay.
 */
export function thinned(table: RecordTable): RecordTable | undefined {
  const repeats = repeatsOf(table);
  if (!repeats.includes(true)) return undefined;
  const rows = Array.from({ length: table.length }, (_, row) => row);
  const copy = new RecordTable(table.length);
  copy.copyRows(
    table,
    rows.filter((row) => !repeats[row]),
  );
  for (const row of rows) {
    if (repeats[row]) {
      copy.put(
        copy.addRow(table.times[row] as number, table.keys[row] as number),
        THINNED,
        valuesMark(table, row),
      );
    }
  }
  return copy;
}

/** What is left of the values of a row that is thinned out: a digest of 36 bits. */
export function valuesMark(table: RecordTable, row: number): number {
  const values = [...table.columns].flatMap(([name, column]): [string, Scalar][] => {
    const cell = table.cell(column, row);
    return cell === undefined ? [] : [[name, cell]];
  });
  const digest = identityOfValues({ imei: null, kind: "telemetry" }, values);
  return Number.parseInt(digest.slice(0, MARK_DIGITS), 16);
}

function repeatsOf(table: RecordTable): boolean[] {
  const ghosts = table.columns.get(THINNED);
  const columns = [...table.columns].filter(([name]) => !RESTLESS.has(name) && name !== THINNED);
  const repeats = new Array<boolean>(table.length).fill(false);
  let kept: number | undefined;
  for (let row = 0; row < table.length; row++) {
    if ((ghosts?.tags[row] ?? ABSENT) !== ABSENT || recordKindOf(table.keys[row] as number) === "event")
      continue;
    const isRepeat =
      kept !== undefined &&
      (table.times[row] as number) - (table.times[kept] as number) < EVERY_MS &&
      isStanding(table, row) &&
      columns.every(([name, column]) => tellsNothing(name, column, kept as number, row));
    if (isRepeat) repeats[row] = true;
    else {
      kept = row;
      // The last one before it ends the stop.
      if (row > 0) repeats[row - 1] = false;
    }
  }
  repeats[table.length - 1] = false;
  return repeats;
}

/** Without a position nobody can say. */
function isStanding(table: RecordTable, row: number): boolean {
  const speed = table.columns.get("speed");
  const isSlow = speed?.tags[row] !== NUMBER || (speed.values[row] as number) < STANDING_KMH;
  return isSlow && pointsOf(table, [row]).times.length === 1;
}

function tellsNothing(name: string, { tags, values }: Column, before: number, row: number): boolean {
  const tag = tags[row];
  if (tag !== tags[before]) return false;
  if (tag === ABSENT || (tag !== NUMBER && tag !== TEXT)) return true;
  const difference = Math.abs((values[row] as number) - (values[before] as number));
  if (tag === TEXT) return difference === 0;
  if (name === "latitude" || name === "longitude") return difference < STANDING_DEGREES;
  return name === "speed" || difference <= SHARE * Math.abs(values[before] as number);
}
