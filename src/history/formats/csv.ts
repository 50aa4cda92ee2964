import type { HistoryRecord } from "../record";
import { isoTime, type Pages } from "./geojson";
import { type Writer, written } from "./writer";

/** Quotes cells, and guards texts, but no numbers, that a spreadsheet would run. */
export interface CsvTool {
  writeCsv(rows: readonly (readonly (string | number | boolean)[])[]): string;
}

/** Columns of every table, before those that were asked for. */
export const CSV_COLUMNS = [
  "time",
  "kind",
  "position.valid",
  "position.latitude",
  "position.longitude",
  "position.altitude",
  "position.speed",
  "position.course",
] as const;

/**
 * A line for each record, piece by piece, below a header. `paths` are those of further values (`attributes.ignition`,
 * `sensors.0x3008`, `event`), a column each; what a record does not have is an empty cell.
 */
export async function* csv(pages: Pages, paths: readonly string[], tool: CsvTool): AsyncGenerator<string> {
  yield* written("", new CsvTable(paths, tool), pages, "");
}

export class CsvTable implements Writer {
  private readonly columns: readonly string[];

  constructor(
    paths: readonly string[],
    private readonly tool: CsvTool,
  ) {
    this.columns = [...CSV_COLUMNS, ...paths];
  }

  begin(): string {
    return this.tool.writeCsv([this.columns]);
  }

  page(records: readonly HistoryRecord[]): string {
    if (records.length === 0) return "";
    return this.tool.writeCsv(records.map((record) => this.columns.map((path) => cellOf(record, path))));
  }

  end(): string {
    return "";
  }
}

function cellOf(record: HistoryRecord, path: string): string | number | boolean {
  if (path === "time") return isoTime(record.time);
  const [part = "", ...names] = path.split(".");
  const found = (record as unknown as Readonly<Record<string, unknown>>)[part];
  const value =
    names.length === 0 ? found : (found as Readonly<Record<string, unknown>> | undefined)?.[names.join(".")];
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : (value as string | number | boolean);
}
