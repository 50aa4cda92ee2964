import type { SeriesAnswer } from "../../../src/fleet/history-charts";

/** What is drawn over the whole time: x from 0 to this, y from 0 (top) to {@link HEIGHT}. */
export const WIDTH = 1000;
export const HEIGHT = 100;

/** Over a longer silence no line is drawn: nobody knows what was in between. */
const GAP_MS = 900_000;
const HOUR = 3_600_000;

type SeriesPart = SeriesAnswer["points"][number];

/** A chart as paths of SVG. */
export interface ChartShape {
  /** What the axis goes from and to. */
  readonly bottom: number;
  readonly top: number;
  /** The line through the last value of each part. */
  readonly line: string;
  /** From the least to the largest value of each part. */
  readonly band: string;
  /** Parts on their own, which a line would not show. */
  readonly dots: readonly { readonly x: number; readonly y: number }[];
}

/** Undefined where there is nothing to draw. */
export function chartShape({ from, to, minimum, maximum, points }: SeriesAnswer): ChartShape | undefined {
  if (minimum === undefined || maximum === undefined) return undefined;
  const [bottom, top] = axis(minimum.value, maximum.value);
  const place = (time: number, value: number) =>
    `${round(xOf(time, { from, to }))} ${round(HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT)}`;
  const runs = runsOf(points, (to - from) / WIDTH);
  const lines = runs.filter(({ length }) => length > 1);
  return {
    bottom,
    top,
    line: lines.map((run) => `M${run.map(({ time, last }) => place(time, last)).join("L")}`).join(""),
    band: lines.map((run) => bandOf(run, place)).join(""),
    dots: runs
      .filter(({ length }) => length === 1)
      .flat()
      .map(({ time, most }) => {
        const [x, y] = place(time, most).split(" ").map(Number) as [number, number];
        return { x, y };
      }),
  };
}

/** Where a time lies in the chart. */
export function xOf(time: number, { from, to }: { readonly from: number; readonly to: number }): number {
  return Math.max(0, Math.min(WIDTH, ((time - from) / (to + 1 - from)) * WIDTH));
}

/** The number of the part that is nearest to a time; there has to be one. */
export function nearestPart(points: readonly SeriesPart[], time: number): number {
  const distance = (at: number) => Math.abs((points[at] as SeriesPart).time - time);
  return points.reduce((best, _, at) => (distance(at) < distance(best) ? at : best), 0);
}

/** Whole hours of a time that a clock shows as 0, 6, 12 or 18. `clock` gives the hour and minute at a time. */
export function hourTicks(
  { from, to }: { readonly from: number; readonly to: number },
  clock: (time: number) => { readonly hour: number; readonly minute: number },
): readonly { readonly time: number; readonly hour: number }[] {
  const ticks: { time: number; hour: number }[] = [];
  for (let time = from; time <= to; time += HOUR / 4) {
    const { hour, minute } = clock(time);
    const isNew = ticks.at(-1)?.hour !== hour;
    if (hour % 6 === 0 && minute === 0 && isNew) ticks.push({ time, hour });
  }
  return ticks;
}

/** Round numbers around the values, and zero where it is near. */
function axis(least: number, most: number): [bottom: number, top: number] {
  const low = least > 0 && least < most / 3 ? 0 : least;
  const high = most < 0 && most > least / 3 ? 0 : most;
  if (low === high) return [low - 1, high + 1];
  const step = niceStep((high - low) / 4);
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

function niceStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  return ([1, 2, 5].find((digit) => digit * power >= about) ?? 10) * power;
}

/** Parts that belong together: without a silence between them. */
function runsOf(points: readonly SeriesPart[], width: number): SeriesPart[][] {
  const runs: SeriesPart[][] = [];
  const most = Math.max(GAP_MS, 12 * width);
  for (const point of points) {
    const run = runs.at(-1);
    if (run !== undefined && point.time - (run.at(-1) as SeriesPart).time <= most) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

function bandOf(run: readonly SeriesPart[], place: (time: number, value: number) => string): string {
  const upper = run.map(({ time, most }) => place(time, most));
  const lower = run.map(({ time, least }) => place(time, least)).reverse();
  return `M${[...upper, ...lower].join("L")}Z`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
