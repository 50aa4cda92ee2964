import type { DatabaseSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import type { LiveState } from "../../state/live-state";
import type { StatePort } from "../../state/port";
import { Documents } from "./documents";
import type { OwnerTables } from "./owner-tables";

/** The table of last states. */
export class StateTable implements OwnerTables<StatePort> {
  private readonly states: Documents<LiveState>;

  constructor(database: DatabaseSync) {
    this.states = new Documents(database, "state");
  }

  all(unreadable: Unreadable[]): StatePort["stored"] {
    return this.states.all(unreadable);
  }

  write(changes: StatePort["changes"]): void {
    this.states.write(changes);
  }
}
