import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import { WHOLE } from "./whole-documents";

/** A table that has a JSON document for each IMEI, or for each id. */
export class Documents<T extends object> {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;

  constructor(
    database: DatabaseSync,
    private readonly table: "device" | "state" | "pending" | "sending" | "fence" | "share",
    keyName: "imei" | "id" = "imei",
  ) {
    this.putOne = database.prepare(
      `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (${keyName}) DO UPDATE SET data = excluded.data`,
    );
    this.removeOne = database.prepare(`DELETE FROM ${table} WHERE ${keyName} = ?`);
    this.readAll = database.prepare(`SELECT ${keyName} AS key, data FROM ${table} ORDER BY rowid`);
  }

  write(changes: ReadonlyMap<string, T | null> = new Map()): void {
    for (const [key, value] of changes) {
      if (value === null) this.removeOne.run(key);
      else this.putOne.run(key, JSON.stringify(value));
    }
  }

  /** All that can be read; the others are left in the file and told of in `unreadable`. */
  all(unreadable: Unreadable[]): [key: string, value: T][] {
    return this.readAll.all().flatMap((row): [string, T][] => {
      const [key, data] = [String(row.key), row.data];
      const value = parse<T>(String(data), (read) => WHOLE[this.table](read, key));
      if (value !== undefined) return [[key, value]];
      unreadable.push({ table: this.table, key });
      return [];
    });
  }
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
