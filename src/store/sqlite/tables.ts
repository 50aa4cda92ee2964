import type { DatabaseSync } from "node:sqlite";
import type { DeviceAlarms } from "../../alarms/alarm";
import type { Fence } from "../../fences/fence";
import type { OwnerName, Ports } from "../../fleet/store";
import type { ShareLink } from "../../shares/share-link";
import { CommandTables } from "./commands";
import { DedupeTable } from "./dedupe";
import { DeviceTables } from "./devices";
import { DocumentTable } from "./document-table";
import { InboxTable } from "./inbox";
import type { InboxLog } from "./inbox-log";
import { JournalTable } from "./journal";
import type { OwnerTables } from "./owner-tables";
import { StateTable } from "./state";
import { TripsTable } from "./trips";

type TablesByName = { readonly [Name in OwnerName]: OwnerTables<Ports[Name]> };

/** The tables of all owners. A new owner is one more line. */
export function ownerTables(
  database: DatabaseSync,
  inboxLog: InboxLog,
): TablesByName & {
  readonly devices: DeviceTables;
  readonly state: StateTable;
  readonly journal: JournalTable;
  readonly dedupe: DedupeTable;
  readonly inbox: InboxTable;
} {
  return {
    devices: new DeviceTables(database),
    state: new StateTable(database),
    dedupe: new DedupeTable(database),
    inbox: new InboxTable(database, inboxLog),
    commands: new CommandTables(database),
    journal: new JournalTable(database),
    fences: new DocumentTable<Fence>(database, "fence"),
    shareLinks: new DocumentTable<ShareLink>(database, "share"),
    trips: new TripsTable(database),
    alarms: new DocumentTable<DeviceAlarms>(database, "alarm"),
  };
}
