import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Command, DeviceSendings } from "../../commands/command";
import type { CommandsPort } from "../../commands/port";
import type { Unreadable } from "../../fleet/store";
import { Documents, parse } from "./documents";
import type { OwnerTables } from "./owner-tables";
import { WHOLE } from "./whole-documents";

/** The tables of commands, a JSON document for each id and whose it is, and of what was last sent to each device. */
export class CommandTables implements OwnerTables<CommandsPort> {
  private readonly sendings: Documents<DeviceSendings>;
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;
  private readonly forget: readonly StatementSync[];

  constructor(database: DatabaseSync) {
    this.sendings = new Documents(database, "sending");
    this.putOne = database.prepare(
      "INSERT INTO command VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
    );
    this.removeOne = database.prepare("DELETE FROM command WHERE id = ?");
    this.readAll = database.prepare("SELECT id, data FROM command ORDER BY rowid");
    this.forget = ["command", "sending"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE imei = ?`),
    );
  }

  all(unreadable: Unreadable[]): CommandsPort["stored"] {
    const commands = this.readAll.all().flatMap(({ id, data }) => {
      const command = parse<Command>(String(data), WHOLE.command);
      if (command !== undefined) return [command];
      unreadable.push({ table: "command", key: String(id) });
      return [];
    });
    return { commands, sendings: this.sendings.all(unreadable) };
  }

  write({ commands = new Map(), sendings, forgotten = [] }: CommandsPort["changes"]): void {
    for (const [id, command] of commands) {
      if (command === null) this.removeOne.run(id);
      else this.putOne.run(id, command.imei, JSON.stringify(command));
    }
    this.sendings.write(sendings);
    for (const imei of forgotten) for (const forget of this.forget) forget.run(imei);
  }
}
