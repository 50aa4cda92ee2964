import type { SavedTrips } from "./device-trips";

/** What is kept of the trips of a device, by the id of the node that finds them. */
export type TripDocument = Readonly<Record<string, SavedTrips>>;

/** What a store keeps of trips. */
export interface TripsPort {
  readonly stored: readonly (readonly [imei: string, document: TripDocument])[];
  /** By IMEI; null removes. */
  readonly changes: ReadonlyMap<string, TripDocument | null>;
}
