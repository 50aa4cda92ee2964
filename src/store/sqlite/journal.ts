import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JournalEntry } from "../../journal/entry";
import { JOURNAL_LENGTH, type JournalPort } from "../../journal/port";
import type { OwnerTables } from "./owner-tables";

/** The table of what became of devices. */
export class JournalTable implements OwnerTables<JournalPort> {
  private readonly add: StatementSync;
  private readonly trim: StatementSync;
  private readonly read: StatementSync;
  private readonly forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.add = database.prepare(`INSERT INTO journal (imei, time, change, "by") VALUES (?, ?, ?, ?)`);
    this.trim = database.prepare(
      `DELETE FROM journal WHERE imei = ?1 AND id <=
       (SELECT id FROM journal WHERE imei = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${JOURNAL_LENGTH})`,
    );
    this.read = database.prepare(
      `SELECT imei, time, change, "by" FROM journal WHERE imei = ? ORDER BY id DESC`,
    );
    this.forget = database.prepare("DELETE FROM journal WHERE imei = ?");
  }

  all(): undefined {
    return undefined;
  }

  of(imei: string): JournalEntry[] {
    return this.read.all(imei).map((row) => ({ ...row }) as unknown as JournalEntry);
  }

  write({ entries, forgotten }: JournalPort["changes"]): void {
    for (const { imei, time, change, by } of entries) this.add.run(imei, time, change, by);
    for (const imei of new Set(entries.map((entry) => entry.imei))) this.trim.run(imei);
    for (const imei of forgotten) this.forget.run(imei);
  }
}
