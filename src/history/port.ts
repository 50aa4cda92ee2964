import type { Problem } from "../errors";
import type { RecordBatch } from "./batch";
import type { Box } from "./summary";
import type { Cell, PlainTable } from "./table";

/** A time, both ends included. Epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const OPERATORS = ["=", "!=", "<", "<=", ">", ">="] as const;

/** What a value has to be. A record without the value fulfils no condition; `path` as in `columnOf`. */
export interface Condition {
  readonly path: string;
  readonly is: (typeof OPERATORS)[number];
  readonly value: Exclude<Cell, undefined>;
}

/** A device's records of a time, oldest first. */
export interface RecordsQuery extends Span {
  readonly imei: string;
  /** Paths of the values that are wanted, as in `columnOf`; all without. */
  readonly paths?: readonly string[];
  /** Records that fulfil all of these. */
  readonly where?: readonly Condition[];
  /** Of each so many milliseconds, the first record that fulfils the conditions. */
  readonly every?: number;
}

/** A device's last records, oldest first; `paths` as in {@link RecordsQuery}. */
export interface LastQuery {
  readonly imei: string;
  readonly count: number;
  readonly paths?: readonly string[];
}

/** A part of an answer; there is more from `next` on. */
export interface Page {
  readonly table: PlainTable;
  readonly next?: number;
}

/** A device's way in about so many points, the ones that tell most of it. */
export interface OverviewQuery extends Span {
  readonly imei: string;
  readonly points: number;
}

/** Valid positions, oldest first. Degrees. */
export interface Overview {
  readonly times: Float64Array;
  readonly latitudes: Float64Array;
  readonly longitudes: Float64Array;
}

/** How a value went, in about so many equal times. A yes counts as 1, a no as 0. */
export interface SeriesQuery extends Span {
  readonly imei: string;
  readonly path: string;
  readonly points: number;
}

/** Of each time that has a value: when it begins, and the least, largest and last value in it. */
export interface Series {
  readonly times: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly last: Float64Array;
  /** Values in all, and the extremes of them with their times; absent where there is none. */
  readonly count: number;
  readonly minimum?: { readonly time: number; readonly value: number };
  readonly maximum?: { readonly time: number; readonly value: number };
}

/** Who was in an area. Millionths of a degree; a day at most, longer times day by day. */
export interface AreaQuery extends Span {
  readonly box: Box;
}

export interface Visit {
  readonly imei: string;
  /** Times of its first and last record in the area, and how many there are. */
  readonly first: number;
  readonly last: number;
  readonly records: number;
}

/**
 * Whether a record came before. `yes` is one of the same time, kind and kept bytes of its identity whose values are the same,
 * or, where it was thinned out, their digest of 36 bits. `expired`: history of that time is not kept any more, so nobody
 * can say.
 */
export type WasSeen = "yes" | "no" | "expired";

/** Which records there are. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}

export interface Retention {
  /** Days are deleted that end before so many milliseconds ago. */
  readonly age: number;
  /** The oldest days are deleted while there are more bytes on the disk (or in memory). */
  readonly bytes: number;
  /** Repeats of a standing vehicle older than so many milliseconds are thinned out; absent: never. */
  readonly thinAfter?: number;
}

/** What was found wrong when a history was opened, or since. */
export interface HistoryFound {
  /** Where a damaged file was put; absent when there was none. */
  readonly setAside?: string;
  /** The files were removed or replaced while they were in use. */
  readonly inUse?: true;
  /** Parts that could not be read and were left out. */
  readonly damaged: number;
}

export interface HistoryStatus extends HistoryFound {
  /** Bytes on the disk, or in memory. */
  readonly bytes: number;
  /** Records that are in no chunk yet. */
  readonly hot: number;
  /** Nothing before it is kept any more; 0 where nothing was deleted. Epoch milliseconds. */
  readonly horizon: number;
  /** No record is older; absent where there is none. Epoch milliseconds. */
  readonly oldest?: number;
  /** Why records could not be put where they belong: they are safe, but take memory and more of the disk. */
  readonly problem?: Problem;
}

/**
 * Where history is kept: a set of records, which may come in any order and again; one that comes again falls away.
 * All methods reject with a TrackerError of the registry's codes (`STORE_LOCKED`, `STORE_READ_ONLY`, `STORE_FULL`,
 * `STORE_NEWER`, `STORE_LOST`, `STORE_FAILED`).
 */
export interface HistoryStore {
  /** `memory` keeps the last hour. */
  readonly kind: "sqlite" | "memory";
  open(): Promise<HistoryFound>;
  /** Takes records, which queries have from then on. */
  append(batch: RecordBatch): Promise<void>;
  /** Resolves when all that was appended before is safe, also from a power cut (as far as the kind can). */
  commit(): Promise<void>;
  records(query: RecordsQuery): Promise<Page>;
  last(query: LastQuery): Promise<PlainTable>;
  overview(query: OverviewQuery): Promise<Overview>;
  series(query: SeriesQuery): Promise<Series>;
  area(query: AreaQuery): Promise<readonly Visit[]>;
  /** Times of a device's first and last record; undefined where there is none. */
  extent(imei: string): Promise<Extent | undefined>;
  /** Of each record of a batch, which is not kept. */
  wasSeen(batch: RecordBatch): Promise<readonly WasSeen[]>;
  /** Deletes a device's records for good; resolves when that holds, also over a power cut. */
  remove(imei: string): Promise<void>;
  /** Deletes and thins what is too old or too much at `now`; returns whether there is more to do. */
  retain(retention: Retention, now: number): Promise<boolean>;
  status(): Promise<HistoryStatus>;
  close(): Promise<void>;
}
