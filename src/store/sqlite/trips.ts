import type { DatabaseSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import type { TripDocument, TripsPort } from "../../trips/port";
import { Documents } from "./documents";
import type { OwnerTables } from "./owner-tables";

/** The table of what is known of trips. */
export class TripsTable implements OwnerTables<TripsPort> {
  private readonly trips: Documents<TripDocument>;

  constructor(database: DatabaseSync) {
    this.trips = new Documents(database, "trips");
  }

  all(unreadable: Unreadable[]): TripsPort["stored"] {
    return this.trips.all(unreadable);
  }

  write(changes: TripsPort["changes"]): void {
    this.trips.write(changes);
  }
}
