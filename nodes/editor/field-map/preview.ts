import type { Problem } from "../../../src/errors";
import { readText } from "../../../src/protocols/json/decode";
import {
  type CompiledMap,
  checkRule,
  compileMap,
  type FieldMap,
  MAX_RULES,
} from "../../../src/protocols/json/field-map";
import { readDocuments } from "../../../src/protocols/json/json";
import { isContainer } from "../../../src/protocols/json/leaves";
import { type Computed, mapReading } from "../../../src/protocols/json/map";
import { type Normalized, normalizeReading, type ReadingOrigin } from "../../../src/protocols/json/normalize";
import { within } from "../../../src/protocols/json/path";
import { arraysOfObjects, type PlacedReading } from "../../../src/protocols/json/readings";
import { asProblem } from "../kit/problem";
import { rowsOf, rulesByPath, type TreeRow } from "./rows";

/** Characters of a sample at most; more is no message of a device. */
export const MAX_SAMPLE = 1024 * 1024;

/** A sample as the decoder would read it. */
export interface Sample {
  readonly readings: readonly PlacedReading[];
  readonly problem: Problem | undefined;
  /** Paths of the arrays that may hold the readings. */
  readonly arrays: readonly string[];
}

const NOTHING: Sample = { readings: [], problem: undefined, arrays: [] };

/**
 * The map without the rules that are wrong, so that one that is being written does not hide what the others do. The
 * rules keep their indices.
 */
export function usableMap(map: FieldMap): CompiledMap {
  const good = (map.rules ?? [])
    .map((rule, index) => ({ rule, index }))
    .filter(({ rule }) => !checkRule(rule))
    .slice(0, MAX_RULES);
  const compiled = compileUsable({ ...map, rules: good.map(({ rule }) => rule) });
  return {
    ...compiled,
    rules: compiled.rules.map((rule, at) => ({ ...rule, index: good[at]?.index ?? at })),
  };
}

function compileUsable(map: FieldMap): CompiledMap {
  try {
    return compileMap(map);
  } catch {
    const { readings: _, name: __, ...rest } = map;
    return compileMap(rest);
  }
}

/** Reads a sample; what is wrong with it is in `problem`. */
export function readSample(text: string, map: CompiledMap): Sample {
  if (text.trim() === "") return NOTHING;
  if (text.length > MAX_SAMPLE) {
    return { ...NOTHING, problem: { code: "SAMPLE_TOO_LARGE", message: "this is too large for a message" } };
  }
  try {
    const documents = readDocuments(text).documents.flatMap(({ value }) => value);
    const arrays = new Set(documents.filter(isContainer).flatMap((document) => arraysOfObjects(document)));
    return { ...readText(text, map), arrays: [...arrays] };
  } catch (error) {
    return { ...NOTHING, problem: asProblem(error) };
  }
}

/** How a rule fared with a reading: `idle` where its value is there, but filled nothing. */
export type RuleState = "hit" | "idle" | "miss";

/** What becomes of one reading of a sample. */
export interface Preview {
  readonly rows: readonly TreeRow[];
  readonly record: Normalized["record"];
  /** Why it was not possible to make everything of the reading that the map says. */
  readonly problems: readonly Problem[];
  readonly coverage: Coverage;
  /** By the index of the rule; a rule that is wrong has none. */
  readonly rules: ReadonlyMap<number, RuleState>;
}

/** Values of a reading: all, those that fill a signal, those left out, and those that are nowhere but in `sensors`. */
export interface Coverage {
  readonly total: number;
  readonly mapped: number;
  readonly ignored: number;
  readonly sensors: number;
}

export function previewOf(
  reading: PlacedReading,
  map: CompiledMap,
  computed: Computed,
  origin: ReadingOrigin,
): Preview {
  const mapped = mapReading(reading, map, computed);
  const { record, problem, used } = normalizeReading(reading, mapped, origin);
  const byPath = rulesByPath(map, reading);
  const paths = [...reading.leaves.keys()];
  const ignored = paths.filter((path) => mapped.ignored.has(path)).length;
  const sensors = paths.filter((path) => !used.has(path)).length;
  const hits = new Set([...mapped.claims.values()].map(({ rule }) => rule));
  const there = new Set([...byPath.values()].flat().map(({ index }) => index));
  return {
    rows: rowsOf(reading, mapped, used, byPath),
    record,
    problems: [...(problem === undefined ? [] : [problem]), ...(record.warnings ?? [])],
    coverage: { total: paths.length, ignored, sensors, mapped: paths.length - ignored - sensors },
    rules: new Map(
      map.rules.map(({ index, target, path }) => {
        const hasHit = hits.has(index) || (target.type === "ignore" && isAbove(path?.text, mapped.ignored));
        return [index, hasHit ? "hit" : there.has(index) || computed.has(index) ? "idle" : "miss"];
      }),
    ),
  };
}

function isAbove(path: string | undefined, ignored: ReadonlySet<string>): boolean {
  return path !== undefined && [...ignored].some(within(path));
}
