// What an area of the bench has to measure with, and what is made of what it measured.
import { type AreaName, type ROWS, type Row, rowsOf } from "./rows";

/** Warm-up rounds come before them. */
export const ROUNDS = 15;
const WARM_UP = 3;

/** What came out of a row: a value a round, or why there is none. */
export type Outcome = readonly number[] | string;

/** What an area hands back, as plain data: areas run in processes of their own. */
export interface Outcomes {
  readonly rows: Readonly<Record<string, Outcome>>;
  /** Markdown for the documentation, by the name of its place. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What an area tells: rows of its own and nothing else. */
export interface Report<A extends AreaName> {
  add(row: keyof (typeof ROWS)[A], rounds: Outcome): void;
  text(place: string, markdown: string): void;
  /** Ends what the area has started, also where it fails; what was started last is ended first. */
  atEnd(stop: () => unknown): void;
}

export interface Area {
  readonly name: AreaName;
  measure(): Promise<Outcomes>;
}

export function area<A extends AreaName>(
  name: A,
  measure: (report: Report<A>) => Promise<void> | void,
): Area {
  return {
    name,
    measure: async () => {
      const rows: Record<string, Outcome> = {};
      const texts: Record<string, string> = {};
      const ends: (() => unknown)[] = [];
      try {
        await measure({
          add: (row, rounds) => {
            rows[String(row)] = rounds;
          },
          text: (place, markdown) => {
            texts[place] = markdown;
          },
          atEnd: (stop) => ends.unshift(stop),
        });
      } finally {
        for (const stop of ends) await stop();
      }
      return { rows, texts };
    },
  };
}

/**
 * Measures candidates in turn, round by round, every other round the other way around, so that what disturbs the machine
 * disturbs all of them alike. Resolves with a value a round of each.
 */
export async function inTurn<K extends string>(
  candidates: Readonly<Record<K, () => number | Promise<number>>>,
  rounds = ROUNDS,
  warmUp = WARM_UP,
): Promise<Record<K, number[]>> {
  const names = Object.keys(candidates) as K[];
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await candidates[name]();
      if (round >= 0) measured[name].push(value);
    }
  }
  return measured;
}

/** A candidate that runs so many times a round; its value is µs a run. */
export function timed(times: number, run: () => unknown): () => number {
  return () => {
    const start = process.hrtime.bigint();
    for (let turn = 0; turn < times; turn++) run();
    return Number(process.hrtime.bigint() - start) / times / 1000;
  };
}

/** Round by round, so that each is a ratio of what ran at about the same time. */
export function ratios(of: readonly number[], to: readonly number[]): number[] {
  return of.map((value, round) => value / (to[round] as number));
}

/** Bytes of heap and of buffers that `build` keeps alive with what it returns. */
export function memoryOf(build: () => unknown): number {
  if (global.gc === undefined) throw new Error("Memory is measured with node --expose-gc alone.");
  const used = (): number => {
    global.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const kept = [build()];
  const bytes = used() - before;
  return kept.length > 0 ? bytes : 0;
}

/** Of so many hundredths of sorted values; 0.5 is the median. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)] as number;
  return below + ((sorted[Math.ceil(place)] as number) - below) * (place % 1);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Half of the range that the middle half of the rounds lies in; 0 where there is one round alone. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
}

/**
 * "close": beyond its bar, but by no more than its own spread. "missed": by more. "": there is no bar. "not measured":
 * what it takes is not there; that is said, and is no miss.
 */
export type Verdict = "met" | "close" | "missed" | "not measured" | "";

export interface Line {
  readonly area: AreaName;
  readonly name: string;
  readonly row: Row;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
}

export function verdict({ atLeast, atMost }: Row, outcome: Outcome): Verdict {
  if (typeof outcome === "string") return "not measured";
  if (atLeast === undefined && atMost === undefined) return "";
  const middle = median(outcome);
  const beyond = Math.max((atLeast ?? middle) - middle, middle - (atMost ?? middle));
  if (!(beyond > 0)) return Number.isNaN(beyond) ? "missed" : "met";
  return beyond > spread(outcome) ? "missed" : "close";
}

/** A line for every row of an area, also for those that it told nothing of. */
export function linesOf(area: AreaName, { rows }: Outcomes): Line[] {
  return rowsOf(area).map(([name, row]) => {
    const told = rows[name];
    const outcome = told === undefined || told.length === 0 ? "the area did not tell" : told;
    return {
      area,
      name,
      row,
      outcome,
      verdict: outcome === told ? verdict(row, outcome) : "missed",
    };
  });
}

/** What npm run bench ends with. */
export function exitCode(lines: readonly Line[]): number {
  return lines.some((line) => line.verdict === "missed") ? 1 : 0;
}
