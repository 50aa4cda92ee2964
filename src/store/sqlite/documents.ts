import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import { WHOLE } from "./whole-documents";

/** A table that has a JSON document for each IMEI. */
export class Documents<T extends object> {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;

  constructor(
    database: DatabaseSync,
    private readonly table: "device" | "state" | "pending" | "sending" | "trips",
  ) {
    this.putOne = database.prepare(
      `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT (imei) DO UPDATE SET data = excluded.data`,
    );
    this.removeOne = database.prepare(`DELETE FROM ${table} WHERE imei = ?`);
    this.readAll = database.prepare(`SELECT imei, data FROM ${table} ORDER BY rowid`);
  }

  write(changes: ReadonlyMap<string, T | null> = new Map()): void {
    for (const [imei, value] of changes) {
      if (value === null) this.removeOne.run(imei);
      else this.putOne.run(imei, JSON.stringify(value));
    }
  }

  /** All that can be read; the others are left in the file and told of in `unreadable`. */
  all(unreadable: Unreadable[]): [imei: string, value: T][] {
    return this.readAll.all().flatMap(({ imei, data }): [string, T][] => {
      const key = String(imei);
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
