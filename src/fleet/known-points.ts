import type { History } from "../history/history";
import { scalarIn } from "../history/import/csv";
import type { ImportedPoint } from "../history/import/point";
import type { HistoryRecord } from "../history/record";
import type { Scalar } from "../model/message";

/** Points further apart are looked for one by one, and not with all that lies between. */
const GAP_MS = 6 * 3_600_000;
/** Millionths of a degree are all that files tell of a place. */
const SAME_DEGREES = 1e-6;
/** Values after which all of a record is read. */
const MOST_PATHS = 100;

/** What is compared of a record or point. */
type Known = Pick<HistoryRecord, "position" | "attributes">;

/**
 * Of points, in whatever order, those that a device's history does not have yet, each once. It has one where a record of
 * the same time, be it of the device or of another file, has its place and all of its attributes: what was exported lacks
 * some of the record, and says it rounded.
 */
export async function unknownPoints(
  history: History,
  imei: string,
  points: readonly ImportedPoint[],
): Promise<ImportedPoint[]> {
  const unknown: ImportedPoint[] = [];
  for (const group of groupsOf(points.toSorted((a, b) => a.time - b.time))) {
    const known = await knownAt(history, imei, group);
    for (const point of group) {
      const ofTime = known.get(point.time) as Known[];
      if (ofTime.some((one) => tells(one, point))) continue;
      ofTime.push(point);
      unknown.push(point);
    }
  }
  return unknown;
}

/** Points that follow each other without a long gap. */
function groupsOf(sorted: readonly ImportedPoint[]): ImportedPoint[][] {
  const groups: ImportedPoint[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const point of sorted) {
    if (point.time - last > GAP_MS) groups.push([]);
    groups.at(-1)?.push(point);
    last = point.time;
  }
  return groups;
}

/** What history has of each of the points' times. */
async function knownAt(
  history: History,
  imei: string,
  points: readonly ImportedPoint[],
): Promise<Map<number, Known[]>> {
  const known = new Map(points.map(({ time }): [number, Known[]] => [time, []]));
  const attributes = new Set(points.flatMap((point) => Object.keys(point.attributes)));
  const paths = [
    "position.latitude",
    "position.longitude",
    ...[...attributes].map((key) => `attributes.${key}`),
  ];
  const query = {
    imei,
    from: points[0]?.time ?? 0,
    to: points.at(-1)?.time ?? 0,
    ...(paths.length <= MOST_PATHS && { paths }),
  };
  for await (const page of history.records(query)) {
    for (const record of page) known.get(record.time)?.push(record);
  }
  return known;
}

function tells(known: Known, { position, attributes }: ImportedPoint): boolean {
  return (
    (position === undefined || isSamePlace(known.position, position)) &&
    Object.entries(attributes).every(([key, value]) => isReadAs(known.attributes?.[key], value))
  );
}

/** Whether a value becomes another one, or is the same, once it has been a cell of a file. */
function isReadAs(known: Scalar | undefined, value: Scalar): boolean {
  return known === value || (typeof known === "string" && scalarIn(known.trim()) === value);
}

function isSamePlace(a: Known["position"], b: NonNullable<Known["position"]>): boolean {
  const north = Math.abs((a?.latitude ?? Number.NaN) - (b.latitude ?? Number.NaN));
  const east = Math.abs((a?.longitude ?? Number.NaN) - (b.longitude ?? Number.NaN));
  return north <= SAME_DEGREES && Math.min(east, 360 - east) <= SAME_DEGREES;
}
