import type { Unreadable } from "../../fleet/store";
import type { Port } from "../../owner";

/** The tables of one owner in an open file; transactions are the caller's. */
export interface OwnerTables<P extends Port> {
  /** All that can be read; what cannot is left in the file and told of in `unreadable`. */
  all(unreadable: Unreadable[]): P["stored"];
  write(changes: P["changes"]): void;
}
