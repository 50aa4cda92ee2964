import type { Condition } from "./port";
import { columnOf } from "./record";
import type { Cell, RecordTable } from "./table";

type Compare = (found: NonNullable<Cell>, wanted: NonNullable<Cell>) => boolean;

const COMPARE: Readonly<Record<Condition["is"], Compare>> = {
  "=": (found, wanted) => found === wanted,
  "!=": (found, wanted) => found !== wanted,
  "<": (found, wanted) => found < wanted,
  "<=": (found, wanted) => found <= wanted,
  ">": (found, wanted) => found > wanted,
  ">=": (found, wanted) => found >= wanted,
};

/** Which rows of a table fulfil all conditions. */
export function rowsThat(table: RecordTable, conditions: readonly Condition[]): (row: number) => boolean {
  const tests = conditions.map((condition) => {
    const column = table.columns.get(columnOf(condition.path));
    return (row: number): boolean => column !== undefined && fulfils(table.cell(column, row), condition);
  });
  return (row) => tests.every((test) => test(row));
}

function fulfils(found: Cell, { is, value }: Condition): boolean {
  if (found === undefined) return false;
  const areAlike = found !== null && value !== null && typeof found === typeof value;
  if (areAlike) return COMPARE[is](found, value);
  return is === (found === value ? "=" : "!=");
}
