import { type Problem, shown, TrackerError } from "../../errors";
import type { Scalar } from "../../model/message";
import { type Linear, parseLinear } from "../../model/units";
import { isAttributeName } from "../../model/vocabulary";
import { isBlank, isTrue } from "../../saved";
import { convert, unitsOf } from "./convert";
import { formatPath, type PathStep, parsePath } from "./path";
import { findTarget, type Target } from "./targets";

/** What becomes of a value of the payload, as the dialog saves it. What is absent or empty is its default. */
export interface Rule {
  /** A path (see path.ts), or a JSONata expression. */
  readonly from?: string;
  readonly language?: "path" | "jsonata" | "";
  /** A key of {@link TARGETS}, or a name of the user's own. */
  readonly to?: string;
  /** Of a target: what the value comes in, one of {@link unitsOf}. Of an own name: what it is in. */
  readonly unit?: string;
  /** Of a number: value in the unit = what the payload has × factor + offset. Default: 1 and 0. Numbers may be text. */
  readonly factor?: string | number;
  readonly offset?: string | number;
  /** Counts where the payload has no value that fits. */
  readonly default?: string | number | boolean | null;
  /** Events: the values that make one, separated by commas; empty for any but false, 0 and no value. */
  readonly when?: string;
}

/** How the JSON of one kind of device is to be read. */
export interface FieldMap {
  readonly schema?: 1;
  readonly name?: string;
  /** Path of the array whose items are readings; "auto" or absent: found; "": the whole message is one. */
  readonly readings?: string;
  /** Whether values that no rule claims are looked at by their names. */
  readonly recognise?: boolean | string;
  /** In order: the first that finds a value that fits fills the signal. */
  readonly rules?: readonly Rule[];
}

export interface CompiledRule {
  readonly index: number;
  readonly target: Target | { readonly key: string; readonly type: "any"; readonly unit: string };
  readonly unit: string;
  /** Undefined where numbers count as they come. */
  readonly linear: Linear | undefined;
  readonly default: Scalar | undefined;
  readonly when: readonly string[];
  /** Canonical path with its steps; undefined where an expression stands instead. */
  readonly path: { readonly text: string; readonly steps: readonly PathStep[] } | undefined;
  readonly expression: string | undefined;
}

/** A field map that was checked and is ready to be used. */
export interface CompiledMap {
  readonly rules: readonly CompiledRule[];
  readonly recognise: boolean;
  /** Canonical path; "auto"; or "" where the whole message is one reading. */
  readonly readings: string;
}

export const AUTO = "auto";
export const MAX_RULES = 500;

/** Throws the first problem of {@link checkFieldMap}, with its path, such as `map.rules[3].from`. */
export function compileMap(map: FieldMap = {}): CompiledMap {
  const problem = checkFieldMap(map)[0];
  if (problem !== undefined) throw new TrackerError({ ...problem, path: `map.${problem.path}` });
  return {
    rules: (map.rules ?? []).map(compileRule),
    recognise: isBlank(map.recognise) || isTrue(map.recognise),
    readings: isAuto(map.readings)
      ? AUTO
      : isBlank(map.readings)
        ? ""
        : formatPath(parsePath(String(map.readings))),
  };
}

function compileRule(rule: Rule, index: number): CompiledRule {
  const to = (rule.to ?? "").trim();
  const unit = rule.unit?.trim() ?? "";
  const known = findTarget(to);
  const isPath = rule.language !== "jsonata";
  const steps = isPath && !isBlank(rule.from) ? parsePath(rule.from as string) : undefined;
  return {
    index,
    target: known ?? { key: to, type: "any", unit },
    unit: known === undefined ? "" : unit,
    linear: isBlank(rule.factor) && isBlank(rule.offset) ? undefined : parseLinear(rule.factor, rule.offset),
    default: isBlank(rule.default) ? undefined : (rule.default as Scalar),
    when: (rule.when ?? "")
      .split(",")
      .map((value) => value.trim())
      .filter(Boolean),
    path: steps && { text: formatPath(steps), steps },
    expression: isPath ? undefined : (rule.from as string),
  };
}

/**
 * What is wrong with a field map; `path` is the field (`rules[3].unit`). Whether a JSONata expression can be read is
 * for whoever runs it. Codes: `FIELD_MAP`, `MAP_READINGS`, `RULE_FROM`, `RULE_TO`, `RULE_UNIT`, `RULE_FACTOR`, `RULE_OFFSET`,
 * `RULE_DEFAULT`, `RULE_WHEN`.
 */
