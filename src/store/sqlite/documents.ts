import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import { type LongTable, PAGE_LENGTH, type TablePage } from "./pages";
import { WHOLE } from "./whole-documents";

export type DocumentTableName =
  | "device"
  | "state"
  | "pending"
  | "sending"
  | "fence"
  | "share"
  | "trips"
  | "alarm";

/** A table that has a JSON document for each IMEI, or for each id. */
export class Documents<T extends object> {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;
  private readonly readPage: StatementSync;

  constructor(
    database: DatabaseSync,
    private readonly table: DocumentTableName,
    keyName: "imei" | "id" = "imei",
  ) {
    this.putOne = database.prepare(
      `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (${keyName}) DO UPDATE SET data = excluded.data`,
    );
    this.removeOne = database.prepare(`DELETE FROM ${table} WHERE ${keyName} = ?`);
    this.readAll = database.prepare(`SELECT ${keyName} AS key, data FROM ${table} ORDER BY rowid`);
    this.readPage = database.prepare(
      `SELECT rowid AS id, ${keyName} AS key, data FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE_LENGTH}`,
    );
  }

  write(changes: ReadonlyMap<string, T | null> = new Map()): void {
    for (const [key, value] of changes) {
      if (value === null) this.removeOne.run(key);
      else this.putOne.run(key, JSON.stringify(value));
    }
  }

  /** All that can be read; the others are left in the file and told of in `unreadable`. */
  all(unreadable: Unreadable[]): [key: string, value: T][] {
    const rows = this.readAll.all().map(({ key, data }) => [String(key), String(data)] as const);
    return readRows(this.table, rows, unreadable);
  }

  /** The texts of some documents, from after a row. */
  page(after: number): TablePage {
    const rows = this.readPage.all(after);
    const texts = rows.map(({ key, data }) => [String(key), String(data)] as const);
    if (rows.length < PAGE_LENGTH) return { rows: texts };
    return { rows: texts, next: { table: this.table as LongTable, after: Number(rows.at(-1)?.id) } };
  }
}

/** Documents of which the texts were read; those that are not whole are told of in `unreadable`. */
export function readRows<T extends object>(
  table: keyof typeof WHOLE,
  rows: readonly (readonly [imei: string, text: string])[],
  unreadable: Unreadable[],
): [imei: string, value: T][] {
  return rows.flatMap(([imei, text]): [string, T][] => {
    const value = parse<T>(text, (read) => WHOLE[table](read, imei));
    if (value !== undefined) return [[imei, value]];
    unreadable.push({ table, key: imei });
    return [];
  });
}

/** A document; undefined where the text is none, or one that is not whole. */
export function parse<T extends object>(text: string, isWhole: (value: object) => boolean): T | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && isWhole(value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
