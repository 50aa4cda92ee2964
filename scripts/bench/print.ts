// The lines of the bench as a person reads them: in the terminal, and in docs/performance.md.
import { arch, cpus, type } from "node:os";
import { type Line, median, spread } from "./frame";
import { type AreaName, ROWS, type Row, rowsOf } from "./rows";

/** Three digits that count, with commas between thousands. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : Math.min(4, 2 - Math.floor(Math.log10(size)));
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const withUnit = (text: string, unit: Row["unit"]): string =>
  unit === "×" ? `× ${text}` : `${text}${unit === "%" || unit === "/s" ? "" : " "}${unit}`;

export function barOf({ atLeast, atMost, unit }: Row): string {
  if (atLeast !== undefined) return `≥ ${withUnit(String(atLeast), unit)}`;
  return atMost === undefined ? "–" : `≤ ${withUnit(String(atMost), unit)}`;
}

export function measuredOf({ outcome, row }: Line): string {
  if (typeof outcome === "string") return outcome;
  const around = spread(outcome);
  return withUnit(`${figure(median(outcome))}${around > 0 ? ` ± ${figure(around)}` : ""}`, row.unit);
}

/** Lines for the terminal, in columns. */
export function printed(lines: readonly Line[]): string {
  return lines
    .map((line) => {
      const columns = [measuredOf(line).padStart(24), barOf(line.row).padStart(16), line.verdict.padEnd(12)];
      return `  ${columns.join("  ")}  ${line.row.what}`;
    })
    .join("\n");
}

const START = (place: string): string => `<!-- bench: ${place} -->`;
const END = (place: string): string => `<!-- end of bench: ${place} -->`;

/** The document with a text of the bench at its place, between two comments. */
export function putInto(document: string, place: string, text: (old: string) => string): string {
  const start = document.indexOf(START(place));
  const end = document.indexOf(END(place));
  if (start < 0 || end < start)
    throw new Error(`There is no place for “${place}”: ${START(place)} is missing.`);
  const from = start + START(place).length;
  return `${document.slice(0, from)}\n\n${text(document.slice(from, end))}\n\n${document.slice(end)}`;
}

const TABLE = ["| area | what | bar | measured | |", "|---|---|---|---|---|"];

const tableLine = ({ area, row, ...line }: Line): string =>
  `| ${area} | ${row.what} | ${barOf(row)} | ${measuredOf({ area, row, ...line })} | ${line.verdict} |`;

/** The table of all rows; those that were not measured now keep the line that the old table has for them. */
export function table(measured: readonly Line[], old: string): string {
  const begin = (area: string, what: string): string => `| ${area} | ${what} | `;
  const known = [...measured.map(tableLine), ...old.split("\n")];
  const lines = (Object.keys(ROWS) as AreaName[]).flatMap((area) =>
    rowsOf(area).flatMap(([, { what }]) => known.find((line) => line.startsWith(begin(area, what))) ?? []),
  );
  return [...TABLE, ...lines].join("\n");
}

export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} cores (${first?.model.trim()}), ${type()} ${arch()}, Node.js ${process.version}`;
}
