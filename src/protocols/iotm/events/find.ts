import { makeEvent, type RawEvent, type TrackerEvent } from "../../../model/events";
import type { Label } from "../../../model/label";

import type { EventRow, Family } from "./family";

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

interface Found {
  readonly row: EventRow;
  readonly label: Label;
}

function find(called: number, code: number): Found | undefined {
  const family = BY_FUNCTION.get(called);
  const { any } = family ?? {};
  const row = family?.codes?.[code] ?? (typeof any === "function" ? any(called, code) : any);
  if (row === undefined) return undefined;
  const [en = "", de = ""] = family?.functions[called] ?? [];
  const said = (subject: string, text: string) =>
    (subject === "" ? text : `${subject}: ${text}`).replaceAll("{n}", String(code));
  return { row, label: { en: said(en, row[0]), de: said(de, row[1]) } };
}

/** What a function's code says, in words; undefined where the vendor's table has none. */
export function codeLabel(called: number, code: number): Label | undefined {
  return find(called, code)?.label;
}

/** The event of a function's code; undefined where the vendor's table has none. */
export function findEvent(
  called: number,
  code: number,
  raw: RawEvent = { function: called, code },
): TrackerEvent | undefined {
  const found = find(called, code);
  if (found === undefined) return undefined;
  const [, , { type = "other", ...meaning } = {}] = found.row;
  const words = type === "other" ? { text: found.label.en } : {};
  return makeEvent(type, "device", { ...meaning, ...words }, raw);
}
