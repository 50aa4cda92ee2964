import type { DatabaseSync } from "node:sqlite";
import type { Fence } from "../../fences/fence";
import type { FencesPort } from "../../fences/port";
import type { Unreadable } from "../../fleet/store";
import { Documents } from "./documents";
import type { OwnerTables } from "./owner-tables";

/** The table of fences. */
export class FenceTable implements OwnerTables<FencesPort> {
  private readonly fences: Documents<Fence>;

  constructor(database: DatabaseSync) {
    this.fences = new Documents(database, "fence", "id");
  }

  all(unreadable: Unreadable[]): FencesPort["stored"] {
    return this.fences.all(unreadable).map(([, fence]) => fence);
  }

  write(changes: FencesPort["changes"]): void {
    this.fences.write(changes);
  }
}
