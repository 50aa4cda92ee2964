import type { DatabaseSync } from "node:sqlite";
import type { DeviceAlarms } from "../../alarms/alarm";
import type { AlarmsPort } from "../../alarms/port";
import type { Unreadable } from "../../fleet/store";
import { Documents } from "./documents";
import type { OwnerTables } from "./owner-tables";

/** The table of alarms: a JSON document for each device and node. */
export class AlarmTable implements OwnerTables<AlarmsPort> {
  private readonly alarms: Documents<DeviceAlarms>;

  constructor(database: DatabaseSync) {
    this.alarms = new Documents(database, "alarm", "id");
  }

  all(unreadable: Unreadable[]): AlarmsPort["stored"] {
    return this.alarms.all(unreadable).map(([, alarms]) => alarms);
  }

  write(changes: AlarmsPort["changes"]): void {
    this.alarms.write(changes);
  }
}
