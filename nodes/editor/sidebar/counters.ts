import type { Counters } from "../../../src/state/live-state";

/** A line about what has come of a device: the text's key, the number in it, and whether its first message belongs to it. */
export interface CounterLine {
  readonly key: "none" | keyof Counters;
  readonly count: number;
  readonly hasFirst: boolean;
}

const REMARKS = ["late", "duplicates", "future"] as const;

/** How many messages have come of a device. One that was only connected has sent none, so that there is no first. */
export function counterLines(counters: Counters): readonly CounterLine[] {
  const { records } = counters;
  return [
    { key: records === 0 ? "none" : "records", count: records, hasFirst: records > 0 },
    ...REMARKS.filter((key) => counters[key] > 0).map((key) => ({
      key,
      count: counters[key],
      hasFirst: false,
    })),
  ];
}
