import type { DatabaseSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import type { ShareLinksPort } from "../../shares/port";
import type { ShareLink } from "../../shares/share-link";
import { Documents } from "./documents";
import type { OwnerTables } from "./owner-tables";

/** The table of links to share. */
export class ShareLinkTable implements OwnerTables<ShareLinksPort> {
  private readonly links: Documents<ShareLink>;

  constructor(database: DatabaseSync) {
    this.links = new Documents(database, "share", "id");
  }

  all(unreadable: Unreadable[]): ShareLinksPort["stored"] {
    return this.links.all(unreadable).map(([, link]) => link);
  }

  write(changes: ShareLinksPort["changes"]): void {
    this.links.write(changes);
  }
}
