import type { Scalar } from "../../../src/model/message";
import { unitBeside } from "../../../src/protocols/json/beside";
import type { Claim } from "../../../src/protocols/json/claims";
import { unitsOf } from "../../../src/protocols/json/convert";
import type { CompiledMap, CompiledRule } from "../../../src/protocols/json/field-map";
import { adapt, type Mapped, pathIn } from "../../../src/protocols/json/map";
import { formatPath, type PathStep, parsePath } from "../../../src/protocols/json/path";
import type { RawReading } from "../../../src/protocols/json/readings";
import { unitSaid } from "../../../src/protocols/json/recognise";
import { findTarget } from "../../../src/protocols/json/targets";

/**
 * What becomes of a value: a rule takes it, its name was recognised, a rule leaves it out, a rule is about it but does
 * not take it now, or nothing.
 */
export type State = "mapped" | "recognised" | "ignored" | "waiting" | "open";

/** Why a rule does not take a value. */
export type RowReason = "empty" | "condition" | "unfit" | "taken" | "position";

/** What a value fills. */
export interface Fill {
  readonly to: string;
  /** Converted, in `unit`. */
  readonly value: Scalar;
  readonly unit: string;
  /** The unit it came in, as a rule has it. */
  readonly from: string;
  /** Whether nothing says the unit it came in, though there are several. */
  readonly assumed: boolean;
  /** Index of the rule; undefined where its name was recognised. */
  readonly rule: number | undefined;
}

/** An object or array of the reading. */
export interface GroupRow {
  readonly kind: "group";
  readonly path: string;
  readonly label: string;
  readonly depth: number;
}

export interface ValueRow {
  readonly kind: "value";
  readonly path: string;
  readonly label: string;
  readonly depth: number;
  readonly value: Scalar;
  /** The unit that its name or the payload says. */
  readonly said: string | undefined;
  readonly state: State;
  readonly fills: readonly Fill[];
  /** The signal whose unit this value says. */
  readonly unitOf: string | undefined;
  /** Of a value that waits: for what, and the signal. */
  readonly reason: RowReason | undefined;
  readonly waitsFor: string | undefined;
}

export type TreeRow = GroupRow | ValueRow;

/** The rules that are about a value of the reading, by its canonical path. */
export type RulesByPath = ReadonlyMap<string, readonly CompiledRule[]>;

export function rulesByPath({ rules }: CompiledMap, reading: RawReading): RulesByPath {
  const found = new Map<string, CompiledRule[]>();
  for (const rule of rules) {
    const path = rule.path && pathIn(reading, rule.path);
    if (path === undefined || !reading.leaves.has(path)) continue;
    found.set(path, [...(found.get(path) ?? []), rule]);
  }
  return found;
}

/** The values of a reading in their order, each object and array before what it has inside. */
export function rowsOf(
  { leaves }: RawReading,
  mapped: Mapped,
  used: ReadonlySet<string | undefined>,
  byPath: RulesByPath,
): TreeRow[] {
  const claims = [...mapped.claims.values()];
  const byClaim = Map.groupBy(claims, ({ path }) => path);
  const byUnit = new Map(claims.map((claim) => [claim.unitPath, claim]));
  const rows: TreeRow[] = [];
  let around: readonly Group[] = [];
  for (const [path, value] of leaves) {
    const steps = parsePath(path);
    const inside = groupsAround(steps);
    inside.forEach((group, depth) => {
      if (around[depth]?.path !== group.path) rows.push({ kind: "group", ...group, depth });
    });
    around = inside;
    const fills = (byClaim.get(path) ?? []).map(fillOf);
    const unitOf = byUnit.get(path);
    const rules = byPath.get(path) ?? [];
    const state = stateOf(path, mapped, used, fills.length > 0 || rules.length > 0, [
      ...(byClaim.get(path) ?? []),
      ...(unitOf === undefined ? [] : [unitOf]),
    ]);
    const waiting = state === "waiting" ? waitingFor(value, fills, rules, mapped) : undefined;
    rows.push({
      kind: "value",
      path,
      label: labelOf(steps.at(-1)),
      depth: inside.length,
      value,
      said: unitSaid(path, unitBeside(path, leaves)?.text),
      state,
      fills: state === "waiting" ? [] : fills,
      unitOf: used.has(path) ? unitOf?.to : undefined,
      reason: waiting?.reason,
      waitsFor: waiting?.to,
    });
  }
  return rows;
}

