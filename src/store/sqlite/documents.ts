import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Damage } from "./problems";

/** A table that has a JSON document for each IMEI. */
export class Documents<T extends object> {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;

  constructor(database: DatabaseSync, table: "device" | "state" | "pending" | "sending") {
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

  all(): [imei: string, value: T][] {
    return this.readAll.all().map(({ imei, data }) => [String(imei), parse<T>(String(data))]);
  }
}

/** Throws {@link Damage} or a SyntaxError. */
export function parse<T extends object>(text: string): T {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Damage(`${text} is no document`);
  return value as T;
}
