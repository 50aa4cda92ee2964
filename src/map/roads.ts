import type { Fix, Trails } from "./trails";
import { DRIVING_FROM } from "./wire";

/** Some 60 m: of all ways through such a step only one is drawn. */
const CELL_LATITUDE = 0.0005;
const CELL_LONGITUDE = 0.0009;
/** Between two fixes that lie further apart nobody knows which way was taken. */
const LONGEST_MS = 60_000;
const LONGEST_DEGREES = 0.02;
/** More make the page slow. */
const MOST_STEPS = 60_000;
const DECIMALS = 1e5;

/** Lines of longitude, latitude, longitude, latitude … in degrees. */
export type Lines = readonly (readonly number[])[];

/** Milliseconds for which a map of roads is good enough. */
const KEPT_MS = 30_000;
/** Devices whose trails are read each time, so that a large fleet's history is not read at once. */
const READ_AT_ONCE = 200;
const DAY_MS = 86_400_000;

/** The roads of the devices that a map shows, for a map that has none: each stretch once, however often it was driven. */
export class RoadMap {
  private madeAt = Number.NEGATIVE_INFINITY;
  private made: Promise<Lines> = Promise.resolve([]);
  private readonly steps = new Set<string>();
  private readonly drawn: number[][] = [];
  /** Until when the trail of a device was read; who was read longest ago comes first. */
  private readonly readTo = new Map<string, number>();

  /** `since` is the time from which on trails may be read. */
  constructor(
    private readonly trails: Pick<Trails, "read">,
    private readonly imeis: () => readonly string[],
    private readonly since: () => number,
    private readonly now: () => number,
  ) {}

  /** What is new is added at most twice a minute. */
  lines(): Promise<Lines> {
    const now = this.now();
    if (now - this.madeAt >= KEPT_MS) {
      this.madeAt = now;
      this.made = this.made.catch(() => []).then(() => this.extend(now));
    }
    return this.made;
  }

  /** Other work need not wait for the end. */
  private async extend(now: number): Promise<Lines> {
    for (const imei of this.next()) {
      if (this.steps.size >= MOST_STEPS) break;
      let from = this.readTo.get(imei) ?? this.since();
      // Of a longer time the fixes would lie too far apart.
      for (let start = from; start <= now; start += DAY_MS) {
        const fixes = await this.trails.read(imei, Math.max(start, from), Math.min(now, start + DAY_MS));
        addRoads(fixes, this.steps, this.drawn);
        from = fixes.at(-1)?.time ?? from;
        await new Promise((resolve) => setImmediate(resolve));
      }
      this.readTo.delete(imei);
      this.readTo.set(imei, from);
    }
    return [...this.drawn];
  }

  /** Where a device is not shown any more, the roads that it alone has driven go: all are made anew. */
  private next(): string[] {
    const shown = new Set(this.imeis());
    if ([...this.readTo.keys()].some((imei) => !shown.has(imei))) {
      this.steps.clear();
      this.readTo.clear();
      this.drawn.length = 0;
    }
    const isNew = [...shown].filter((imei) => !this.readTo.has(imei));
    return [...isNew, ...this.readTo.keys()].slice(0, READ_AT_ONCE);
  }
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
