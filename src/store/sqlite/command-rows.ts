import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Command } from "../../commands/command";
import type { Unreadable } from "../../fleet/store";
import { parse } from "./documents";
import { WHOLE } from "./whole";

/** The table of commands: a JSON document for each id, and whose it is. */
export class CommandRows {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;

  constructor(database: DatabaseSync) {
    this.putOne = database.prepare(
      "INSERT INTO command VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
    );
    this.removeOne = database.prepare("DELETE FROM command WHERE id = ?");
    this.readAll = database.prepare("SELECT id, data FROM command ORDER BY rowid");
  }

  write(changes: ReadonlyMap<string, Command | null> = new Map()): void {
    for (const [id, command] of changes) {
      if (command === null) this.removeOne.run(id);
      else this.putOne.run(id, command.imei, JSON.stringify(command));
    }
  }

  /** All that can be read; the others are told of in `unreadable`. */
  all(unreadable: Unreadable[]): Command[] {
    return this.readAll.all().flatMap(({ id, data }) => {
      const command = parse<Command>(String(data), WHOLE.command);
      if (command !== undefined) return [command];
      unreadable.push({ table: "command", key: String(id) });
      return [];
    });
  }
}
