import { Listeners } from "../listeners";
import { type Owner, type Share, shareOfChanged } from "../owner";
import type { SavedTrips } from "./device-trips";
import { lasts } from "./ledger";
import type { TripDocument, TripsPort } from "./port";

type Changes = TripsPort["changes"];

/** What nodes that find trips have to know again after a restart. */
export class TripBook implements Owner<TripsPort> {
  private readonly documents = new Map<string, TripDocument>();
  private readonly changed = new Set<string>();
  /** A device was removed, and what was known of its trips. */
  readonly onForgotten = new Listeners<[imei: string]>();

  load(stored: TripsPort["stored"]): void {
    for (const [imei, document] of stored) this.documents.set(imei, document);
  }

  get(imei: string, node: string): SavedTrips | undefined {
    return this.documents.get(imei)?.[node];
  }

  /** IMEIs of the devices whose trips a node knows. */
  devicesOf(node: string): string[] {
    return [...this.documents].flatMap(([imei, document]) => (document[node] === undefined ? [] : [imei]));
  }

  /** Whether a node has told something other than a stop that still lasts. */
  lasts(imei: string, node: string): boolean {
    return lasts(Object.entries(this.get(imei, node)?.told ?? {}));
  }

  put(imei: string, node: string, saved: SavedTrips): void {
    this.documents.set(imei, { ...this.documents.get(imei), [node]: saved });
    this.changed.add(imei);
  }

  share(): Share<Changes> {
    return shareOfChanged(this.documents, this.changed);
  }

  everything(): Changes {
    return this.documents;
  }

  forget(imeis: readonly string[]): Share<Changes> {
    return {
      changes: new Map(imeis.map((imei) => [imei, null])),
      committed: () => {
        for (const imei of imeis) {
          this.documents.delete(imei);
          this.changed.delete(imei);
          this.onForgotten.tell(imei);
        }
      },
    };
  }
}
