import { type Label, makeEvent, type RawEvent, type TrackerEvent } from "../../../model/events";
import type { Family, Row } from "./family";
import { FAULTS } from "./faults";
import { GENERAL } from "./general";
import { MODEM } from "./modem";
import { OUTPUTS_AND_CLOCK, SLEEP_AND_RECORDS } from "./operation";
import { PARTS } from "./parts";
import { TACHOGRAPH } from "./tachograph";

const FAMILIES: readonly Family[] = [
  ...GENERAL,
  ...FAULTS,
  ...MODEM,
  ...SLEEP_AND_RECORDS,
  ...OUTPUTS_AND_CLOCK,
  ...PARTS,
  ...TACHOGRAPH,
];

const BY_FUNCTION: ReadonlyMap<number, Family> = new Map(
  FAMILIES.flatMap((family) => Object.keys(family.functions).map((called) => [Number(called), family])),
);

function findRow(called: number, code: number): { readonly row: Row; readonly family: Family } | undefined {
  const family = BY_FUNCTION.get(called);
  const { any } = family ?? {};
  const row = family?.codes?.[code] ?? (typeof any === "function" ? any(called, code) : any);
  return family === undefined || row === undefined ? undefined : { family, row };
}

/** What a function's code says, in words; undefined where the vendor's table has none. */
export function codeLabel(called: number, code: number): Label | undefined {
  const found = findRow(called, code);
  if (found === undefined) return undefined;
  const [en = "", de = ""] = found.family.functions[called] ?? [];
  const said = (subject: string, text: string) =>
    (subject === "" ? text : `${subject}: ${text}`).replaceAll("{n}", String(code));
  return { en: said(en, found.row[0]), de: said(de, found.row[1]) };
}

/** The event of a function's code; undefined where the vendor's table has none. */
export function findEvent(
  called: number,
  code: number,
  raw: RawEvent = { function: called, code },
): TrackerEvent | undefined {
  const found = findRow(called, code);
  if (found === undefined) return undefined;
  const { type = "other", ...meaning } = found.row[2] ?? {};
  const words = type === "other" ? { text: codeLabel(called, code)?.en ?? "" } : {};
  return makeEvent(type, "device", { ...meaning, ...words }, raw);
}
