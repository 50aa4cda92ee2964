import type { DatabaseSync } from "node:sqlite";
import type { OwnerName, Ports } from "../../fleet/store";
import { CommandTables } from "./commands";
import { DedupeTable } from "./dedupe";
import { DeviceTables } from "./devices";
import { InboxTable } from "./inbox";
import { JournalTable } from "./journal";
import type { OwnerTables } from "./owner-tables";
import { StateTable } from "./state";
import { TripsTable } from "./trips";

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
    trips: new TripsTable(database),
  };
}
