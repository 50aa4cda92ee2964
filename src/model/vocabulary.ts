import { MEASURES } from "./terms/measure";
import { STATES } from "./terms/state";
import type { Range, Term } from "./terms/term";
import { TEXTS } from "./terms/text";

export type { AttributeType, Kind, Range, Term, TermGroup } from "./terms/term";
export { TERM_GROUPS } from "./terms/term";

/**
 * The vocabulary: every name an attribute of a normalized message can have, with its unit, type, range and labels.
 * The dialogs, the help and the exporters take names, labels and units from here and nowhere else.
 */
export const VOCABULARY: readonly Term[] = [...STATES, ...MEASURES, ...TEXTS];

const BY_KEY: ReadonlyMap<string, Term> = new Map(VOCABULARY.map((term) => [term.key, term]));

export function findTerm(key: string): Term | undefined {
  return BY_KEY.get(key);
}

/** Whether a name can be given to a value that the vocabulary has no name for. */
export function isAttributeName(key: unknown): boolean {
  return (
    typeof key === "string" && /^[\p{L}\p{N}._ -]{1,64}$/u.test(key.trim()) && key.trim() !== "__proto__"
  );
}

/** Whether a value can be one of a name; also where nothing says what it can be. */
export function isInRange(value: number, range: Range | undefined): boolean {
  return range === undefined || (value >= range[0] && value <= range[1]);
}
