import type { DatabaseSync } from "node:sqlite";
import type { OwnerName, Ports, Unreadable } from "../../fleet/store";
import type { Port } from "../../owner";
import { CommandTables } from "./commands";
import { DedupeTable } from "./dedupe";
import { DeviceTables } from "./devices";
import { InboxTable } from "./inbox";
import { JournalTable } from "./journal";
import { StateTable } from "./state";

/** The tables of one owner in an open file; transactions are the caller's. */
export interface OwnerTables<P extends Port> {
  /** All that can be read; what cannot is left in the file and told of in `unreadable`. */
  all(unreadable: Unreadable[]): P["stored"];
  write(changes: P["changes"]): void;
}

type TablesByName = { readonly [Name in OwnerName]: OwnerTables<Ports[Name]> };

/** The tables of all owners. A new owner is one more line. */
export function ownerTables(database: DatabaseSync): TablesByName & { readonly journal: JournalTable } {
  return {
    devices: new DeviceTables(database),
    state: new StateTable(database),
    dedupe: new DedupeTable(database),
    inbox: new InboxTable(database),
    commands: new CommandTables(database),
    journal: new JournalTable(database),
  };
}
