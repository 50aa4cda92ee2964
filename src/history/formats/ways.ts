import type { HistoryRecord } from "../record";
import { fixOf } from "./geojson";

/** After a gap the way in between is not known, so no line is drawn over it. */
const GAP_MS = 600_000;

export type TimedFix = NonNullable<ReturnType<typeof fixOf>> & { readonly time: number };

/** A point of a way: whether it is cut before it, and whether it is the very first. */
export interface WayPoint {
  readonly fix: TimedFix;
  readonly isCut: boolean;
  readonly isFirst: boolean;
}

/** Makes a way, with its gaps, of the valid positions of records that come page by page. */
export class Ways {
  private last: number | undefined;

  *of(records: Iterable<HistoryRecord>): Generator<WayPoint> {
    for (const record of records) {
      const { time } = record;
      const fix = fixOf(record);
      if (fix === undefined) continue;
      const isFirst = this.last === undefined;
      const isCut = this.last === undefined || time - this.last > GAP_MS;
      this.last = time;
      yield { fix: { ...fix, time }, isCut, isFirst };
    }
  }

  get isEmpty(): boolean {
    return this.last === undefined;
  }
}
