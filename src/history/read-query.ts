import { shown, TrackerError } from "../errors";
import { type Days, readDay } from "../model/days";
import { DAY_MS } from "./chunks";
import { type Condition, OPERATORS, type RecordsQuery, type Span } from "./port";

const FIELDS = ["imei", "day", "from", "to", "paths", "where", "every"];
/** Paths and conditions that somebody can have use for. */
const MOST_ITEMS = 100;

/** What a question without a time, or of a day, is about. */
export interface Calendar {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly days: Days;
}

/**
 * What a person or a flow asks for: `{imei, from, to, paths, where, every}`, or `day` in place of `from` and `to`. Throws
 * `QUERY_INVALID` with the field.
 */
export function readRecordsQuery(payload: unknown, calendar: Calendar): RecordsQuery {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw invalid("payload", `a query is an object with ${FIELDS.join(", ")}`, payload);
  }
  const query = payload as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(query).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw invalid(unknown, `a query has ${FIELDS.join(", ")}`, unknown);
  const { imei, paths, where, every } = query;
  if (typeof imei !== "string" || imei === "")
    throw invalid("imei", "imei is the device's IMEI as text", imei);
  return {
    imei,
    ...readSpan(query, calendar),
    ...(paths !== undefined && { paths: readPaths(paths) }),
    ...(where !== undefined && { where: readConditions(where) }),
    ...(every !== undefined && { every: readEvery(every) }),
  };
}

/**
 * `from` and `to` are epoch milliseconds, or a time with its zone as ISO 8601 has it; `day`, such as `2026-01-15`, is a
 * day of the calendar. Without any, the last 24 hours. Throws `QUERY_INVALID` with the field.
 */
export function readSpan(
  asked: { readonly day?: unknown; readonly from?: unknown; readonly to?: unknown },
  { now, days }: Calendar,
): Span {
  if (asked.day !== undefined) {
    const day = readDay(asked.day);
    if (day === undefined) throw invalid("day", "day is one of the calendar such as 2026-01-15", asked.day);
    if (asked.from !== undefined || asked.to !== undefined)
      throw invalid("day", "there is either a day, or from and to", asked.day);
    return days.span(day);
  }
  const to = readTime("to", asked.to) ?? now;
  const from = readTime("from", asked.from) ?? to - DAY_MS;
  if (from > to) throw invalid("from", "from is not after to", asked.from);
  return { from, to };
}

const ZONED = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/;

function readTime(field: "from" | "to", value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === "string" && ZONED.test(value) ? Date.parse(value) : value;
  if (typeof time === "number" && Number.isFinite(time)) return time;
  throw invalid(
    field,
    `${field} is a number of milliseconds since 1970, or a time like 2026-01-15T12:00:00Z`,
    value,
  );
}

function readPaths(value: unknown): readonly string[] {
  const isRight =
    Array.isArray(value) && value.length <= MOST_ITEMS && value.every((path) => typeof path === "string");
  if (isRight) return value;
  throw invalid("paths", `paths is a list of up to ${MOST_ITEMS} names such as attributes.ignition`, value);
}

function readConditions(value: unknown): readonly Condition[] {
  if (Array.isArray(value) && value.length <= MOST_ITEMS && value.every(isCondition)) return value;
  throw invalid(
    "where",
    `where is a list of {path, is, value}, where is is one of ${OPERATORS.join(" ")}`,
    value,
  );
}

function isCondition(value: unknown): value is Condition {
  const { path, is, value: wanted } = (value ?? {}) as Partial<Record<keyof Condition, unknown>>;
  const isScalar = wanted === null || ["number", "string", "boolean"].includes(typeof wanted);
  return typeof path === "string" && OPERATORS.some((operator) => operator === is) && isScalar;
}

function readEvery(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 1) return value;
  throw invalid("every", "every is a number of milliseconds from 1 on", value);
}

function invalid(path: string, rule: string, value: unknown): TrackerError {
  return new TrackerError({ code: "QUERY_INVALID", path, message: `${rule}, not ${shown(value)}` });
}