interface Group {
  readonly path: string;
  readonly label: string;
}

/** The objects and arrays around a value; the list of readings and the reading in it are one. */
function groupsAround(steps: readonly PathStep[]): Group[] {
  return steps.slice(0, -1).flatMap((step, index) => {
    if ("each" in step) return [];
    const next = steps[index + 1];
    const label = labelOf(step) + (next !== undefined && "each" in next ? " [ ]" : "");
    return [{ path: formatPath(steps.slice(0, index + 1)), label }];
  });
}

function labelOf(step: PathStep | undefined): string {
  if (step === undefined) return "";
  if ("key" in step) return step.key;
  if ("index" in step) return `[${step.index}]`;
  return "each" in step ? "[ ]" : String(step.is);
}

function stateOf(
  path: string,
  { ignored }: Mapped,
  used: ReadonlySet<string | undefined>,
  hasRule: boolean,
  claims: readonly Claim[],
): State {
  if (ignored.has(path) && claims.length === 0) return "ignored";
  if (!used.has(path)) return hasRule ? "waiting" : "open";
  return claims.some(({ rule }) => rule !== undefined) ? "mapped" : "recognised";
}

function waitingFor(
  value: Scalar,
  fills: readonly Fill[],
  rules: readonly CompiledRule[],
  { claims }: Mapped,
): { reason: RowReason; to: string } {
  const [fill] = fills;
  if (fill !== undefined) return { reason: "position", to: fill.to };
  const [rule] = rules as [CompiledRule, ...CompiledRule[]];
  return { reason: reasonOf(value, rule, claims.has(rule.target.key)), to: rule.target.key };
}

function reasonOf(value: Scalar, rule: CompiledRule, isTaken: boolean): RowReason {
  const { target } = rule;
  if (value === null) return "empty";
  if (adapt(value, rule) === undefined) return "unfit";
  return target.type === "event" && !isTaken ? "condition" : "taken";
}

function fillOf({ to, value, unit, rule, ownUnit }: Claim): Fill {
  const target = findTarget(to);
  // A coordinate in another unit than degrees would lie outside the world.
  const isOpen = target?.type === "number" && target.unit !== "°" && unitsOf(target).length > 1;
  return {
    to,
    value,
    unit: ownUnit ?? target?.unit ?? "",
    from: unit,
    assumed: isOpen && unit === "" && rule === undefined,
    rule,
  };
}

/**
 * The rows that a person wants to see: by a text in key, value or path, or only what is not mapped; with the groups
 * around them. The row of the path `kept` stays.
 */
export function rowsFiltered(
  rows: readonly TreeRow[],
  wanted: { readonly text: string; readonly openOnly: boolean },
  kept?: string,
): TreeRow[] {
  const sought = wanted.text.trim().toLowerCase();
  if (sought === "" && !wanted.openOnly) return [...rows];
  const found = new Set<TreeRow>();
  const around: TreeRow[] = [];
  for (const row of rows) {
    around.length = row.depth;
    around[row.depth] = row;
    if (row.kind === "group") continue;
    const isSought = `${row.path}\n${row.value}`.toLowerCase().includes(sought);
    const isOpen = row.state === "open" || row.state === "waiting";
    if (row.path !== kept && !(isSought && (isOpen || !wanted.openOnly))) continue;
    for (const one of around) found.add(one);
  }
  return rows.filter((row) => found.has(row));
}
