import type { DatabaseSync } from "node:sqlite";
import type { LiveState } from "../../state/live-state";
import type { StatePort } from "../../state/port";
import { Documents } from "./documents";
import type { OwnerTables } from "./owner-tables";
import type { TablePage } from "./pages";

/** The table of last states. */
export class StateTable implements OwnerTables<StatePort> {
  private readonly states: Documents<LiveState>;

  constructor(database: DatabaseSync) {
    this.states = new Documents(database, "state");
  }

  /** None: they are read in pages. */
  all(): StatePort["stored"] {
    return [];
  }

  page(after: number): TablePage {
    return this.states.page(after);
  }

  write(changes: StatePort["changes"]): void {
    this.states.write(changes);
  }
}
