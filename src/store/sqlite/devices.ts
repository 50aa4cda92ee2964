import type { DatabaseSync } from "node:sqlite";
import type { Device, Pending } from "../../devices/device";
import type { DevicesPort } from "../../devices/port";
import type { Unreadable } from "../../fleet/store";
import { Documents } from "./documents";
import type { OwnerTables } from "./owner-tables";
import type { TablePage } from "./pages";

/** The tables of registered devices and of unknown senders. */
export class DeviceTables implements OwnerTables<DevicesPort> {
  private readonly devices: Documents<Device>;
  private readonly pending: Documents<Pending>;

  constructor(database: DatabaseSync) {
    this.devices = new Documents(database, "device");
    this.pending = new Documents(database, "pending");
  }

  /** The devices themselves are read in pages. */
  all(unreadable: Unreadable[]): DevicesPort["stored"] {
    return {
      devices: [],
      pending: this.pending.all(unreadable).map(([, pending]) => pending),
    };
  }

  page(after: number): TablePage {
    return this.devices.page(after);
  }

  write({ devices, pending }: DevicesPort["changes"]): void {
    this.devices.write(devices);
    this.pending.write(pending);
  }
}