export function checkFieldMap(map: unknown): Problem[] {
  const { schema, name, readings, rules } = (map ?? {}) as FieldMap;
  const isMap = typeof map === "object" && map !== null && !Array.isArray(map);
  if (!isMap || (schema !== undefined && schema !== 1) || (rules !== undefined && !Array.isArray(rules))) {
    return [{ code: "FIELD_MAP", path: "", message: "this is no field map of this version" }];
  }
  if (!isText(name))
    return [{ code: "FIELD_MAP", path: "name", message: "the name of a field map is a text" }];
  const list: readonly Rule[] = rules ?? [];
  if (list.length > MAX_RULES) {
    return [{ code: "FIELD_MAP", path: "rules", message: `a field map has at most ${MAX_RULES} rules` }];
  }
  const ofRules = list.flatMap((rule, index) => {
    const problem = checkRule(rule);
    return problem === undefined ? [] : [{ ...problem, path: `rules[${index}].${problem.path}` }];
  });
  return isAuto(readings) || isBlank(readings) || isPathOfKeys(readings)
    ? ofRules
    : [
        {
          code: "MAP_READINGS",
          path: "readings",
          message: `${shown(readings)} is not the path of an array`,
        },
        ...ofRules,
      ];
}

/** How problems name a rule. */
export function ruleName(index: number): string {
  return `map.rules[${index}]`;
}

/** The fields of a rule that are text, with what is said where one is not. */
const TEXTS = [
  ["from", "RULE_FROM"],
  ["to", "RULE_TO"],
  ["unit", "RULE_UNIT"],
  ["when", "RULE_WHEN"],
] as const;

/** Also nothing, as a saved config has it. */
function isText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "string";
}

function typeProblem(rule: Rule | null | undefined): Problem | undefined {
  const odd = TEXTS.find(([field]) => !isText(rule?.[field]));
  if (odd !== undefined) {
    const [path, code] = odd;
    return { code, path, message: `${shown(rule?.[path])} is not a text` };
  }
  const preset: unknown = rule?.default;
  if (typeof preset !== "object" || preset === null) return undefined;
  return {
    code: "RULE_DEFAULT",
    path: "default",
    message: `${shown(preset)} is not a single value`,
  };
}

/** What is wrong with one rule; `path` is the field's name. */
export function checkRule(rule: Rule): Problem | undefined {
  return typeProblem(rule) ?? valueProblem(rule) ?? scaleProblem(rule);
}

function valueProblem(rule: Rule): Problem | undefined {
  const { from, to, unit, default: preset } = rule ?? {};
  const target = findTarget(String(to ?? "").trim());
  if (target === undefined && !isAttributeName(to)) {
    const message = `${shown(to ?? "")} is not a name for a value (1 to 64 letters, digits, spaces, . _ or -)`;
    return { code: "RULE_TO", path: "to", message };
  }
  if (
    !(isBlank(from) && !isBlank(preset)) &&
    !(rule.language === "jsonata" ? !isBlank(from) : isPath(from))
  ) {
    return { code: "RULE_FROM", path: "from", message: `${shown(from ?? "")} is not a path` };
  }
  if (target !== undefined && !isBlank(unit) && !unitsOf(target).includes(String(unit))) {
    const message = `${target.label} cannot come in ${shown(unit)}`;
    return { code: "RULE_UNIT", path: "unit", message };
  }
  if (target !== undefined && !isBlank(preset) && convert(preset as Scalar, target) === undefined) {
    const message = `${shown(preset)} does not fit ${target.label}`;
    return { code: "RULE_DEFAULT", path: "default", message };
  }
  return undefined;
}

/** Whether values of a target can be brought on another scale: numbers, and what the user gives a name to. */
export function isScalable(target: Pick<Target, "type"> | undefined): boolean {
  return target === undefined || ["number", "latitude", "longitude"].includes(target.type);
}

function scaleProblem(rule: Rule): Problem | undefined {
  const target = findTarget(String(rule.to).trim());
  for (const [path, code, isAllowed] of [
    ["factor", "RULE_FACTOR", (value: number) => value !== 0],
    ["offset", "RULE_OFFSET", () => true],
  ] as const) {
    const value: unknown = rule[path];
    if (isBlank(value)) continue;
    const isText = typeof value === "number" || typeof value === "string";
    if (!isText || !Number.isFinite(Number(value)) || !isAllowed(Number(value))) {
      const message = `${JSON.stringify(value)?.slice(0, 100)} is not a ${path} (a number${path === "factor" ? " other than 0" : ""})`;
      return { code, path, message };
    }
    if (!isScalable(target))
      return { code, path, message: `${target?.label} is no number that has a ${path}` };
  }
  return undefined;
}

function isAuto(readings: unknown): boolean {
  return readings === undefined || readings === null || readings === AUTO;
}

function isPath(from: unknown): boolean {
  try {
    return parsePath(String(from ?? "")).length > 0;
  } catch {
    return false;
  }
}

function isPathOfKeys(path: unknown): boolean {
  return typeof path === "string" && isPath(path) && parsePath(path).every((step) => "key" in step);
}
