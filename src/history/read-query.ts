import { shown, TrackerError } from "../errors";
import { DAY_MS } from "./chunks";
import { type Condition, OPERATORS, type RecordsQuery } from "./port";

const FIELDS = ["imei", "from", "to", "paths", "where", "every"];
/** Paths and conditions that somebody can have use for. */
const MOST_ITEMS = 100;

/**
 * What a person or a flow asks for: `{imei, from, to, paths, where, every}`. `from` and `to` are epoch milliseconds or a
 * time with its zone as ISO 8601 has it; without, the last 24 hours until `now`. Throws `QUERY_INVALID` with the field.
 */
export function readRecordsQuery(payload: unknown, now: number): RecordsQuery {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw invalid("payload", `a query is an object with ${FIELDS.join(", ")}`, payload);
  }
  const query = payload as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(query).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw invalid(unknown, `a query has ${FIELDS.join(", ")}`, unknown);
  const { imei, paths, where, every } = query;
  if (typeof imei !== "string" || imei === "")
    throw invalid("imei", "imei is the device's IMEI as text", imei);
  const to = readTime("to", query.to) ?? now;
  const from = readTime("from", query.from) ?? to - DAY_MS;
  if (from > to) throw invalid("from", "from is not after to", query.from);
  return {
    imei,
    from,
    to,
    ...(paths !== undefined && { paths: readPaths(paths) }),
    ...(where !== undefined && { where: readConditions(where) }),
    ...(every !== undefined && { every: readEvery(every) }),
  };
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
