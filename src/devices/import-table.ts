import { cleanText } from "../bytes/text";
import { type Problem, shown, TrackerError } from "../errors";
import { inSlices } from "../slices";
import { FIELD_NAMES } from "./fields";
import type { Tools } from "./tools";

/** What stands in a line, as it was given. */
export interface Given {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly problem?: Problem;
}

/** The lines of a table, and the columns that nothing takes. */
export interface Table {
  readonly given: readonly Given[];
  readonly ignored: readonly string[];
}

/** Which field a column of another name goes to; empty to leave it out. */
export type Columns = Readonly<Record<string, string>>;

/** How columns are called elsewhere, without case and what is between the words. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  imei: ["imeinumber", "imeino", "imeinr", "imeinummer", "deviceimei"],
  name: ["devicename", "vehiclename", "bezeichnung", "gerätename", "fahrzeugname"],
  plate: ["licenseplate", "licenceplate", "numberplate", "registration", "kennzeichen"],
  vin: ["fin", "chassisnumber", "fahrgestellnummer"],
  group: ["gruppe"],
  tags: ["tag", "schlagworte", "stichworte"],
  notes: ["note", "remarks", "notiz", "notizen", "bemerkung", "bemerkungen"],
  driver: ["fahrer"],
  state: ["zustand"],
  deviceConfig: ["deviceconfig", "gerätekonfiguration"],
  password: ["passwort", "kennwort"],
};

/** Columns of a table at most: every cell is looked at. */
const MAX_COLUMNS = 100;

/** White space, marks of direction and the like, which programs put around a cell. */
const INVISIBLE = /[\s\p{Cf}]/u;

/** From both ends, step by step, so that the time stays linear. */
function withoutInvisibleEnds(cell: string): string {
  let [start, end] = [0, cell.length];
  while (start < end && INVISIBLE.test(cell[start] as string)) start++;
  while (end > start && INVISIBLE.test(cell[end - 1] as string)) end--;
  return cell.slice(start, end);
}

/**
 * Reads CSV as spreadsheets write it. Columns are found by the header, in any order; a first line `sep=;` says the
 * delimiter. Rejects with `IMPORT_FORMAT`.
 */
export async function readTable(text: string, tools: Tools, columns: Columns): Promise<Table> {
  const clean = cleanText(text);
  const [separatorLine = "", separator] = /^\s*"?sep=([,;|\t])"?[ \t]*(?:\r\n?|\n)/i.exec(clean) ?? [];
  const plain = clean.slice(separatorLine.length).trimStart();
  const { rows, brokenRow = Number.POSITIVE_INFINITY } = tools.parseCsv(plain, separator);
  const names = withoutEmptyEnd((rows[0] ?? []).map((cell) => cleanCell(cell).replace(/\p{Cf}/gu, "")));
  const header = readHeader(names, columns);
  const given: Given[] = [];
  let line = clean.slice(0, clean.length - plain.length).split(/\r\n?|\n/).length;
  let index = -1;
  await inSlices(rows, (cells) => {
    const here = line;
    index++;
    line += cells.join("").split("\n").length;
    if (index === 0 || cells.every((cell) => cleanCell(cell) === "")) return;
    const problem = index >= brokenRow ? brokenQuotes() : checkCells(cells, header);
    const named = header.map((name, column) => [name, cleanCell(cells[column] ?? "")] as const);
    const fields = Object.fromEntries(named.filter(([name, cell]) => name !== "" && isGiven(name, cell)));
    given.push({ line: here, fields, ...(problem === undefined ? {} : { problem }) });
  });
  return { given, ignored: names.filter((name, column) => name !== "" && header[column] === "") };
}

/** What a person sees in a cell: without an apostrophe before a formula, `="…"` and invisible characters around it. */
function cleanCell(cell: string): string {
  const plain = withoutInvisibleEnds(cell);
  if (/^'[=+\-@\t\r\n'\uff0b\uff0d\uff1d\uff20]/.test(plain)) return plain.slice(1);
  const [, inner] = /^="(.*)"$/s.exec(plain) ?? [];
  return inner === undefined ? plain : inner.replaceAll('""', '"');
}

/** The field of each column; empty for one that nothing takes. */
function readHeader(names: readonly string[], columns: Columns): string[] {
  if (names.length > MAX_COLUMNS) {
    throw importFormat(`the first line names ${names.length} columns; ${MAX_COLUMNS} are the most`);
  }
  if (names.some((name) => /^[\d\s.,+e-]{10,40}$/i.test(name))) {
    throw importFormat("the first line has to name the columns, such as imei;name");
  }
  const header = names.map((name) => fieldOf(name, columns));
  const twice = header.find((name, column) => name !== "" && header.indexOf(name) < column);
  if (twice !== undefined) throw importFormat(`the first line names the column ${twice} twice`);
  if (!header.includes("imei")) {
    throw importFormat("the first line has to name the columns, one of them imei");
  }
  return header;
}

function fieldOf(name: string, columns: Columns): string {
  const chosen = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (chosen === "") return "";
  const folded = (chosen ?? name)
    .toLowerCase()
    .normalize("NFC")
    .replace(/[\s_.\-/#:()]/g, "");
  const known = FIELD_NAMES.find((field) => field === folded || SYNONYMS[field]?.includes(folded));
  if (known !== undefined || chosen === undefined) return known ?? "";
  const message = `there is no field ${shown(chosen)}; there are ${FIELD_NAMES.join(", ")}`;
  throw new TrackerError({ code: "FIELD_UNKNOWN", path: "columns", message });
}

/** Spreadsheets add empty cells at the end of a row. */
function withoutEmptyEnd(cells: readonly string[]): string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== "") + 1);
}

function checkCells(cells: readonly string[], header: readonly string[]): Problem | undefined {
  const count = cells.length < header.length ? cells.length : withoutEmptyEnd(cells).length;
  if (count === header.length || (count < header.length && cells.length >= header.length)) return undefined;
  const message = `this line has ${count} cells, but the first line names ${header.length} columns`;
  return { code: "IMPORT_FORMAT", path: "data", message };
}

function brokenQuotes(): Problem {
  const message =
    "a quotation mark is not closed, or stands in the middle of a cell; see this line or the one before";
  return { code: "IMPORT_FORMAT", path: "data", message };
}

/** An empty cell empties a field, but there is no empty state and no empty password. */
function isGiven(name: string, cell: string): boolean {
  return cell !== "" || (name !== "state" && name !== "password");
}

export function importFormat(message: string): TrackerError {
  return new TrackerError({ code: "IMPORT_FORMAT", path: "data", message });
}
