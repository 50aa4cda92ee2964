import { BOOLEAN_UNITS, isBit } from "../../../src/protocols/json/convert";
import type { FieldMap, Rule } from "../../../src/protocols/json/field-map";
import { addressOf } from "../../../src/protocols/json/leaves";
import { pathIn } from "../../../src/protocols/json/map";
import { formatPath, parsePath } from "../../../src/protocols/json/path";
import type { RawReading } from "../../../src/protocols/json/readings";
import type { TreeRow } from "./rows";

/** What a person chose for a value. */
export interface Choice {
  readonly to: string;
  readonly unit?: string;
  readonly factor?: string | number;
  readonly offset?: string | number;
  readonly when?: string;
}

/** A map with nothing in it. */
export const NEW_MAP: FieldMap = { schema: 1, rules: [] };

/**
 * The path under which rules are about a value of a reading: as the first that is about it says, else one that says items of
 * lists by their names or numbers.
 */
export function addressIn(map: FieldMap, reading: RawReading, path: string): string {
  const isAbout = (rule: string) => pathIn(reading, { text: rule, steps: parsePath(rule) }) === path;
  return [...ruledPaths(map)].find(isAbout) ?? addressOf(reading, path);
}

/** The paths of a reading that rules are about exactly, as its values and groups have them. */
export function ruledPathsIn(map: FieldMap, reading: RawReading): Set<string> {
  return new Set([...ruledPaths(map)].map((text) => pathIn(reading, { text, steps: parsePath(text) })));
}

/** Indices of the rules that are about exactly this path. */
export function rulesAt({ rules = [] }: FieldMap, path: string): number[] {
  return rules.flatMap((rule, index) => (canonical(rule) === path ? [index] : []));
}

/** The paths that rules are about exactly. */
export function ruledPaths({ rules = [] }: FieldMap): Set<string> {
  return new Set(rules.flatMap((rule) => canonical(rule) ?? []));
}

/**
 * A map with a rule that does with a value what was chosen. It stands before other rules for the same signal, so that
 * it counts. A value can be a signal and an event, and each of its bits a signal; what is ignored is nothing else.
 * `before` is the signal that was chosen before in its place.
 */
export function assign(map: FieldMap, path: string, choice: Choice, before?: string): FieldMap {
  const rules = map.rules ?? [];
  const replaced = rulesAt(map, path).filter((index) => isReplaced(rules[index] ?? {}, choice, before));
  const same = replaced.find((index) => rules[index]?.to === choice.to);
  const rule = compact({
    ...(same === undefined ? {} : rules[same]),
    from: path,
    unit: "",
    when: "",
    ...choice,
  });
  if (same !== undefined) return changed(map, same, rule, replaced);
  const others = rules.filter((_, index) => !replaced.includes(index));
  const first = others.findIndex(({ to }) => to === choice.to);
  const at = first < 0 || choice.to === "ignore" ? others.length : first;
  return { ...map, rules: others.toSpliced(at, 0, rule) };
}

function changed(map: FieldMap, at: number, rule: Rule, replaced: readonly number[]): FieldMap {
  const rules = (map.rules ?? []).flatMap((old, index) => {
    if (index === at) return [rule];
    return replaced.includes(index) ? [] : [old];
  });
  return { ...map, rules };
}

function isReplaced({ to, unit }: Rule, chosen: Choice, before: string | undefined): boolean {
  if (to === chosen.to || to === "ignore" || chosen.to === "ignore") return true;
  if (isBit(unit) && isBit(chosen.unit)) return to === before;
  return (to === "event") === (chosen.to === "event");
}

/** The first bit of a value that no rule takes; undefined where none takes another. */
export function freeBit(map: FieldMap, path: string): string | undefined {
  const taken = new Set(rulesAt(map, path).map((index) => map.rules?.[index]?.unit));
  if (![...taken].some(isBit)) return undefined;
  return BOOLEAN_UNITS.find((unit) => isBit(unit) && !taken.has(unit));
}

/** A map without the rules about a path. */
export function unassign(map: FieldMap, path: string): FieldMap {
  const gone = rulesAt(map, path);
  return { ...map, rules: (map.rules ?? []).filter((_, index) => !gone.includes(index)) };
}

/** A map in which every value whose name was recognised has a rule; `path` for one of them only. */
export function acceptRecognised(map: FieldMap, rows: readonly TreeRow[], path?: string): FieldMap {
  const accepted = rows.flatMap((row): Rule[] =>
    row.kind === "value" && row.state === "recognised" && (path === undefined || row.path === path)
      ? row.fills.map(({ to, from }) => compact({ from: row.path, to, unit: from }))
      : [],
  );
  return { ...map, rules: [...(map.rules ?? []), ...accepted] };
}

export function changeRule(map: FieldMap, index: number, changes: Rule): FieldMap {
  return { ...map, rules: (map.rules ?? []).with(index, compact({ ...map.rules?.[index], ...changes })) };
}

export function removeRule(map: FieldMap, index: number): FieldMap {
  return { ...map, rules: (map.rules ?? []).toSpliced(index, 1) };
}

/** Moves a rule one place up (−1) or down (1); at the end of the list it stays where it is. */
export function moveRule(map: FieldMap, index: number, by: -1 | 1): FieldMap {
  const rules = map.rules ?? [];
  const rule = rules[index];
  const to = index + by;
  if (rule === undefined || to < 0 || to >= rules.length) return map;
  return { ...map, rules: rules.toSpliced(index, 1).toSpliced(to, 0, rule) };
}

/** A rule that the user fills in. */
export function addRule(map: FieldMap): FieldMap {
  return { ...map, rules: [...(map.rules ?? []), { from: "", language: "jsonata", to: "" }] };
}

/** Leaves out what is empty, because that is the default. */
function compact(rule: Rule): Rule {
  const { from = "", to = "", ...others } = rule;
  const said = Object.entries(others).filter(
    ([name, value]) => value !== undefined && value !== "" && !(name === "language" && value === "path"),
  );
  return { from, to, ...Object.fromEntries(said) };
}

function canonical({ from = "", language }: Rule): string | undefined {
  if (language === "jsonata") return undefined;
  try {
    return formatPath(parsePath(from));
  } catch {
    return undefined;
  }
}
