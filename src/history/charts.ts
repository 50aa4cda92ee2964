import type { Chunks, Head } from "./chunks";
import { TRACK_COLUMNS } from "./codec";
import type { AreaQuery, Overview, OverviewQuery, Series, SeriesQuery, Visit } from "./port";
import type { HistoryReading } from "./reading";
import { columnOf } from "./record";
import { type Box, type Points, pointsOf, tellingPoints } from "./summary";
import { FALSE, NUMBER, type RecordTable, TRUE } from "./table";

/** So many chunks are read for an overview; of more, their sketches must do. */
const MOST_READ = 64;

/** Reads little however long the time is: of many chunks their sketches alone. */
export function overviewOf(chunks: Chunks, reading: HistoryReading, query: OverviewQuery): Overview {
  const { imei, from, to } = query;
  const heads = chunks.headsOf(imei, from, to);
  if (heads.length <= MOST_READ) return tellingOf(reading, query, heads.length + 1);
  const most = Math.max(2, Math.round(query.points / heads.length));
  const points = heads.flatMap((head) => sketched(head, most, query));
  // What came since the last chunk, and late records, are in none.
  const since = (heads.at(-1) as Head).end + 1;
  if (since <= to) {
    const recent = tellingOf(reading, { ...query, from: since, points: most }, 1);
    recent.times.forEach((time, at) => {
      points.push([time, recent.latitudes[at] as number, recent.longitudes[at] as number]);
    });
  }
  return overview(points);
}

type Point = readonly [time: number, latitude: number, longitude: number];

/** The first points of a sketch, in order. */
function sketched({ start, sketch }: Head, most: number, { from, to }: OverviewQuery): Point[] {
  const points: Point[] = [];
  for (let at = 0; at < Math.min(most * 3, sketch.length); at += 3) {
    const time = start + (sketch[at] as number);
    if (time < from || time > to) continue;
    points.push([time, (sketch[at + 1] as number) / 1e6, (sketch[at + 2] as number) / 1e6]);
  }
  return points.sort((a, b) => a[0] - b[0]);
}

function tellingOf(
  reading: HistoryReading,
  { imei, from, to, points }: OverviewQuery,
  pieces: number,
): Overview {
  const most = Math.max(2, Math.ceil(points / pieces));
  const found: Point[] = [];
  for (const { table } of reading.segments(imei, { from, to }, TRACK_COLUMNS, false)) {
    const all = pointsOf(table, rowNumbers(table));
    for (const point of tellingPoints(all, most).sort((a, b) => a - b)) {
      found.push([
        all.times[point] as number,
        all.latitudes[point] as number,
        all.longitudes[point] as number,
      ]);
    }
  }
  return overview(found);
}

function overview(points: readonly Point[]): Overview {
  return {
    times: Float64Array.from(points, ([time]) => time),
    latitudes: Float64Array.from(points, ([, latitude]) => latitude),
    longitudes: Float64Array.from(points, ([, , longitude]) => longitude),
  };
}

function* rowNumbers({ length }: RecordTable): Generator<number> {
  for (let row = 0; row < length; row++) yield row;
}

/** What is known of one of the equal times of a series. */
interface Part {
  least: number;
  most: number;
  last: number;
}

/** Numbers, and yes and no as 1 and 0; other values are left out. */
export function seriesOf(reading: HistoryReading, { imei, from, to, path, points }: SeriesQuery): Series {
  const name = columnOf(path);
  const collected = new Collected(from, Math.max(1, Math.ceil((to - from + 1) / Math.max(1, points))));
  for (const { table } of reading.segments(imei, { from, to }, [name], false)) {
    const column = table.columns.get(name);
    if (column === undefined) continue;
    for (let row = 0; row < table.length; row++) {
      const value = numberOf(column.tags[row] as number, column.values[row] as number);
      if (value !== undefined) collected.add(table.times[row] as number, value);
    }
  }
  return collected.series();
}

class Collected {
  private readonly parts = new Map<number, Part>();
  private count = 0;
  private minimum: Series["minimum"];
  private maximum: Series["maximum"];

  constructor(
    private readonly from: number,
    private readonly width: number,
  ) {}

  add(time: number, value: number): void {
    this.count++;
    if (this.minimum === undefined || value < this.minimum.value) this.minimum = { time, value };
    if (this.maximum === undefined || value > this.maximum.value) this.maximum = { time, value };
    const number = Math.floor((time - this.from) / this.width);
    const part = this.parts.get(number);
    if (part === undefined) {
      this.parts.set(number, { least: value, most: value, last: value });
      return;
    }
    if (value < part.least) part.least = value;
    if (value > part.most) part.most = value;
    part.last = value;
  }

  series(): Series {
    const parts = [...this.parts.values()];
    return {
      times: Float64Array.from(this.parts.keys(), (number) => this.from + number * this.width),
      least: Float64Array.from(parts, ({ least }) => least),
      most: Float64Array.from(parts, ({ most }) => most),
      last: Float64Array.from(parts, ({ last }) => last),
      count: this.count,
      ...(this.minimum && { minimum: this.minimum }),
      ...(this.maximum && { maximum: this.maximum }),
    };
  }
}

function numberOf(tag: number, value: number): number | undefined {
  if (tag === NUMBER) return value;
  if (tag === TRUE) return 1;
  return tag === FALSE ? 0 : undefined;
}

/** Who was in a box, by valid positions; a box whose west is east of its east reaches over the 180th meridian. */
export function visitsOf(
  chunks: Chunks,
  reading: HistoryReading,
  { box, from, to }: AreaQuery,
  recent: Iterable<string>,
): Visit[] {
  const candidates = new Set(recent);
  for (const head of chunks.headsIn(box, from, to)) candidates.add(head.imei);
  const visits: Visit[] = [];
  for (const imei of candidates) {
    const times: number[] = [];
    for (const { table } of reading.segments(imei, { from, to }, TRACK_COLUMNS, false)) {
      for (const time of timesIn(box, pointsOf(table, rowNumbers(table)))) times.push(time);
    }
    const [first] = times;
    if (first !== undefined)
      visits.push({ imei, first, last: times.at(-1) as number, records: times.length });
  }
  return visits;
}

function timesIn({ south, west, north, east }: Box, { times, latitudes, longitudes }: Points): number[] {
  return times.filter((_, at) => {
    const latitude = (latitudes[at] as number) * 1e6;
    const longitude = (longitudes[at] as number) * 1e6;
    const isBetween =
      west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
    return latitude >= south && latitude <= north && isBetween;
  });
}
