import { TrackerError } from "../errors";
import { readSpan } from "../history/read-query";
import type { Box } from "../history/summary";
import { calendarOf, fieldsOf, readQuery, refuseOthers } from "./history-requests";
import { wholeNumber } from "./read-request";
import type { RequestContext } from "./request-context";

/** Parts of a series: unless asked otherwise, and at most. */
const PARTS = 300;
const MOST_PARTS = 20_000;

/** How a value went, as a chart shows it. */
export interface SeriesAnswer {
  readonly imei: string;
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** Values in all. */
  readonly count: number;
  readonly minimum?: { readonly time: number; readonly value: number };
  readonly maximum?: { readonly time: number; readonly value: number };
  /** Of each part of the time that has a value: when it begins, and the least, largest and last value in it. */
  readonly points: readonly {
    readonly time: number;
    readonly least: number;
    readonly most: number;
    readonly last: number;
  }[];
}

/** How a value of a device went in about so many equal parts of a time; a yes counts as 1, a no as 0. */
export async function seriesAnswer(payload: unknown, context: RequestContext): Promise<SeriesAnswer> {
  const { imei, day, from, to, path, points, ...others } = fieldsOf(payload);
  refuseOthers(others, "a series has imei, day, from, to, path, points");
  if (typeof path !== "string" || path === "") {
    const message = "path is the name of a value such as position.speed or attributes.externalVoltage";
    throw new TrackerError({ code: "QUERY_INVALID", path: "path", message });
  }
  const most = wholeNumber("points", points, PARTS, MOST_PARTS);
  const query = await readQuery({ imei, day, from, to }, context);
  const found = await context.fleet.history.asked.series({ ...query, path, points: most });
  const { times, least, most: largest, last, ...extremes } = found;
  return {
    imei: query.imei,
    path,
    from: query.from,
    to: query.to,
    ...extremes,
    points: Array.from(times, (time, at) => ({
      time,
      least: least[at] as number,
      most: largest[at] as number,
      last: last[at] as number,
    })),
  };
}

/** Edges of a box, in the order in which they are asked for, and how far from zero each can be. Degrees. */
const EDGES = { south: 90, west: 180, north: 90, east: 180 } as const;

/** Which devices were in a box in a time, whoever came first: `{from, to, visits: [{imei, name, first, last, records}]}`. */
export async function areaAnswer(payload: unknown, { fleet }: RequestContext): Promise<unknown> {
  const { day, from, to, south, west, north, east, ...others } = fieldsOf(payload);
  refuseOthers(others, "an area has south, west, north, east, day, from, to");
  const box = readBox({ south, west, north, east });
  const span = readSpan({ day, from, to }, calendarOf(fleet));
  const visits = await fleet.history.asked.area(box, span);
  const named = visits.map(({ imei, ...visit }) => ({
    imei,
    name: fleet.devices.get(imei)?.name ?? "",
    ...visit,
  }));
  return { ...span, visits: named };
}

function readBox(given: Readonly<Record<keyof Box, unknown>>): Box {
  for (const [edge, most] of Object.entries(EDGES)) {
    const value = given[edge as keyof Box];
    if (typeof value === "number" && Math.abs(value) <= most) continue;
    const message = `${edge} is a number of degrees from -${most} to ${most}`;
    throw new TrackerError({ code: "QUERY_INVALID", path: edge, message });
  }
  const box = given as Box;
  if (box.south <= box.north) return box;
  const message = "south is not north of north";
  throw new TrackerError({ code: "QUERY_INVALID", path: "south", message });
}
