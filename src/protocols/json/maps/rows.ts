import type { FieldMap, Rule } from "../field-map";

/** From where, to what, in which unit, times what. */
export type RuleRow = readonly [
  from: string,
  to: string,
  unit?: string | undefined,
  factor?: number | undefined,
];

export function mapOf(name: string, rows: readonly RuleRow[]): FieldMap & { readonly name: string } {
  return { schema: 1, name, readings: "auto", recognise: false, rules: rows.map(ruleOf) };
}

function ruleOf([from, to, unit, factor]: RuleRow): Rule {
  return {
    from,
    to,
    ...(unit === undefined || unit === "" ? {} : { unit }),
    ...(factor === undefined ? {} : { factor }),
  };
}

/** A row for each number from 1. */
export function rowsFor(count: number, row: (n: number) => RuleRow): RuleRow[] {
  return Array.from({ length: count }, (_, index) => row(index + 1));
}
