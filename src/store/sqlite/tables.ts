import type { DatabaseSync } from "node:sqlite";
import type { OwnerName, Ports } from "../../fleet/store";
import { AlarmTable } from "./alarms";
import { CommandTables } from "./commands";
import { DedupeTable } from "./dedupe";
import { DeviceTables } from "./devices";
import { FenceTable } from "./fences";
import { InboxTable } from "./inbox";
import type { InboxLog } from "./inbox-log";
import { JournalTable } from "./journal";
import type { OwnerTables } from "./owner-tables";
import { ShareLinkTable } from "./share-links";
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
    fences: new FenceTable(database),
    shareLinks: new ShareLinkTable(database),
    trips: new TripsTable(database),
    alarms: new AlarmTable(database),
  };
}
