import type { Extent } from "./port";
import type { Box } from "./summary";
import type { RecordTable } from "./table";

export const DAY_MS = 86_400_000;
/** Days since 1970, UTC. */
export const dayOf = (time: number): number => Math.floor(time / DAY_MS);

/** A chunk: records of one device and day that follow each other; chunks of a device never overlap. */
export interface Head {
  readonly id: number;
  readonly imei: string;
  readonly body: number;
  /** Times of the first and of the last record, epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly box: Box | undefined;
  readonly sketch: Int32Array;
}

/** What of a chunk is read; all columns where none are named. */
export interface LoadOptions {
  readonly columns?: readonly string[] | undefined;
  /** Columns other than those of the track are needed. */
  readonly values?: boolean;
  readonly keys?: boolean;
}

/** Chunks that can be read. */
export interface Chunks {
  /** A device's chunks that have a part of a time, oldest first. */
  headsOf(imei: string, from: number, to: number): Head[];
  /** All chunks that have a part of a time and of a box. */
  headsIn(box: Box, from: number, to: number): Iterable<Head>;
  /** Rows in order; undefined where it is damaged, which is told elsewhere. */
  load(head: Head, options?: LoadOptions): RecordTable | undefined;
  /** Times of the first and of the last record of a device's chunks; undefined where it has none. */
  endsOf(imei: string): Extent | undefined;
}

/** Chunks of one day of one device, to be changed. */
export interface DayChunks {
  readonly heads: readonly Head[];
  /** All of it; undefined where it is damaged. */
  load(head: Head): RecordTable | undefined;
  /** Writes rows in order, at least one, as a new chunk. */
  put(table: RecordTable, rows: readonly number[]): void;
  drop(head: Head): void;
}
