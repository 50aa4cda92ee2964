import type { Fix, Trails } from "./trails";

/** Some 60 m: of all ways through such a step only one is drawn. */
const CELL_LATITUDE = 0.0005;
const CELL_LONGITUDE = 0.0009;
/** Between two fixes that lie further apart nobody knows which way was taken. */
const LONGEST_MS = 60_000;
const LONGEST_DEGREES = 0.02;
/** km/h; where a vehicle stands its fixes jump around. */
const DRIVING_FROM = 3;
/** More make the page slow. */
const MOST_STEPS = 60_000;
const DECIMALS = 1e5;

/** Lines of longitude, latitude, longitude, latitude … in degrees. */
export type Lines = readonly (readonly number[])[];

/** Milliseconds for which a map of roads is good enough. */
const KEPT_MS = 30_000;

/** The roads of the devices that a map shows, made anew at most twice a minute. */
export class RoadMap {
  private made: { readonly at: number; readonly lines: Promise<Lines> } | undefined;

  constructor(
    private readonly trails: Trails,
    private readonly imeis: () => readonly string[],
    private readonly now: () => number,
  ) {}

  lines(): Promise<Lines> {
    const now = this.now();
    if (this.made === undefined || now - this.made.at >= KEPT_MS) {
      this.made = { at: now, lines: roadsOf(this.trails, this.imeis()) };
    }
    return this.made.lines;
  }
}

/**
 * The roads that vehicles have driven on, for a map that has none: each stretch once, however often it was driven.
 * Other work need not wait for the end.
 */
export async function roadsOf(trails: Trails, imeis: readonly string[]): Promise<Lines> {
  const steps = new Set<string>();
  const lines: number[][] = [];
  for (const imei of imeis) {
    if (steps.size >= MOST_STEPS) break;
    addRoads(await trails.read(imei, 0, Number.MAX_SAFE_INTEGER), steps, lines);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return lines;
}

function addRoads(fixes: readonly Fix[], steps: Set<string>, lines: number[][]): void {
  let line: number[] = [];
  let last: Fix | undefined;
  for (const fix of fixes) {
    const from = last;
    if (from !== undefined && cellOf(from) === cellOf(fix)) continue;
    last = fix;
    if (from !== undefined && isStretch(from, fix) && isNew(steps, from, fix)) {
      if (line.length === 0) {
        line = pointOf(from);
        lines.push(line);
      }
      line.push(...pointOf(fix));
    } else line = [];
  }
}

function isStretch(from: Fix, to: Fix): boolean {
  return (
    to.time - from.time <= LONGEST_MS &&
    (to.speed ?? DRIVING_FROM) >= DRIVING_FROM &&
    Math.abs(to.latitude - from.latitude) < LONGEST_DEGREES &&
    Math.abs(to.longitude - from.longitude) < LONGEST_DEGREES
  );
}

/** Whether nobody has driven there yet, in either direction. */
function isNew(steps: Set<string>, from: Fix, to: Fix): boolean {
  const step = [cellOf(from), cellOf(to)].sort().join();
  if (steps.has(step)) return false;
  steps.add(step);
  return true;
}

function cellOf({ latitude, longitude }: Fix): string {
  return `${Math.round(longitude / CELL_LONGITUDE)}:${Math.round(latitude / CELL_LATITUDE)}`;
}

function pointOf({ latitude, longitude }: Fix): number[] {
  return [longitude, latitude].map((degrees) => Math.round(degrees * DECIMALS) / DECIMALS);
}
