/** Tables that are as long as the fleet; they are read in pages, so that nobody waits for the whole of one. */
export type LongTable = "device" | "state";

/** Rows in a page. */
export const PAGE_LENGTH = 500;

/** A part of a table, as it is in the file: whoever asked for it reads the documents. */
export interface TablePage {
  readonly rows: readonly (readonly [imei: string, text: string])[];
  /** To be asked for next; absent after the last one. */
  readonly next?: PageRequest;
}

export interface PageRequest {
  readonly table: LongTable;
  /** Number of the last row that is known; 0 at the beginning. */
  readonly after: number;
}
