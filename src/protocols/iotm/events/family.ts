import type { EventDetails, EventTypeName, Severity } from "../../../model/events";

/** What a code means beside its words: `other` where it says no type, as severe as its type where it says no severity. */
export interface EventMeaning extends EventDetails {
  readonly type?: EventTypeName;
  readonly severity?: Severity;
}

/** A code in English and in German; `{n}` stands for the code itself. */
export type EventRow = readonly [en: string, de: string, meaning?: EventMeaning];

/** Functions whose codes mean the same, each of another thing. */
export interface Family {
  /** Each function with what it is of, in English and German; empty where the rows say all. */
  readonly functions: Readonly<Record<number, readonly [en: string, de: string] | []>>;
  readonly codes?: Readonly<Record<number, EventRow>>;
  /** Any other code: it is a number then. May ask the function as well. */
  readonly any?: EventRow | ((called: number, code: number) => EventRow);
}

export const WARNING: EventMeaning = { severity: "warning" };
export const RESTART: EventMeaning = { type: "restart" };
/** A restart that nobody wanted. */
export const RESET: EventMeaning = { type: "restart", severity: "warning" };
export const FIRMWARE: EventMeaning = { type: "firmware" };
export const FIRMWARE_FAILED: EventMeaning = { type: "firmware", severity: "warning" };
